"""What every figure shares: a scratch database, timing, and how a result is written."""

import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib import import_module

# Figure -> the module that measures it, in `measure() -> Figure`.
FIGURES = {
    "assignment_100k": "assignment_100k",
    "assignment_10k": "assignment_10k",
    "door_load_200": "door_load_200",
    "door_sync_50": "door_sync_50",
    "feed_import_100k": "feed_import",
    "feed_import_1m": "feed_import_1m",
    "manifest_pdf": "manifest_pdf",
    "accrual_1m": "accrual",
    "pay_run_10k": "pay_run",
    "today_page": "today_page",
    "forecast_band": "forecast_band",
    "forecast_night": "forecast_night",
    "tour_50": "tour_50",
}


@dataclass
class Figure:
    """One measured number beside its limit (what can't be beaten) and its peers (what one would
    use instead), all in `unit`. For rates more is better; for times and distances less is."""

    name: str
    unit: str
    ours: float
    limit: float
    peers: dict[str, float]
    note: str
    is_more_better: bool = True
    peak_mb: float = 0
    to_limit: float = field(init=False, default=0)
    to_peers: dict[str, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.to_limit = self.ratio(self.limit)
        self.to_peers = {name: self.ratio(peer) for name, peer in self.peers.items()}

    def ratio(self, other: float) -> float:
        """How many times better ours is: above 1 means ours is better."""
        better, worse = (self.ours, other) if self.is_more_better else (other, self.ours)
        return round(better / worse, 3)

    def as_json(self) -> str:
        """The figure as one line."""
        facts = asdict(self)
        del facts["is_more_better"]
        return json.dumps(facts, ensure_ascii=False)


def measure(name: str) -> Figure:
    """Measure one figure in this process, on an empty scratch database."""
    import django

    django.setup()
    with scratch_database():
        figure = import_module(f"benchmarks.{FIGURES[name]}").measure()
    figure.peak_mb = figure.peak_mb or peak_mb()
    return figure


def peak_mb() -> float:
    """The most memory this process held so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


@contextmanager
def scratch_database() -> Iterator[None]:
    """A migrated database that exists only meanwhile."""
    from django.conf import settings
    from django.db import connection

    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    settings.JOB_WAKE_UPS = False
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes by the wall clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_seconds(work: Callable[[], object], times: int = 3) -> float:
    """The median of several calls."""
    return statistics.median(seconds(work) for _ in range(times))


def machine() -> str:
    """Where the numbers come from: ratios carry over to other machines, seconds don't."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB,"
        f" Python {platform.python_version()}"
    )


def table(answer: dict) -> str:
    """The figures as text, a block each."""
    lines = [answer["machine"], ""]
    for figure in answer["figures"]:
        lines.append(
            f"{figure['name']:18} {figure['ours']:>12,.1f} {figure['unit']:10}"
            f" peak {figure['peak_mb']:,.0f} MB"
        )
        lines.append(
            f"  limit            {figure['limit']:>12,.1f}   ours is {figure['to_limit']:g} ×"
        )
        for name, peer in figure["peers"].items():
            ratio = figure["to_peers"][name]
            lines.append(f"  {name:16} {peer:>12,.1f}   ours is {ratio:g} ×")
        lines += [f"  {figure['note']}", ""]
    return "\n".join(lines)
