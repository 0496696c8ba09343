"""A shop's day in five numbers: received = delivered + returned + on hand + missing.

They are about the packages of that service day; what is still held of earlier days has books of its
own. `payouts.statements.queries.count_gaps` counts in the same way, for all days at once.
"""

import datetime as dt
import uuid
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from django.db.models import Q

from hubshops.deliveries.models import DayClose, Delivery, Device
from hubshops.deliveries.queries.door import DoorPackage, door_packages
from hubshops.packages.models import HELD, Package, PackageEvent
from hubshops.packages.rules import BEFORE_THE_DROP, IN_CUSTODY, NOT_TAKEN, EventKind, State
from hubshops.shops.models import Shop
from kernel import clock
from kernel.rows import rows

CHECKED_FROM = dt.time(23)  # by the station's clock
PHONE_IS_SILENT_AFTER = dt.timedelta(days=30)  # then it is no news any more


@dataclass(frozen=True, slots=True)
class DayCounts:
    """A shop's day in numbers."""

    received: int = 0
    delivered: int = 0
    returned: int = 0
    on_hand: int = 0
    missing: int = 0

    @property
    def gap(self) -> int:
        """What was received and is nowhere; 0 when the books are right."""
        return self.received - self.delivered - self.returned - self.on_hand - self.missing

    def as_dict(self) -> dict[str, int]:
        """Plain values, for a row or a phone."""
        return asdict(self)


NAMES = [field.name for field in fields(DayCounts)]
NEVER_HELD = sorted(state.value for state in BEFORE_THE_DROP | NOT_TAKEN | {State.CANCELLED})
FACTS = {
    "never_held": NEVER_HELD,
    "held": HELD,
    "returned": State.RETURNED_TO_STATION.value,
    "missing": State.MISSING.value,
    "coming": State.MANIFESTED.value,
    "cancelled": State.CANCELLED.value,
}
# A shop's packages of a day, counted; `package` and its `shop_id` are in reach of what is put in.
COUNTED = """
    SELECT p.shop_id,
        count(*) FILTER (WHERE h.was_received AND NOT h.last = ANY(%(never_held)s)) AS received,
        count(d.id) FILTER (WHERE d.shop_id = p.shop_id) AS delivered,
        count(*) FILTER (WHERE p.state = %(returned)s) AS returned,
        count(*) FILTER (WHERE p.state = ANY(%(held)s)) AS on_hand,
        count(*) FILTER (WHERE p.state = %(missing)s AND h.was_received) AS missing,
        count(*) FILTER (WHERE p.state = %(coming)s) AS not_counted_in
    FROM package p
    CROSS JOIN LATERAL (
        SELECT bool_or(e.kind = 'received') AS was_received,
               (array_agg(e.to_state ORDER BY e.id DESC))[1] AS last
        FROM package_event e WHERE e.package_id = p.id
    ) h
    LEFT JOIN delivery d ON d.package_id = p.id AND d.voided_by_id IS NULL
    WHERE p.service_day = %(day)s AND p.shop_id IS NOT NULL
"""
ONE_SHOP = f"{COUNTED} AND p.shop_id = %(shop)s GROUP BY p.shop_id"
# One row a shop that had something to do, or holds something, or whose phone does.
CHECK_STATION = f"""
WITH counted AS ({COUNTED} AND p.station_id = %(station)s GROUP BY p.shop_id),
phones AS (
    SELECT device.shop_id, jsonb_agg(jsonb_build_object(
        'name', concat_ws(' · ', coalesce(nullif(person.name, ''), person.email),
                          nullif(device.name, '')),
        'unsent', device.unsent + device.unsent_photos,
        'last_seen_at', device.last_seen_at
    ) ORDER BY device.last_seen_at, device.id) AS unsent
    FROM device JOIN person ON person.id = device.user_id
    JOIN shop ON shop.id = device.shop_id AND shop.station_id = %(station)s
    WHERE device.unsent + device.unsent_photos > 0 AND device.last_seen_at > %(seen_since)s
    GROUP BY device.shop_id
),
concerned AS (
    SELECT shop_id FROM package
    WHERE station_id = %(station)s AND service_day = %(day)s AND shop_id IS NOT NULL
        AND state <> %(cancelled)s
    UNION
    SELECT package.shop_id FROM package
    JOIN shop ON shop.id = package.shop_id AND shop.station_id = %(station)s
    WHERE package.state = ANY(%(held)s) AND package.service_day < %(day)s
    UNION
    SELECT shop_id FROM phones
)
INSERT INTO day_check (
    shop_id, day, checked_at, received, delivered, returned, on_hand, missing, not_counted_in,
    unsent_devices
)
SELECT shop_id, %(day)s, %(at)s, coalesce(received, 0), coalesce(delivered, 0),
    coalesce(returned, 0), coalesce(on_hand, 0), coalesce(missing, 0),
    coalesce(not_counted_in, 0), coalesce(phones.unsent, '[]')
FROM concerned LEFT JOIN counted USING (shop_id) LEFT JOIN phones USING (shop_id)
ORDER BY shop_id
ON CONFLICT (shop_id, day) DO NOTHING
"""


