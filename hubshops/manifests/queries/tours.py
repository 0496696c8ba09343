"""Tours with their times, as the page that orders stops shows them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from hubshops.manifests import rules
from hubshops.manifests.models import Manifest, StreetPreference, Tour
from hubshops.manifests.queries.lists import Stop, stops_of
from hubshops.packages.models import Package

QUARTER = 5 * 60  # an estimate is said in steps of five minutes


def place_of(package: Package) -> rules.Place | None:
    """Where a package goes, when that is known."""
    if package.latitude is None or package.longitude is None:
        return None
    return package.latitude, package.longitude


def visit_of(packages: Sequence[Package]) -> rules.Visit:
    """What one stop takes, and the span in which all its packages are wanted."""
    opens = [rules.seconds_of(one.deliver_from) for one in packages if one.deliver_from]
    closes = [rules.seconds_of(one.deliver_until) for one in packages if one.deliver_until]
    return rules.Visit(
        packages=len(packages), opens=max(opens, default=0), closes=min(closes, default=rules.DAY)
    )


def streets_known(shops: Iterable[int]) -> dict[int, list[str]]:
    """The streets each of these shops taught us, in its sequence. One query."""
    known: dict[int, list[str]] = defaultdict(list)
    rows = StreetPreference.objects.filter(shop__in=shops).order_by("shop", "rank")
    for shop, street in rows.values_list("shop_id", "street"):
        known[shop].append(street)
    return known


@dataclass(frozen=True, slots=True)
class TimedStop:
    """A stop, its place in the whole list, when one can be there, and whether that is too late."""

    stop: Stop
    place: int
    arrives: dt.datetime
    is_late: bool

    @property
    def window(self) -> str:
        """Between which times its people want it; empty when any time is good."""
        opens = [one.deliver_from for one in self.stop.packages if one.deliver_from]
        closes = [one.deliver_until for one in self.stop.packages if one.deliver_until]
        return rules.window(max(opens, default=None), min(closes, default=None))


@dataclass(frozen=True, slots=True)
class TimedTour:
    """The stops that one person takes, and how long and far that is."""

    number: int
    helper: str
    stops: tuple[TimedStop, ...]
    leaves: dt.datetime
    seconds: int
    metres: int

    @property
    def hours(self) -> int:
        """Whole hours of the tour."""
        return self.seconds // 3600

    @property
    def minutes(self) -> int:
        """Minutes beyond the whole hours."""
        return self.seconds // 60 % 60

    @property
    def packages(self) -> int:
        """How many packages go along."""
        return sum(len(one.stop.packages) for one in self.stops)


def tours_of(
    manifest: Manifest, stops: Sequence[Stop] | None = None, order: Sequence[int] = ()
) -> list[TimedTour]:
    """A manifest's tours with estimated times; with `order`, as if its stops were in it. Times
    count from the morning, as if the whole tour were still to do. Two queries, one when `stops`
    are known."""
    stops = stops_of(manifest) if stops is None else stops
    place = {number: at for at, number in enumerate(order)}
    stops = sorted(stops, key=lambda one: (one.tour, place.get(one.number, one.number)))
    names = {
        tour.number: rules.short_name(str(tour.helper))
        for tour in Tour.objects.filter(manifest=manifest).select_related("helper")
    }
    tours: list[TimedTour] = []
    for number, mine in groupby(stops, key=lambda one: one.tour):
        before = sum(len(tour.stops) for tour in tours)
        tours.append(timed(manifest, number, names.get(number, ""), list(mine), before))
    return tours


def timed(
    manifest: Manifest, number: int, helper: str, stops: Sequence[Stop], before: int
) -> TimedTour:
    """One tour with its times, from the shop and back; `before` stops are in other tours."""
    shop = manifest.shop
    start = shop.latitude, shop.longitude
    metres = rules.metres_between([start, *[stop.place or start for stop in stops]])
    visits = [visit_of(stop.packages) for stop in stops]
    leaves = rules.leaving(shop.busy_from, shop.busy_until)
    busy = rules.busy_span(shop.busy_from, shop.busy_until)
    times = rules.timetable(metres, visits, range(len(stops)), shop.travel_mode, leaves, busy=busy)
    return TimedTour(
        number=number,
        helper=helper,
        stops=tuple(
            TimedStop(stop, place, moment_of(manifest, arrival.at), arrival.is_late)
            for place, (stop, arrival) in enumerate(
                zip(stops, times.arrivals, strict=True), before + 1
            )
        ),
        leaves=moment_of(manifest, leaves),
        seconds=rounded(times.seconds),
        metres=times.metres,
    )


def rounded(seconds: int) -> int:
    """Up to the next five minutes: an estimate does not know more."""
    return -(-seconds // QUARTER) * QUARTER


def moment_of(manifest: Manifest, seconds: int) -> dt.datetime:
    """A time of the manifest's day by the station's clock, in steps of five minutes."""
    start = dt.datetime.combine(manifest.service_day, dt.time())
    local = start + dt.timedelta(seconds=rounded(seconds))
    return local.replace(tzinfo=ZoneInfo(manifest.shop.zone))
