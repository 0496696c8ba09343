"""Doors and the people behind them. Pure."""

import datetime as dt
import re

WORDS = {
    "street": "st",
    "avenue": "ave",
    "av": "ave",
    "boulevard": "blvd",
    "road": "rd",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "square": "sq",
    "terrace": "ter",
    "parkway": "pkwy",
    "highway": "hwy",
    "circle": "cir",
    "trail": "trl",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
    "southwest": "sw",
}
UNIT = re.compile(
    r"[\s,]+(?:apt|apartment|unit|ste|suite|rm|room|fl|floor|#)\.?\s*#?\s*[\w-]{1,8}$",
    re.IGNORECASE,
)
HOUSE = re.compile(r"(\d+[a-z]?(?:-\d+[a-z]?)?(?:\s+1/2)?)\s+(.+)", re.IGNORECASE)


def door_key(street: str, postal_code: str) -> tuple[str, str]:
    """What two packages for one door share: the street without unit, case, dots and long words,
    and the five-digit ZIP code."""
    plain = re.sub(r"[.,]", " ", UNIT.sub("", street)).casefold()
    return " ".join(WORDS.get(word, word) for word in plain.split()), postal_code[:5]


def split_street(street: str) -> tuple[str, str]:
    """`"418 Oak St"` → `("418", "Oak St")`: the house number to print large, and the rest."""
    found = HOUSE.fullmatch(street.strip())
    return (found[1], found[2]) if found else ("", street.strip())


def street_key(street: str) -> str:
    """What doors along one street share: the street as in `door_key`, without the house number."""
    return split_street(door_key(street, "")[0])[1]


def short_name(name: str) -> str:
    """First name and initial of the last: `"Maria del Carmen Lopez"` → `"Maria L."`. A name that is
    one word, or that is written without spaces, stays as it is."""
    words = name.split()
    return name.strip() if len(words) < 2 else f"{words[0]} {words[-1][0].upper()}."


def window(start: dt.time | None, end: dt.time | None) -> str:
    """When a door wants its package: `"10:00–14:00"`, `"10:00–"`, `"–14:00"`, or nothing."""
    if start and end:
        return f"{start:%H:%M}–{end:%H:%M}"
    if start:
        return f"{start:%H:%M}–"
    return f"–{end:%H:%M}" if end else ""