def check_facts(station_id: int, day: dt.date, at: dt.datetime) -> dict[str, Any]:
    """What `CHECK_STATION` takes."""
    seen_since = at - PHONE_IS_SILENT_AFTER
    return FACTS | {"station": station_id, "day": day, "at": at, "seen_since": seen_since}


def counts_of(shop: Shop, day: dt.date) -> DayCounts:
    """A shop's day in numbers, as the books have them. One query."""
    found = rows(ONE_SHOP, FACTS | {"shop": shop.pk, "day": day})
    return DayCounts(**{name: found[0][name] for name in NAMES}) if found else DayCounts()


@dataclass(frozen=True)
class DayBooks:
    """A shop's day, each number with its packages."""

    day: dt.date
    received: list[DoorPackage]
    delivered: list[DoorPackage]
    returned: list[DoorPackage]
    on_hand: list[DoorPackage]
    missing: list[DoorPackage]
    coming: list[DoorPackage]
    not_taken: list[DoorPackage]
    earlier: list[DoorPackage]

    @cached_property
    def counts(self) -> DayCounts:
        """The five numbers."""
        return DayCounts(**{name: len(getattr(self, name)) for name in NAMES})

    @cached_property
    def to_give_back(self) -> list[DoorPackage]:
        """What goes with the next van, of this day and of earlier ones."""
        held = [*self.earlier, *self.on_hand]
        return [one for one in held if one.state == State.RETURN_PENDING]

    @cached_property
    def to_try_again(self) -> list[DoorPackage]:
        """What is still to be delivered, of this day and of earlier ones."""
        held = [*self.earlier, *self.on_hand]
        return [one for one in held if one.state != State.RETURN_PENDING]


def day_books(shop: Shop, day: dt.date) -> DayBooks:
    """A shop's day with its packages, and what it holds of earlier days. Four queries."""
    today = door_packages(
        Package.objects.filter(shop=shop, service_day=day).exclude(state=State.CANCELLED)
    )
    ids = [one.id for one in today]
    counted_in = PackageEvent.objects.filter(package__in=ids, kind=EventKind.RECEIVED)
    received = set(counted_in.values_list("package_id", flat=True))
    standing = Delivery.objects.standing().filter(package__in=ids, shop=shop)
    delivered = set(standing.values_list("package_id", flat=True))
    was_held = [one for one in today if one.state not in NEVER_HELD and one.id in received]
    return DayBooks(
        day=day,
        received=was_held,
        delivered=[one for one in today if one.id in delivered],
        returned=[one for one in today if one.state == State.RETURNED_TO_STATION],
        on_hand=[one for one in today if one.state in IN_CUSTODY],
        missing=[one for one in was_held if one.state == State.MISSING],
        coming=[one for one in today if one.state in (State.ASSIGNED, State.MANIFESTED)],
        not_taken=[one for one in today if one.state in NOT_TAKEN],
        earlier=door_packages(
            Package.objects.filter(shop=shop, service_day__lt=day, state__in=HELD)
        ),
    )


def unsent_devices(
    shop: Shop, at: dt.datetime, *, but: uuid.UUID | None = None
) -> list[dict[str, Any]]:
    """The shop's phones that still held acts or photos (`unsent`) when they last called, the one
    that asks aside. One query."""
    phones = Device.objects.filter(
        Q(unsent__gt=0) | Q(unsent_photos__gt=0),
        shop=shop,
        last_seen_at__gt=at - PHONE_IS_SILENT_AFTER,
    )
    if but is not None:
        phones = phones.exclude(key=but)
    return [
        {
            "name": " · ".join(filter(None, [str(one.user), one.name])),
            "unsent": one.unsent + one.unsent_photos,
            "last_seen_at": one.last_seen_at,
        }
        for one in phones.select_related("user").order_by("last_seen_at", "pk")
    ]


def last_close(shop: Shop, day: dt.date) -> DayClose | None:
    """The latest closing of a shop's day, if somebody closed it. One query."""
    return DayClose.objects.filter(shop=shop, day=day).select_related("by").first()


def day_to_close(shop: Shop, today: dt.date) -> dt.date:
    """Yesterday, while it had packages and nobody closed it; else today. Two queries at most."""
    yesterday = today - dt.timedelta(days=1)
    had = Package.objects.filter(shop=shop, service_day=yesterday).exclude(state__in=NEVER_HELD)
    is_open = had.exists() and last_close(shop, yesterday) is None
    return yesterday if is_open else today


def day_that_is_over(at: dt.datetime, zone: str) -> dt.date:
    """The latest local day that is to be checked: today's from eleven in the evening on."""
    start = dt.timedelta(hours=24 - CHECKED_FROM.hour)
    day = clock.local_day(at, zone)
    is_late = at >= clock.day_start(day + dt.timedelta(days=1), zone) - start
    return day if is_late else day - dt.timedelta(days=1)
