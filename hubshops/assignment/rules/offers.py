"""Until when a shop may answer, and whom to ask for how many."""

import datetime as dt
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

ANSWER_BY = dt.time(6)  # the drop of the day is packed from then on


def answer_by(day: dt.date, zone: str) -> dt.datetime:
    """The moment at which an offer for a day lapses: six in the morning at the station."""
    return dt.datetime.combine(day, ANSWER_BY, ZoneInfo(zone))


def shares(doors: Iterable[Mapping[str, float]]) -> dict[str, int]:
    """How many packages to ask each shop for, when each door is asked of the nearest shop that
    reaches it; `doors` hold metres by shop. A shop that is nearest to none is not in the answer."""
    found: dict[str, int] = {}
    for door in doors:
        if door:
            nearest = min(door, key=lambda shop: (door[shop], shop))
            found[nearest] = found.get(nearest, 0) + 1
    return found
