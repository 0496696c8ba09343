"""The days to come, shaped for a shop's pages and for staff."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.assignment.models import Assignment
from hubshops.forecasts import rules
from hubshops.forecasts.queries import Outlook, list_ahead, outlooks_of
from hubshops.forecasts.rules import Band
from hubshops.shops.models import Shop
from hubshops.shops.queries import days_off_of
from hubshops.shops.rules import Holiday, holidays_after
from hubshops.stations.models import Station

FARTHEST = dt.timedelta(days=430)  # a form takes days within a year, and 60 at once


@dataclass(frozen=True)
class DayOffRow:
    """A day off that is still to come; `planned` packages are given to the shop all the same."""

    day: dt.date
    planned: int
    may_change: bool


def coming_days_off(shop: Shop, at: dt.datetime, today: dt.date) -> list[DayOffRow]:
    """A shop's days off from today on, in order. Two queries."""
    days = days_off_of(shop, today, today + FARTHEST)
    given = Assignment.objects.filter(shop=shop, service_day__in=days)
    planned = Counter(given.values_list("service_day", flat=True))
    return [DayOffRow(day, planned[day], at < shop.station.cut_off(day)) for day in days]


def weekday_words(digits: str) -> str:
    """“12345” → “Monday, Tuesday, Wednesday, Thursday, Friday”."""
    if set(digits) == set("1234567"):
        return _("every day")
    return ", ".join(str(WEEKDAYS[int(digit) - 1]) for digit in digits)


def chart_of(bands: list[Band]) -> list[tuple[str, tuple[int, int, int], str]]:
    """Bands as the span chart takes them."""
    return [
        (
            formats.date_format(band.day, "D"),
            (band.low, band.middle, band.high),
            "–" if band.is_closed else str(band.middle),
        )
        for band in bands
    ]


@dataclass(frozen=True)
class ShopAhead:
    """One shop on one of the days to come."""

    shop: Shop
    cap: int
    band: Band | None
    is_sure: bool
    is_off: bool

    @property
    def is_near_cap(self) -> bool:
        """Whether a busy day fills it."""
        return bool(self.band and self.band.high and self.band.high >= self.cap)

    @property
    def must_move(self) -> int:
        """Packages planned for a day on which it does not work."""
        return self.band.planned if self.band and self.band.is_closed else 0

    @property
    def weight(self) -> tuple[int, bool, str, int]:
        """What needs staff most comes first."""
        return -self.must_move, not self.is_near_cap, self.shop.name, self.shop.pk


@dataclass(frozen=True)
class DayAhead:
    """One of a station's days to come: what its list may hold, and what its shops can take."""

    day: dt.date
    band: Band | None
    shops: list[ShopAhead]

    @property
    def open_shops(self) -> list[ShopAhead]:
        """Shops that work on this day."""
        return [one for one in self.shops if one.band is None or not one.band.is_closed]

    @property
    def room(self) -> int:
        """The most that the shops that work take together."""
        return sum(one.cap for one in self.open_shops)

    @property
    def planned(self) -> int:
        """Packages that have a shop already."""
        return sum(one.band.planned for one in self.shops if one.band)

    @property
    def near_cap(self) -> int:
        """Shops that a busy day fills."""
        return sum(one.is_near_cap for one in self.shops)

    @property
    def must_move(self) -> int:
        """Packages planned for shops that do not work."""
        return sum(one.must_move for one in self.shops)

    @property
    def may_not_fit(self) -> bool:
        """Whether a busy day brings more than the shops take."""
        return bool(self.band and self.band.high > self.room)


def days_ahead(station: Station, today: dt.date) -> list[DayAhead]:
    """A station's next seven days. Three queries, however many shops."""
    shops = list(Shop.objects.live().filter(station=station).order_by("name", "pk"))
    outlooks = outlooks_of(shops, today)
    listed = {band.day: band for band in list_ahead(station, today)}
    return [
        DayAhead(
            day,
            listed.get(day),
            sorted((shop_ahead(one, place, day) for one in outlooks), key=by_weight),
        )
        for place, day in enumerate(rules.days_after(today))
    ]


def shop_ahead(outlook: Outlook, place: int, day: dt.date) -> ShopAhead:
    """One shop on the day at this place of its outlook."""
    band = outlook.bands[place] if outlook.bands else None
    return ShopAhead(outlook.shop, outlook.shop.cap_now, band, outlook.is_sure, day in outlook.off)


def by_weight(one: ShopAhead) -> Any:
    """The order of a day's shops."""
    return one.weight


HOLIDAYS = {
    Holiday.NEW_YEAR: gettext_lazy("New Year's Day"),
    Holiday.MEMORIAL_DAY: gettext_lazy("Memorial Day"),
    Holiday.INDEPENDENCE_DAY: gettext_lazy("Independence Day"),
    Holiday.THANKSGIVING: gettext_lazy("Thanksgiving"),
    Holiday.CHRISTMAS: gettext_lazy("Christmas Day"),
}


def holidays_ahead(today: dt.date) -> list[tuple[dt.date, object]]:
    """The five holidays to come, each with its name."""
    return [(day, HOLIDAYS[one]) for day, one in holidays_after(today)]


@dataclass(frozen=True)
class OverCap:
    """A day for which more packages are planned than the shop wants to take from now on."""

    day: dt.date
    planned: int
    cap: int


def over_caps(shop: Shop, caps: Mapping[int, int | None], first: dt.date) -> list[OverCap]:
    """The days from `first` on that hold more than these caps. One query."""
    given = Assignment.objects.filter(shop=shop, service_day__gte=first)
    planned = Counter(given.values_list("service_day", flat=True))
    wished = {weekday: cap for weekday, cap in caps.items() if cap}
    found = (
        OverCap(day, number, wished[day.isoweekday()])
        for day, number in sorted(planned.items())
        if day.isoweekday() in wished
    )
    return [one for one in found if one.planned > one.cap]


def planned_from(shop: Shop, first: dt.date) -> int:
    """How many packages are given to the shop for days from `first` on. One query."""
    return Assignment.objects.filter(shop=shop, service_day__gte=first).count()
