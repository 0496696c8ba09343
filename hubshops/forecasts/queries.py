"""What shops may expect, from what they got; and how right earlier forecasts were."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from hubshops.forecasts import rules
from hubshops.forecasts.rules import Band, Said
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.models import Shop, ShopStatus
from hubshops.stations.models import Station
from kernel.rows import rows

JUDGED_DAYS = 28
DAYS_OFF_AHEAD = 60
NO_CAP = 10_000_000


@dataclass(frozen=True)
class Outlook:
    """A shop's next seven days; no bands at all before its first package. `known_days` is on how
    many days they rest; `off` are its days off of the next two months."""

    shop: Shop
    bands: list[Band]
    known_days: int
    off: frozenset[dt.date] = frozenset()

    @property
    def is_sure(self) -> bool:
        """Whether there are enough days behind it."""
        return self.known_days >= rules.SURE_AFTER

    @property
    def tomorrow(self) -> Band | None:
        """The first of the days."""
        return self.bands[0] if self.bands else None


@dataclass
class Facts:
    """What a shop got or is to get by day, and which days it took off."""

    counts: dict[dt.date, int] = field(default_factory=dict)
    off: set[dt.date] = field(default_factory=set)


# A station's days are those for which it sent a list: on others nobody got anything.
FACTS = """
    SELECT 'came' AS fact, shop_id, service_day AS day, count(*) AS number
    FROM assignment
    WHERE shop_id = ANY(%(shops)s) AND service_day BETWEEN %(first)s AND %(last)s
    GROUP BY shop_id, service_day
    UNION ALL
    SELECT 'off', shop_id, day, 0 FROM day_off
    WHERE shop_id = ANY(%(shops)s) AND day BETWEEN %(first)s AND %(far)s
    UNION ALL
    SELECT DISTINCT 'off', p.shop_id, g.day::date, 0
    FROM shop_pause p CROSS JOIN generate_series(%(first)s::date, %(far)s::date, '1 day') AS g (day)
    WHERE p.shop_id = ANY(%(shops)s) AND (p.ended_at IS NULL OR p.begun_at IS NOT NULL)
      AND g.day >= p.first_day AND (p.last_day IS NULL OR g.day <= p.last_day)
    UNION ALL
    SELECT DISTINCT 'fed', NULL::bigint, service_day, 0 FROM feed_batch
    WHERE station_id = %(station)s AND service_day BETWEEN %(first)s AND %(today)s
"""


def outlook_of(shop: Shop, today: dt.date) -> Outlook:
    """One shop's next seven days as they look now. One query."""
    return outlooks_of([shop], today)[0]


def outlooks_of(shops: Sequence[Shop], today: dt.date) -> list[Outlook]:
    """The next seven days of shops of one station, in their order. One query for all of them."""
    if not shops:
        return []
    fed, facts = facts_of(shops, today)
    return [outlook_from(shop, facts[shop.pk], fed, today) for shop in shops]


def facts_of(shops: Sequence[Shop], today: dt.date) -> tuple[set[dt.date], dict[int, Facts]]:
    """The days on which the station sent a list, and each shop's facts."""
    found = rows(
        FACTS,
        {
            "shops": [shop.pk for shop in shops],
            "station": shops[0].station_id,
            "first": today - dt.timedelta(days=rules.DAYS_BACK),
            "today": today,
            "last": today + dt.timedelta(days=rules.DAYS_AHEAD),
            "far": today + dt.timedelta(days=DAYS_OFF_AHEAD),
        },
    )
    fed: set[dt.date] = set()
    facts: dict[int, Facts] = defaultdict(Facts)
    for row in found:
        if row["fact"] == "fed":
            fed.add(row["day"])
        elif row["fact"] == "off":
            facts[row["shop_id"]].off.add(row["day"])
        else:
            facts[row["shop_id"]].counts[row["day"]] = row["number"]
    return fed, facts


def outlook_from(shop: Shop, facts: Facts, fed: set[dt.date], today: dt.date) -> Outlook:
    """A shop's bands from its facts."""
    days = rules.days_after(today)
    history = rules.worked_days(facts.counts, fed, shop.weekdays, facts.off, today)
    closed = set(days)
    if shop.status == ShopStatus.LIVE:
        silent = rules.silent_weekdays(fed, today)
        closed = {
            day
            for day in days
            if rules.is_closed(day, shop.weekdays, facts.off)
            or (day.isoweekday() in silent and day not in facts.counts)
        }
    bands = rules.forecast(history, days, cap=shop.cap_now, closed=closed, planned=facts.counts)
    return Outlook(shop, bands, len(history), frozenset(facts.off))


def list_ahead(station: Station, today: dt.date) -> list[Band]:
    """How many packages the station's list may hold on each of the next seven days, whatever the
    shops can take. One query."""
    counts = dict(
        Package.objects.filter(
            station=station,
            service_day__gte=today - dt.timedelta(days=rules.DAYS_BACK),
            service_day__lte=today + dt.timedelta(days=rules.DAYS_AHEAD),
        )
        .exclude(state=State.CANCELLED)
        .order_by()
        .values_list("service_day")
        .annotate(number=Count("pk"))
    )
    past = {day: number for day, number in counts.items() if day <= today}
    days, silent = rules.days_after(today), rules.silent_weekdays(past, today)
    closed = {day for day in days if day.isoweekday() in silent and day not in counts}
    return rules.forecast(past, days, cap=NO_CAP, closed=closed, planned=counts)


SAID = """
    SELECT f.day, f.low, f.middle, f.high,
           (SELECT count(*) FROM assignment a
            WHERE a.shop_id = f.shop_id AND a.service_day = f.day) AS came
    FROM forecast f
    WHERE f.shop_id = %(shop)s AND f.made_on = f.day - 1
      AND f.day BETWEEN %(first)s AND %(last)s
    ORDER BY f.day
"""


def said_before(shop: Shop, today: dt.date) -> list[Said]:
    """What was said the evening before, beside what came, for the last four weeks; oldest day
    first. Days on which the shop was closed and got nothing are left out. One query."""
    found = rows(
        SAID,
        {
            "shop": shop.pk,
            "first": today - dt.timedelta(days=JUDGED_DAYS),
            "last": today - dt.timedelta(days=1),
        },
    )
    said = [Said(**row) for row in found]
    return [one for one in said if one.high or one.came]


def planned_between(shop: Shop, first: dt.date, last: dt.date) -> int:
    """How many packages are given to the shop already for these days. One query."""
    return shop.assignments.filter(service_day__range=(first, last)).count()
