"""What a shop promises, judged. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

WEEKDAYS = re.compile(r"1?2?3?4?5?6?7?")
MOST_A_DAY = 10_000
FARTHEST_M = 200_000
DAYS_AHEAD = 62
START_CAP = 15  # what a new shop gets a day at first, when it agreed to more
# How far a shop usually goes on foot and by bike; beyond that, by car (assumed until it says so).
ON_FOOT_M, BY_BIKE_M = 2_500, 6_500

# Where a shop may go from where it is; PostgreSQL refuses everything else. A suspension ends in
# what the shop asked for by then, so it leads to more than one.
MOVES = {
    "preparing": {"live", "offboarding"},
    "live": {"paused_by_shop", "suspended", "offboarding"},
    "paused_by_shop": {"live", "suspended", "offboarding"},
    "suspended": {"live", "paused_by_shop", "offboarding"},
    "offboarding": {"closed"},
    "closed": set(),
}


def tidy_weekdays(text: str) -> str | None:
    """`"7 1,2"` → `"127"`: days in order, each once; None when something else stands there, such as
    `"1-5"`, which may mean five days or two."""
    digits = [sign for sign in text if sign not in " ,;"]
    if not digits or any(sign not in "1234567" for sign in digits):
        return None
    return "".join(sorted(set(digits)))


def next_day(day: dt.date, weekdays: str, off: Collection[dt.date] = ()) -> dt.date | None:
    """The next day after `day` on which a shop works (`weekdays` like "12345", Monday is 1)."""
    days = (day + dt.timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD))
    return next((one for one in days if str(one.isoweekday()) in weekdays and one not in off), None)


def usual_travel(radius_m: int) -> str:
    """How a shop that did not say it gets around: `walk`, `bike` or `car`, by how far it goes."""
    if radius_m <= ON_FOOT_M:
        return "walk"
    return "bike" if radius_m <= BY_BIKE_M else "car"


def slug_of(name: str, longest: int = 50) -> str:
    """`Rosa's Bodega` → `rosas-bodega`. A name without Latin letters gives `shop`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    return words[:longest].strip("-") or "shop"


def street_key(street: str) -> str:
    """A street as two spellings of one address are compared: case, dots and spaces don't count."""
    return " ".join(re.sub(r"[.,#]", " ", street).casefold().split())


class Holiday(StrEnum):
    """The days on which no station brings packages."""

    NEW_YEAR = "new_year"
    MEMORIAL_DAY = "memorial_day"
    INDEPENDENCE_DAY = "independence_day"
    THANKSGIVING = "thanksgiving"
    CHRISTMAS = "christmas"


def holidays_of(year: int) -> list[tuple[dt.date, Holiday]]:
    """The five holidays of a year, in order. None is moved when it falls on a weekend."""
    end_of_may, november = dt.date(year, 5, 31), dt.date(year, 11, 1)
    first_thursday = november + dt.timedelta(days=(4 - november.isoweekday()) % 7)
    return [
        (dt.date(year, 1, 1), Holiday.NEW_YEAR),
        (end_of_may - dt.timedelta(days=end_of_may.weekday()), Holiday.MEMORIAL_DAY),
        (dt.date(year, 7, 4), Holiday.INDEPENDENCE_DAY),
        (first_thursday + dt.timedelta(days=21), Holiday.THANKSGIVING),
        (dt.date(year, 12, 25), Holiday.CHRISTMAS),
    ]


def holidays_after(day: dt.date, count: int = 5) -> list[tuple[dt.date, Holiday]]:
    """The next holidays from a day on."""
    coming = [one for year in (day.year, day.year + 1) for one in holidays_of(year)]
    return [one for one in coming if one[0] >= day][:count]


def least_cap(*caps: int | None) -> int:
    """The least of the caps that hold; None does not. One at least does."""
    return min(cap for cap in caps if cap is not None)
