"""What a shop taught us about its streets, stops moved by hand, and tours split. Pure."""

from collections.abc import Sequence


def by_streets(order: Sequence[int], streets: Sequence[str], known: Sequence[str]) -> list[int]:
    """The order with remembered streets in the remembered sequence.

    The places in the tour that belong to stops of remembered streets are filled again with those
    stops: street by street as remembered, within a street as the tour had them. Stops of other
    streets keep their places. `streets` names each stop's street.
    """
    rank = {street: number for number, street in enumerate(known)}
    places = [place for place, stop in enumerate(order) if streets[stop] in rank]
    stops = sorted((order[place] for place in places), key=lambda stop: rank[streets[stop]])
    answer = list(order)
    for place, stop in zip(places, stops, strict=True):
        answer[place] = stop
    return answer


def learn(known: Sequence[str], seen: Sequence[str]) -> list[str]:
    """The streets to remember after an own order visited `seen`: today's in today's sequence; each
    street that was not there today stays behind the one it stood behind."""
    answer = list(dict.fromkeys(seen))
    before = ""
    for street in known:
        if street not in answer:
            answer.insert(answer.index(before) + 1 if before else 0, street)
        before = street
    return answer


def moved(order: Sequence[int], places: dict[int, int]) -> list[int]:
    """The order with some stops at the positions typed for them (from 1); a position beyond an end
    is the end. Stops without a typed position close up."""
    answer = [stop for stop in order if stop not in places]
    for stop, place in sorted(places.items(), key=lambda one: (one[1], one[0])):
        answer.insert(min(max(place - 1, 0), len(answer)), stop)
    return answer


def carried_over(wanted: Sequence[int], standing: Sequence[int]) -> list[int]:
    """What was wanted, of the stops that still stand; new ones come last."""
    kept = [stop for stop in wanted if stop in set(standing)]
    return [*kept, *[stop for stop in standing if stop not in set(kept)]]


def split_evenly(order: Sequence[int], effort: Sequence[float], people: int) -> list[list[int]]:
    """The order cut into one stretch a person, so that the longest stretch is as short as can be.

    `effort[i]` is the time that the i-th stop of the order takes, with the way to it. No stretch is
    longer than an even share plus the longest single stop. Refuses (ValueError) more people than
    stops.
    """
    if not 1 <= people <= len(order):
        raise ValueError("a tour needs a stop")
    low, high = max(effort), sum(effort)
    for _ in range(50):  # halving: by far exact enough
        middle = (low + high) / 2
        low, high = (low, middle) if stretches(effort, middle) <= people else (middle, high)
    tours: list[list[int]] = [[]]
    load = 0.0
    for place, (stop, seconds) in enumerate(zip(order, effort, strict=True)):
        must_share = len(order) - place == people - len(tours) and tours[-1]
        if tours[-1] and (load + seconds > high + 1e-6 or must_share):
            tours.append([])
            load = 0.0
        tours[-1].append(stop)
        load += seconds
    return tours


def stretches(effort: Sequence[float], most: float) -> int:
    """How many stretches it takes when none may take longer than `most`."""
    count, load = 1, 0.0
    for seconds in effort:
        if load + seconds > most + 1e-6:
            count, load = count + 1, 0.0
        load += seconds
    return count
