"""The way from one stop to the next. Pure."""

from collections.abc import Callable, Sequence

from kernel.geo import distance_m

Place = tuple[float, float]  # latitude, longitude in degrees
Metres = list[list[int]]
Better = Callable[[Metres, list[int]], list[int]]

NEAREST = 8
SMALLEST = 2  # metres; of four rounded ways, a gain up to it is rounding
MOST_STEPS = 500_000  # pairs of stops looked at; bounds the time of a very long tour
SURELY_BEST = 4  # places, the shop among them, for which the quick tour is the shortest


def order_stops(start: Place, stops: Sequence[Place], better: Better | None = None) -> list[int]:
    """The order in which to visit `stops` from `start` and back: nearest next, improved by 2-opt
    and or-opt until nothing helps, then by `better`, the solver. The same stops give the same
    order, in whatever sequence they come."""
    by_place = sorted(range(len(stops)), key=lambda stop: stops[stop])
    metres = metres_between([start, *[stops[stop] for stop in by_place]])
    tour = quick_tour(metres)
    if better and len(tour) > SURELY_BEST:
        tour = better(metres, tour)
    if len(tour) > 3 and tour[-1] < tour[1]:  # of the two directions, always the same one
        tour[1:] = tour[:0:-1]
    return [by_place[place - 1] for place in tour[1:]]


def metres_between(places: Sequence[Place]) -> Metres:
    """Great-circle metres between all places, the same both ways."""
    metres = [[0] * len(places) for _ in places]
    for here, place in enumerate(places):
        for other in range(here):
            metres[here][other] = metres[other][here] = round(distance_m(*place, *places[other]))
    return metres


def quick_tour(metres: Metres) -> list[int]:
    """A fair tour from place 0 in a few milliseconds: some percent above the shortest."""
    tour = nearest_next(metres)
    improve(tour, metres)
    return tour


def nearest_next(metres: Metres) -> list[int]:
    """A tour from place 0 that always goes to the nearest place not visited; ties by number."""
    left = set(range(1, len(metres)))
    tour = [0]
    while left:
        row = metres[tour[-1]]
        here = min(left, key=lambda place: (row[place], place))
        left.remove(here)
        tour.append(here)
    return tour


def improve(tour: list[int], metres: Metres) -> None:
    """Reverse and move stretches of a closed tour while that makes it shorter."""
    near = nearest_of(metres)
    steps = 0
    is_better = True
    while is_better and steps < MOST_STEPS:
        is_better = reverse_stretches(tour, metres) | move_stretches(tour, metres, near)
        steps += len(tour) * len(tour)


def nearest_of(metres: Metres) -> list[list[int]]:
    """Each place's nearest others: a stretch that moves ends up beside one of them."""
    places = range(len(metres))
    return [
        sorted((other for other in places if other != here), key=metres[here].__getitem__)[:NEAREST]
        for here in places
    ]


def reverse_stretches(tour: list[int], metres: Metres) -> bool:
    """One pass of 2-opt; whether it found a shorter tour."""
    size, is_better = len(tour), False
    for i in range(size - 1):
        a, b = tour[i], tour[i + 1]
        from_a, from_b = metres[a], metres[b]
        for j in range(i + 2, size if i else size - 1):
            c, d = tour[j], tour[(j + 1) % size]
            if from_a[c] + from_b[d] < from_a[b] + metres[c][d] - SMALLEST:
                tour[i + 1 : j + 1] = tour[j:i:-1]
                b = tour[i + 1]
                from_b = metres[b]
                is_better = True
    return is_better


def move_stretches(tour: list[int], metres: Metres, near: list[list[int]]) -> bool:
    """One pass of or-opt: stretches of one to three stops go where they cost least."""
    is_better = False
    for length in (1, 2, 3):
        place = {stop: index for index, stop in enumerate(tour)}
        for start in range(1, len(tour) - length + 1):
            if move_stretch(tour, metres, near, place, slice(start, start + length)):
                place = {stop: index for index, stop in enumerate(tour)}
                is_better = True
    return is_better


def move_stretch(
    tour: list[int],
    metres: Metres,
    near: list[list[int]],
    place: dict[int, int],
    where: slice,
) -> bool:
    """Move one stretch beside a stop near its ends, either way round, when that is shorter."""
    start, end, size = where.start, where.stop, len(tour)
    first, last = tour[start], tour[end - 1]
    before, after = tour[start - 1], tour[end % size]
    if before == after:
        return False
    gain = metres[before][first] + metres[last][after] - metres[before][after]
    best = (gain - SMALLEST, -1, False)
    # One of the two new edges at the stretch's ends has to be shorter than the old one there.
    nearer = [stop for stop in near[first] if metres[first][stop] < metres[before][first]]
    nearer += [stop for stop in near[last] if metres[last][stop] < metres[last][after]]
    for neighbour in nearer:
        for here in (place[neighbour], place[neighbour] - 1):
            if start - 1 <= here % size < end:
                continue
            a, b = tour[here], tour[(here + 1) % size]
            gap = metres[a][b]
            ahead = metres[a][first] + metres[last][b] - gap
            back = metres[a][last] + metres[first][b] - gap
            best = min(best, (ahead, here % size, False), (back, here % size, True))
    _cost, here, is_reversed = best
    if here < 0:
        return False
    stretch = tour[where]
    if is_reversed:
        stretch.reverse()
    if here > start:
        tour[:] = tour[:start] + tour[end : here + 1] + stretch + tour[here + 1 :]
    else:
        tour[:] = tour[: here + 1] + stretch + tour[here + 1 : start] + tour[end:]
    return True
