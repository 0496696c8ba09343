"""How good a plan is: metres from shop to door of one day, beside the proven best and the nearest
pair first. Towns, doors and shops are made up from a seed."""

import os
import time
from collections.abc import Callable

import numpy as np

from benchmarks.greedy import greedy
from benchmarks.harness import Figure, peak_mb
from hubshops.assignment.rules import Door, Plan, ShopRoom, plan

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
RADIUS_M = 6_000
SPARE = 1.1  # slots for each package in a town: a network that is nearly full
SHOPS_A_TOWN = 100


def network(packages: int, shops: int, seed: int = 7) -> tuple[list[Door], list[ShopRoom]]:
    """Doors and shops around the middles of towns, both denser where more people live."""
    chance = np.random.default_rng(seed)
    towns = max(1, shops // SHOPS_A_TOWN)
    middles = np.stack([35 + 2 * chance.random(towns), -94 - 2 * chance.random(towns)], axis=1)
    sizes, widths = chance.dirichlet(np.full(towns, 5.0)), 0.01 + 0.03 * chance.random(towns)

    def places(count: int) -> tuple[np.ndarray, list[list[float]]]:
        town = chance.choice(towns, count, p=sizes)
        off = chance.normal(size=(count, 2)) * widths[town, None]
        return town, (middles[town] + off).tolist()

    door_town, doors_at = places(packages)
    shop_town, shops_at = places(shops)
    caps = chance.integers(20, 51, shops)
    wanted = np.bincount(door_town, minlength=towns) * SPARE
    had = np.bincount(shop_town, caps, minlength=towns)
    caps = np.maximum(1, np.ceil(caps * (wanted / np.maximum(had, 1))[shop_town])).astype(int)
    return (
        [Door(f"P{number:06}", *place) for number, place in enumerate(doors_at)],
        [
            ShopRoom(f"shop-{number:04}", *place, RADIUS_M, int(cap))
            for number, (place, cap) in enumerate(zip(shops_at, caps, strict=True))
        ],
    )


def facts(result: Plan) -> tuple[int, float]:
    """How many packages are placed, and their metres."""
    return len(result.placed), sum(one.distance_m for one in result.placed)


def broken(result: Plan, shops: list[ShopRoom]) -> int:
    """How many caps the plan breaks."""
    taken = dict.fromkeys((shop.slug for shop in shops), 0)
    for one in result.placed:
        taken[one.slug] += 1
    return sum(taken[shop.slug] > shop.room for shop in shops)


def cpu_seconds(work: Callable[[], object]) -> float:
    """The processor's time of one call: other programs on the machine don't count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def slope(sizes: list[tuple[int, int]]) -> float:
    """p in time ~ packages^p over networks of growing size; the quicker of two runs counts."""
    times = []
    for size in sizes:
        town = network(*size)
        times.append(min(cpu_seconds(lambda town=town: plan(*town)) for _ in range(2)))
    return float(np.polyfit(np.log([packages for packages, _shops in sizes]), np.log(times), 1)[0])


def figure(
    name: str,
    packages: int,
    shops: int,
    best_of_all: Callable[[list[Door], list[ShopRoom]], tuple[int, float]],
    witness: str,
) -> Figure:
    """Measure one size of network."""
    doors, rooms = network(int(packages * SCALE), max(1, int(shops * SCALE)))
    plan(doors[:100], rooms)  # numpy and the solver are loaded
    before, start = time.process_time(), time.perf_counter()
    result = plan(doors, rooms)
    cpu, wall, peak = time.process_time() - before, time.perf_counter() - start, peak_mb()
    placed, metres = facts(result)
    largest = max(len(doors), int(40_000 * SCALE))
    shops_each = len(rooms) / len(doors)
    power = slope(
        [(size, int(size * shops_each)) for size in (largest // 4, largest // 2, largest)]
    )
    nearest = greedy(doors, rooms)
    left = placed - len(nearest)
    most, fewest = best_of_all(doors, rooms)
    return Figure(
        name=name,
        unit="metres",
        ours=metres,
        limit=fewest,
        peers={"nearest pair first": sum(way for _slug, way in nearest.values()) + left * RADIUS_M},
        is_more_better=False,
        peak_mb=peak,
        note=(
            f"{len(doors):,} packages, {len(rooms):,} shops, {SPARE:.2f} slots a package; placed"
            f" {placed:,} (most possible {most:,}; nearest pair first {left:,} fewer, each counted"
            f" as a radius); caps broken {broken(result, rooms)}; whole plan with reasons"
            f" {wall:.2f} s, {cpu:.2f} s of one core; time grows with packages to the power"
            f" {power:.2f}; limit: {witness}"
        ),
    )


def measure_10k() -> Figure:
    """10,000 packages and 300 shops beside every slot of every shop."""
    return figure(
        "assignment_10k", 10_000, 300, every_slot, "scipy's linear_sum_assignment over all slots"
    )


def measure_100k() -> Figure:
    """100,000 packages and 3,000 shops beside a flow over every pair in reach."""
    return figure(
        "assignment_100k",
        100_000,
        3_000,
        every_pair,
        "one flow of least cost over every pair within the radius",
    )


def every_slot(doors: list[Door], shops: list[ShopRoom]) -> tuple[int, float]:
    """How many can be placed and the fewest metres for that: each door beside each slot."""
    from scipy.optimize import linear_sum_assignment

    from hubshops.assignment.rules.reach import metres_between, town_of

    town = town_of(doors, shops)
    nowhere = 1e8
    cost = np.empty((len(doors), int(town.room.sum())), np.float32)
    first = 0
    for number, room in enumerate(town.room):
        here = np.broadcast_to(town.shop_at[number], town.door_at.shape)
        way = metres_between(town.door_at, here)
        way[way > town.radius_m[number]] = nowhere
        cost[:, first : first + room] = way[:, None]
        first += room
    found = cost[linear_sum_assignment(cost)].astype(float)
    placed = found[found < nowhere]
    return len(placed), float(placed.sum())


def every_pair(doors: list[Door], shops: list[ShopRoom]) -> tuple[int, float]:
    """The same by one flow that knows every pair in reach from the start."""
    from hubshops.assignment.rules import flow
    from hubshops.assignment.rules.reach import reach_of, town_of

    town = town_of(doors, shops)
    reach = reach_of(town, len(shops))
    costs = flow.Costs(flow.in_units(reach.metres), np.zeros(len(shops), np.int64), 0)
    taken = flow.solve(town, reach, costs, np.arange(len(reach.door)))
    return len(taken), float(reach.metres[taken].sum())
