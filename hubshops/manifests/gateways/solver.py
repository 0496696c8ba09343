"""The kept solver of tours (PyVRP) behind one function."""

from typing import Any

# A fixed number of rounds from a fixed seed, never a time limit: the same stops give the same tour
# on a busy machine, too. Measured in docs/decisions/0011-tours.md.
ROUNDS = 50
SEED = 1


def better_tour(metres: list[list[int]], tour: list[int]) -> list[int]:
    """A closed tour over all places that starts at place 0, found from `tour` and at most as long.
    Costs some 12 ms for 50 places; the solver is loaded by the first call."""
    import numpy as np
    import pyvrp
    from pyvrp import search
    from pyvrp.stop import MaxIterations

    size = len(metres)
    matrix: Any = np.array(metres, dtype="int64")
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0)] * size,
        [pyvrp.Client(place) for place in range(1, size)],
        [pyvrp.Depot(0)],
        [pyvrp.VehicleType(1)],
        [matrix],
        [matrix],
    )
    # Only the moves that can help one person's tour: the others cost time and find nothing.
    moves: list[Any] = [search.Relocate1, search.Relocate2, search.Swap11]
    found = pyvrp.solve(
        data,
        MaxIterations(ROUNDS),
        seed=SEED,
        collect_stats=False,
        params=pyvrp.SolveParams(operators=moves),
        initial_solution=pyvrp.Solution(data, [[place - 1 for place in tour[1:]]]),
    )
    (route,) = found.best.routes()
    return [0, *[visit.idx + 1 for visit in route if visit.is_client()]]
