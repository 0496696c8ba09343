"""What is still to be said, and what was."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from hubshops.deliveries.rules import ACTS
from hubshops.recipients import rules
from hubshops.recipients.models import RecipientMessage, StationTexts, TextStop
from hubshops.recipients.rules import Standing
from hubshops.stations.models import Station
from kernel.rows import rows

# Packages that a shop has in hand, and those delivered today or yesterday: both are found by an
# index of their own, however many packages there were. The act behind a state is the latest one
# that is no correction; corrections are heard of later.
UNSAID = """
WITH spoken AS (
    SELECT shop.id AS shop_id, station.zone, station_texts.language
    FROM station_texts
    JOIN station ON station.id = station_texts.station_id
    JOIN shop ON shop.station_id = station.id
    WHERE station_texts.is_on AND station.id = ANY (%(stations)s)
), found AS (
    SELECT delivery.package_id, spoken.*, delivery.delivered_at AS acted_at, delivery.outcome
    FROM spoken JOIN delivery ON delivery.shop_id = spoken.shop_id
    WHERE delivery.delivered_on >= %(since)s::date - 1 AND delivery.delivered_at >= %(since)s
        AND delivery.voided_by_id IS NULL
    UNION ALL
    SELECT package.id, spoken.*, act.counted_at, ''
    FROM spoken JOIN package ON package.shop_id = spoken.shop_id
    CROSS JOIN LATERAL (
        SELECT counted_at FROM package_event
        WHERE package_id = package.id AND kind = ANY (%(acts)s) ORDER BY id DESC LIMIT 1
    ) AS act
    WHERE package.state IN ('OUT_FOR_DELIVERY', 'ATTEMPTED', 'RETURN_PENDING')
        AND act.counted_at >= %(since)s
)
SELECT found.*, package.station_id, package.state, package.phone, package.requires,
    package.tracking_id, heard.received_at AS heard_at, shop.name AS shop, shop.phone AS shop_phone
FROM found
JOIN package ON package.id = found.package_id AND package.phone <> ''
JOIN shop ON shop.id = found.shop_id
CROSS JOIN LATERAL (
    SELECT received_at FROM package_event
    WHERE package_id = found.package_id ORDER BY id DESC LIMIT 1
) AS heard
WHERE NOT EXISTS (
    SELECT FROM recipient_message AS said
    WHERE said.package_id = found.package_id
        AND said.day = (found.acted_at AT TIME ZONE found.zone)::date
        AND said.kind = CASE package.state WHEN 'OUT_FOR_DELIVERY' THEN 'out'
            WHEN 'DELIVERED' THEN 'left' ELSE 'tried' END
)
ORDER BY found.acted_at, found.package_id
"""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Something that a recipient may hear: the package as it stands, and what a text needs."""

    package_id: int
    station_id: int
    shop_id: int
    tracking_id: str
    phone: str
    requires: str
    outcome: str
    shop: str
    shop_phone: str
    language: str
    standing: Standing

    @property
    def number(self) -> str:
        """The recipient's number; empty when there is none that takes texts."""
        return rules.number_of(self.phone)


def unsaid(at: dt.datetime) -> list[Unsaid]:
    """What has to be said now, of stations that want it said and where nobody sleeps; the oldest
    first. Two queries."""
    asked = Station.objects.filter(recipient_texts__is_on=True).values_list("pk", "zone")
    awake = [pk for pk, zone in asked if not rules.is_quiet(at, zone)]
    if not awake:
        return []
    since = at - rules.NOT_OLDER_THAN
    acts = sorted(str(kind) for kind in ACTS)
    found = rows(UNSAID, {"stations": awake, "since": since, "acts": acts})
    return [one for one in map(_unsaid, found) if rules.is_to_be_said(one.standing, at)]


def _unsaid(row: dict[str, Any]) -> Unsaid:
    names = ("state", "acted_at", "heard_at", "zone")
    standing = Standing(**{name: row.pop(name) for name in names})
    return Unsaid(**row, standing=standing)


def stopped_among(numbers: Iterable[str]) -> set[str]:
    """Those of these numbers to which nothing is sent. One query."""
    by_print = {rules.fingerprint_of(number): number for number in numbers}
    stops = TextStop.objects.filter(fingerprint__in=by_print)
    return {by_print[one] for one in stops.values_list("fingerprint", flat=True)}


def latest_messages(stations: Collection[int] = ()) -> QuerySet[RecipientMessage]:
    """What was said or not said, the latest first."""
    said = RecipientMessage.objects.select_related("package__station", "shop", "text")
    return said.filter(package__station__in=stations) if stations else said


def station_switches() -> list[tuple[Station, StationTexts | None]]:
    """Every station with its switch, if somebody ever moved it. Two queries."""
    switches = {one.pk: one for one in StationTexts.objects.all()}
    return [(one, switches.get(one.pk)) for one in Station.objects.order_by("code")]


def count_stops() -> int:
    """How many numbers get no texts."""
    return TextStop.objects.count()
