"""What a shop promises, judged. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection

WEEKDAYS = re.compile(r"1?2?3?4?5?6?7?")
MOST_A_DAY = 10_000
FARTHEST_M = 200_000
DAYS_AHEAD = 62
# How far a shop usually goes on foot and by bike; beyond that, by car (assumed until it says so).
ON_FOOT_M, BY_BIKE_M = 2_500, 6_500


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
