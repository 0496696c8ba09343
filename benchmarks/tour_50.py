"""Tours of 50 stops beside the shortest ones there are and the ways one would go without a solver.

`TSPLIB_DIR` may name a folder with instances of TSPLIB (att48, bays29, gr24, hk48, swiss42,
ulysses22), whose shortest tours are proven in public. Without it the instances are seeded towns,
and a witness (CP-SAT) proves the shortest tour of each in this run.
"""

import math
import os
import random
import re
import statistics
import time
from pathlib import Path

from benchmarks.harness import Figure
from hubshops.manifests.gateways.solver import better_tour
from hubshops.manifests.rules import metres_between
from hubshops.manifests.rules.tours import Metres, nearest_next, quick_tour

PROVEN = {
    "att48": 10628,
    "bays29": 2020,
    "gr24": 1272,
    "hk48": 11461,
    "swiss42": 1273,
    "ulysses22": 7013,
}
LONGEST_PROOF = 60  # seconds; a town that is not proven by then is left out and named


def measure() -> Figure:
    """Total length over a fixed set of instances; times on seeded towns."""
    folder = os.environ.get("TSPLIB_DIR", "")
    instances, kind = (tsplib(Path(folder)), "TSPLIB") if folder else (towns(), "seeded towns")
    ours = {name: length(solved(metres), metres) for name, (metres, _best) in instances.items()}
    best = {name: best for name, (_metres, best) in instances.items()}
    above = [ours[name] / best[name] - 1 for name in instances]
    by_size = {size: milliseconds(size) for size in (20, 50, 100, 120, 200)}
    times = ", ".join(f"{size}: {ms:.1f}" for size, ms in by_size.items())
    return Figure(
        name="tour_50",
        unit="m",
        ours=sum(ours.values()),
        limit=sum(best.values()),
        peers={
            "2-opt and or-opt": total(instances, quick_tour),
            "nearest next": total(instances, nearest_next),
            "as listed": total(instances, lambda metres: list(range(len(metres)))),
        },
        note=(
            f"{len(instances)} {kind} ({', '.join(instances)}); limit: proven shortest."
            f" Above it: {statistics.mean(above):.3%} on average, {max(above):.2%} at worst."
            f" CPU ms a tour by stops, matrix included: {times}."
        ),
        is_more_better=False,
    )


def solved(metres: Metres) -> list[int]:
    """A tour as publishing finds it."""
    return better_tour(metres, quick_tour(metres))


def milliseconds(stops: int) -> float:
    """The median over five towns, from places to a tour, of this process alone: other programs on
    the machine don't count."""
    found = [town(seed, stops) for seed in range(5)]
    solved(metres_between(found[0]))
    spent = []
    for places in found * 3:
        start = time.process_time()
        solved(metres_between(places))
        spent.append(time.process_time() - start)
    return 1e3 * statistics.median(spent)


def total(instances, way) -> float:
    """The length of all instances, each visited the same way."""
    return sum(length(way(metres), metres) for metres, _best in instances.values())


def length(tour: list[int], metres: Metres) -> int:
    """A closed tour in metres."""
    return sum(metres[a][b] for a, b in zip(tour, [*tour[1:], tour[0]], strict=True))


def town(seed: int, stops: int) -> list[tuple[float, float]]:
    """A shop and its doors: spread over a town for even seeds, in six clusters for odd ones."""
    chance = random.Random(seed)
    middle = (36.08, -94.17)
    spread, centres = 0.02, [middle]
    if seed % 2:
        centres = [tuple(c + chance.uniform(-0.018, 0.018) for c in middle) for _ in range(6)]
        spread = 0.002
    doors = []
    for _ in range(stops):
        latitude, longitude = chance.choice(centres)
        doors.append(
            (latitude + chance.uniform(-spread, spread), longitude + chance.gauss(0, spread / 2))
        )
    return [middle, *doors]


def towns() -> dict[str, tuple[Metres, int]]:
    """Four towns of 50 stops with the length of their proven shortest tour."""
    found = {f"town {seed}": metres_between(town(seed, 50)) for seed in range(4)}
    proofs = {name: shortest(metres) for name, metres in found.items()}
    return {name: (found[name], best) for name, best in proofs.items() if best}


def shortest(metres: Metres) -> int:
    """The length of the shortest tour, proven; 0 when that took too long."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    places = range(len(metres))
    arcs = [(a, b, model.new_bool_var("")) for a in places for b in places if a != b]
    model.add_circuit(arcs)
    model.minimize(sum(metres[a][b] * taken for a, b, taken in arcs))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = LONGEST_PROOF
    is_proven = solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value) if is_proven else 0


def tsplib(folder: Path) -> dict[str, tuple[Metres, int]]:
    """The instances in a folder, with their proven shortest tour."""
    files = {name: folder / f"{name}.tsp" for name in PROVEN}
    return {
        name: (distances(file.read_text()), PROVEN[name])
        for name, file in files.items()
        if file.exists()
    }


def distances(text: str) -> Metres:
    """The distances of one TSPLIB file: given, or by the rule it names."""
    kind = re.search(r"EDGE_WEIGHT_TYPE\s*:\s*(\w+)", text)[1]
    if kind == "EXPLICIT":
        return given(text)
    section = text.split("NODE_COORD_SECTION")[1].split("EOF", maxsplit=1)[0]
    places = [tuple(map(float, line.split()[1:3])) for line in section.strip().splitlines()]
    rule = {"ATT": att, "GEO": geo, "EUC_2D": lambda a, b: round(math.dist(a, b))}[kind]
    return [[0 if a is b else rule(a, b) for b in places] for a in places]


def given(text: str) -> Metres:
    """A matrix, or its lower half row by row."""
    size = int(re.search(r"DIMENSION\s*:\s*(\d+)", text)[1])
    section = re.match(r"[\s\d]+", text.split("EDGE_WEIGHT_SECTION")[1])[0]
    numbers = iter(map(int, section.split()))
    metres = [[0] * size for _ in range(size)]
    if "FULL_MATRIX" in text:
        return [[next(numbers) for _ in range(size)] for _ in range(size)]
    for here in range(size):
        for other in range(here + 1):
            metres[here][other] = metres[other][here] = next(numbers)
    return metres


def att(a: tuple[float, float], b: tuple[float, float]) -> int:
    """TSPLIB's pseudo-Euclidean distance: rounded up."""
    return math.ceil(math.dist(a, b) / math.sqrt(10))


def geo(a: tuple[float, float], b: tuple[float, float]) -> int:
    """TSPLIB's geographical distance, from degrees and minutes."""

    def radians(value: float) -> float:
        return 3.141592 * (int(value) + 5 * (value - int(value)) / 3) / 180

    (lat_a, lng_a), (lat_b, lng_b) = (tuple(map(radians, one)) for one in (a, b))
    q1, q2, q3 = math.cos(lng_a - lng_b), math.cos(lat_a - lat_b), math.cos(lat_a + lat_b)
    return int(6378.388 * math.acos(0.5 * ((1 + q1) * q2 - (1 - q1) * q3)) + 1)
