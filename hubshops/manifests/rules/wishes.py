"""Moving stops so that who wants a package at a time gets it then. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hubshops.manifests.rules.times import DAY, METRES_A_SECOND, STREETS, Visit
from hubshops.manifests.rules.tours import Metres

MOST_STEPS = 250_000  # stops looked at; bounds the time of a long tour with many wishes

Cost = tuple[int, int]  # seconds late, then when one is back


@dataclass(frozen=True, slots=True)
class Town:
    """What a way through its stops costs: seconds from place to place, the doors, the start."""

    seconds: list[list[float]]
    visits: Sequence[Visit]
    leaves: int


@dataclass(frozen=True, slots=True)
class Way:
    """A way and its times at each position, the shop's own door last: when one leaves for it, is
    there, and was late so far; how much later one may be there without being later for anybody,
    and how much waiting lies ahead."""

    stops: list[int]
    leaves: list[float]
    there: list[float]
    late: list[float]
    spare: list[float]
    waiting: list[float]

    def place(self, position: int) -> int:
        """Where one is at a position: place 0 is the shop, before the first stop and after the
        last."""
        return self.stops[position] + 1 if 0 <= position < len(self.stops) else 0


def in_time(
    metres: Metres, visits: Sequence[Visit], order: Sequence[int], mode: str, leaves: int
) -> list[int]:
    """The order with stops moved so that fewer seconds are late, and of those orders the one that
    is back first. Only stops with a time are moved, one at a time, while that helps and for at most
    `MOST_STEPS`. Without such stops the order stays. No stop is ever dropped."""
    wishes = [stop for stop in order if visits[stop].opens > 0 or visits[stop].closes < DAY]
    if not wishes:
        return list(order)
    pace = STREETS / METRES_A_SECOND[mode]
    town = Town([[step * pace for step in row] for row in metres], visits, leaves)
    best = list(order)
    least = cost_of(timed(town, best))
    steps, is_better = 0, True
    while is_better:
        is_better = False
        for stop in wishes:
            if steps > MOST_STEPS:
                return best
            way = timed(town, [other for other in best if other != stop])
            position, cost, looked = best_position(town, way, stop, least)
            steps += looked
            if cost < least:
                best = [*way.stops[:position], stop, *way.stops[position:]]
                least, is_better = cost, True
    return best


def cost_of(way: Way) -> Cost:
    """What a way costs as it is."""
    return round(way.late[-1]), round(way.there[-1])


def timed(town: Town, stops: list[int]) -> Way:
    """The times of a way."""
    way = Way(stops, [], [], [0.0], [math.inf], [0.0])
    clock = float(town.leaves)
    for position, stop in enumerate(stops):
        visit = town.visits[stop]
        way.leaves.append(clock)
        way.there.append(clock + town.seconds[way.place(position - 1)][stop + 1])
        clock = max(way.there[-1], visit.opens)
        way.late.append(way.late[-1] + max(0.0, clock - visit.closes))
        clock += visit.seconds
    way.leaves.append(clock)
    way.there.append(clock + town.seconds[way.place(len(stops) - 1)][0])
    for stop, there in zip(reversed(stops), way.there[-2::-1], strict=True):
        visit = town.visits[stop]
        waits = max(0.0, visit.opens - there)
        spare = max(0.0, visit.closes - there - waits)
        way.spare.append(waits + min(spare, way.spare[-1]))
        way.waiting.append(waits + way.waiting[-1])
    way.spare.reverse()
    way.waiting.reverse()
    return way


def best_position(town: Town, way: Way, stop: int, least: Cost) -> tuple[int, Cost, int]:
    """Where in a way to put a stop, what the way costs then, and how many stops were looked at. The
    cost is `least` when no position is better."""
    visit, seconds = town.visits[stop], town.seconds
    best, steps = 0, 0
    for position in range(len(way.stops) + 1):
        here = way.leaves[position] + seconds[way.place(position - 1)][stop + 1]
        clock = max(here, visit.opens)
        late = way.late[position] + max(0.0, clock - visit.closes)
        clock += visit.seconds + seconds[stop + 1][way.place(position)]
        more, looked = clock - way.there[position], 1
        if more <= way.spare[position]:
            late += way.late[-1] - way.late[position]
            clock = way.there[-1] + max(0.0, more - way.waiting[position])
        else:
            late, clock, looked = walked(town, way, position, (late, clock), least[0])
        steps += looked
        if (cost := (round(late), round(clock))) < least:
            best, least = position, cost
    return best, least, steps


def walked(
    town: Town, way: Way, position: int, so_far: tuple[float, float], most_late: int
) -> tuple[float, float, int]:
    """Seconds late and the time back when one comes to a position at another time than planned,
    and the stops looked at. It is not followed further once that is too late."""
    late, clock = so_far
    for looked, stop in enumerate(way.stops[position:], 1):
        visit = town.visits[stop]
        clock = max(clock, visit.opens)
        late += max(0.0, clock - visit.closes)
        if round(late) > most_late:
            return late, clock, looked
        clock += visit.seconds + town.seconds[stop + 1][way.place(position + looked)]
    return late, clock, len(way.stops) - position + 1
