"""How long a tour takes, and who can be there in time. Pure.

Times of a day are seconds since midnight by the station's clock.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hubshops.manifests.rules.tours import Metres

# Assumed: a brisk walk, a bicycle with stops, a car in town between short drives.
METRES_A_SECOND = {"walk": 1.25, "bike": 4.0, "car": 6.0}
STREETS = 1.3  # assumed: how much longer the way along streets is than the straight line
SECONDS_A_STOP = 90  # assumed: find the door, ring, wait
SECONDS_A_PACKAGE = 30  # assumed: take it out, hand it over, tap
LEAVES_AT = dt.time(9)  # assumed: when packages have been counted in
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Visit:
    """What there is to do at one stop, and when its people want it."""

    packages: int
    opens: int = 0
    closes: int = DAY

    @property
    def seconds(self) -> int:
        """How long it takes at the door."""
        return SECONDS_A_STOP + SECONDS_A_PACKAGE * self.packages


@dataclass(frozen=True, slots=True)
class Arrival:
    """When one can be at a stop; `is_late`: after its people want it."""

    at: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class Timetable:
    """A tour with its times: one arrival a stop in the tour's order, and the whole."""

    leaves: int
    arrivals: tuple[Arrival, ...]
    back: int
    metres: int
    late_seconds: int

    @property
    def seconds(self) -> int:
        """From the shop's door back to it."""
        return self.back - self.leaves


def seconds_of(time: dt.time) -> int:
    """A time of day as seconds since midnight."""
    return time.hour * 3600 + time.minute * 60 + time.second


def leaving(busy_from: dt.time | None, busy_until: dt.time | None) -> int:
    """When somebody leaves the shop: in the morning, but not while the counter is busy."""
    if busy_from and busy_until and busy_from <= LEAVES_AT < busy_until:
        return seconds_of(busy_until)
    return seconds_of(LEAVES_AT)


Span = tuple[int, int]  # seconds of a day, the second one not in it


def busy_span(busy_from: dt.time | None, busy_until: dt.time | None) -> Span | None:
    """The counter's busy hours, when there are any."""
    if busy_from is None or busy_until is None:
        return None
    return seconds_of(busy_from), seconds_of(busy_until)


def after_busy(clock: float, seconds: float, busy: Span | None) -> float:
    """When something that takes `seconds` can begin, at `clock` at the earliest: not so that it
    runs into the busy hours, but after them."""
    if busy and clock < busy[1] and clock + seconds > busy[0]:
        return busy[1]
    return clock


def timetable(
    metres: Metres,
    visits: Sequence[Visit],
    order: Sequence[int],
    mode: str,
    leaves: int,
    *,
    busy: Span | None = None,
) -> Timetable:
    """The times of visiting `order` (stop 0 is place 1) from place 0 and back. Whoever comes before
    a stop's time waits there. In the counter's `busy` hours nobody is at a door: a stop that would
    run into them comes after them."""
    clock, far, late, arrivals = float(leaves), 0, 0.0, []
    way = [0, *[stop + 1 for stop in order], 0]
    for here, there in pairwise(way):
        far += metres[here][there]
        clock += metres[here][there] * STREETS / METRES_A_SECOND[mode]
        if there:
            visit = visits[there - 1]
            clock = after_busy(max(clock, visit.opens), visit.seconds, busy)
            late += max(0, clock - visit.closes)
            arrivals.append(Arrival(round(clock), clock > visit.closes))
            clock += visit.seconds
    return Timetable(leaves, tuple(arrivals), round(clock), round(far * STREETS), round(late))


def efforts(metres: Metres, visits: Sequence[Visit], mode: str) -> list[float]:
    """What each stop costs in a tour that visits them in this order: the way to it and the door."""
    return [
        metres[stop][stop + 1] * STREETS / METRES_A_SECOND[mode] + visit.seconds
        for stop, visit in enumerate(visits)
    ]
