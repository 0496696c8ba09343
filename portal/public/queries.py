"""What the front page asks of the network."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F

from hubshops.manifests.models import ManifestVersion
from hubshops.stations.models import Station
from hubshops.stations.queries import all_stations
from kernel import clock
from kernel.bank_days import holidays_between
from kernel.geo import distance_m
from kernel.kept import kept
from kernel.zips import DEFAULT_ZONE, place_of_zip
from payouts.rates.models import RateKind
from payouts.rates.queries import card_of, lines_in_force
from payouts.statements.rules import PayDay, next_pay_day
from portal.public import rules
from portal.public.rules import Span

WEEKS = 4  # of days behind a usual day
KEPT_S = 3600  # for how long its figures are kept


@dataclass(frozen=True)
class Area:
    """What we know of a ZIP code: the nearest station, how far it is, and whether vans come."""

    zip_code: str
    station: Station | None = None
    distance_m: float | None = None
    is_near: bool = False


@dataclass(frozen=True)
class Market:
    """What shops of a station get: its fees for a package on a day, and how many packages half of
    its shops' days bring, with the days and the number of shops behind that. None is unknown."""

    fees: Span | None = None
    packages: Span | None = None
    shops: int = 0
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class FirstPay:
    """Who starts on a day is first paid on another."""

    starts_on: dt.date
    through: dt.date
    arrives_on: dt.date


def look_at_area(zip_code: str) -> Area:
    """The nearest station to the middle of a ZIP code; no station when nobody knows the code."""
    place = place_of_zip(zip_code)
    stations = all_stations() if place else []
    if not stations:
        return Area(zip_code)
    metres, station = min(
        ((distance_m(*place, each.latitude, each.longitude), each) for each in stations),
        key=lambda pair: pair[0],
    )
    return Area(zip_code, station, metres, rules.is_within_reach(metres))


def market_of(station: Station, at: dt.datetime) -> Market:
    """What a new shop of this station may count on: its standard card of today, and the days of
    the last four weeks, counted once an hour. Two queries, or three."""
    today = clock.local_day(at, station.zone)
    last = today - dt.timedelta(days=1)
    first = today - dt.timedelta(weeks=WEEKS)
    key = f"usual-day:{station.pk}:{today}"
    shops, low, high = kept(key, lambda: usual_day(station, first, last), seconds=KEPT_S)
    if not shops:
        return Market(fees=fees_of(station, today))
    return Market(
        fees=fees_of(station, today),
        packages=Span(low, high),
        shops=shops,
        first=first,
        last=last,
    )


def usual_day(station: Station, first: dt.date, last: dt.date) -> tuple[int, int, int]:
    """How many shops of a station had days between two dates, and the fewest and the most packages
    of a usual one; nothing of too few shops. One query over every day of every shop."""
    days = ManifestVersion.objects.filter(
        manifest__shop__station=station,
        manifest__service_day__range=(first, last),
        version=F("manifest__version"),
    )
    counts = list(days.order_by().values_list("manifest__shop", "packages"))
    shops = len({shop for shop, _packages in counts})
    if shops < rules.FEWEST_SHOPS:
        return 0, 0, 0
    span = rules.usual_span([packages for _shop, packages in counts])
    return shops, span.low, span.high


def fees_of(station: Station, day: dt.date) -> Span | None:
    """The lowest fee of a station's standard card for any package, and the one for a plain package.
    Two queries."""
    lines = lines_in_force(card_of(station=station), day)
    fees = [one for one in lines if one.kind == RateKind.DELIVERY]
    if not fees:
        return None
    plain = [one for one in fees if not (one.outcome or one.size or one.day_kind)] or fees
    cents = [one.amount_cents for one in fees]
    return Span(min(cents), max(one.amount_cents for one in plain))


def first_pay(station: Station | None, at: dt.datetime) -> FirstPay:
    """When somebody is first paid who starts next Monday: the day that the weekly run promises."""
    today = clock.local_day(at, station.zone if station else DEFAULT_ZONE)
    monday = rules.next_monday(today)
    closed = holidays_between(monday, monday + dt.timedelta(days=21))
    day: PayDay = next_pay_day(monday, gateway="", closed=closed)
    return FirstPay(monday, day.through, day.arrives_on)
