"""Doors and the way from one to the next. Pure."""

import math
import re
from collections.abc import Sequence

Place = tuple[float, float]  # latitude, longitude in degrees

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
MOST_STEPS = 500_000  # pairs of stops looked at; bounds the time of a very long tour


def door_key(street: str, postal_code: str) -> tuple[str, str]:
    """What two packages for one door share: the street without unit, case, dots and long words,
    and the five-digit ZIP code."""
    plain = re.sub(r"[.,]", " ", UNIT.sub("", street)).casefold()
    return " ".join(WORDS.get(word, word) for word in plain.split()), postal_code[:5]


def split_street(street: str) -> tuple[str, str]:
    """`"418 Oak St"` → `("418", "Oak St")`: the house number to print large, and the rest."""
    found = HOUSE.fullmatch(street.strip())
    return (found[1], found[2]) if found else ("", street.strip())


def short_name(name: str) -> str:
    """First name and initial of the last: `"Maria del Carmen Lopez"` → `"Maria L."`. A name that is
    one word, or that is written without spaces, stays as it is."""
    words = name.split()
    return name.strip() if len(words) < 2 else f"{words[0]} {words[-1][0].upper()}."


def order_stops(start: Place, stops: Sequence[Place]) -> list[int]:
    """The order in which to visit `stops` from `start` and back: nearest next, then improved by
    2-opt and or-opt until nothing helps. The same input gives the same order."""
    if len(stops) < 2:
        return list(range(len(stops)))
    metres = flat_distances([start, *stops])
    tour = nearest_next(metres)
    improve(tour, metres)
    if len(tour) > 3 and tour[-1] < tour[1]:  # of the two directions, always the same one
        tour[1:] = tour[:0:-1]
    return [place - 1 for place in tour[1:]]


def flat_distances(places: Sequence[Place]) -> list[list[float]]:
    """Distances between all places on a flat map around the first; exact enough within a city."""
    width = math.cos(math.radians(places[0][0]))
    points = [(latitude, longitude * width) for latitude, longitude in places]
    return [[math.dist(a, b) for b in points] for a in points]


def nearest_next(metres: list[list[float]]) -> list[int]:
    """A tour from place 0 that always goes to the nearest place not visited; ties by number."""
    left = set(range(1, len(metres)))
    tour = [0]
    while left:
        row = metres[tour[-1]]
        here = min(left, key=lambda place: (row[place], place))
        left.remove(here)
        tour.append(here)
    return tour


def improve(tour: list[int], metres: list[list[float]]) -> None:
    """Reverse and move stretches of a closed tour while that makes it shorter."""
    steps = 0
    is_better = True
    while is_better and steps < MOST_STEPS:
        is_better = reverse_stretches(tour, metres) | move_stretches(tour, metres)
        steps += len(tour) * len(tour)


def reverse_stretches(tour: list[int], metres: list[list[float]]) -> bool:
    """One pass of 2-opt; whether it found a shorter tour."""
    size, is_better = len(tour), False
    for i in range(size - 1):
        for j in range(i + 2, size):
            a, b, c, d = tour[i], tour[i + 1], tour[j], tour[(j + 1) % size]
            if a == d:
                continue
            if metres[a][c] + metres[b][d] < metres[a][b] + metres[c][d] - 1e-12:
                tour[i + 1 : j + 1] = tour[j:i:-1]
                is_better = True
    return is_better


def move_stretches(tour: list[int], metres: list[list[float]]) -> bool:
    """One pass of or-opt: stretches of one to three stops go where they cost least."""
    is_better = False
    for length in (1, 2, 3):
        start = 1
        while start + length <= len(tour):
            is_better |= move_stretch(tour, metres, start, length)
            start += 1
    return is_better


def move_stretch(tour: list[int], metres: list[list[float]], start: int, length: int) -> bool:
    """Move the stretch at `start` to its best place, either way round, when that is shorter."""
    stretch, rest = tour[start : start + length], tour[:start] + tour[start + length :]
    before, after = tour[start - 1], tour[(start + length) % len(tour)]
    if before == after:
        return False
    first, last = stretch[0], stretch[-1]
    gain = metres[before][first] + metres[last][after] - metres[before][after]
    best = (gain - 1e-12, -1, False)
    for place, here in enumerate(rest):
        following = rest[(place + 1) % len(rest)]
        gap = metres[here][following]
        ahead = metres[here][first] + metres[last][following] - gap
        back = metres[here][last] + metres[first][following] - gap
        best = min(best, (ahead, place, False), (back, place, True))
    _cost, place, is_reversed = best
    if place < 0:
        return False
    tour[:] = rest[: place + 1] + (stretch[::-1] if is_reversed else stretch) + rest[place + 1 :]
    return True
