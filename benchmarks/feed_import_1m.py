"""The same on a million rows: whether rate and memory hold."""

from tempfile import TemporaryDirectory

from benchmarks.feed_import import ROWS, bare_copy, empty, load, write_feed, write_lines
from benchmarks.harness import Figure, peak_mb
from hubshops.packages.models import PackageEvent
from tests.factories import make_station

MANY = 1_000_000


def measure() -> Figure:
    """Our import of a file on disk, and bare COPY into the same tables; 100,000 rows beside them.
    The peers are in `feed_import_100k`: they would take minutes here."""
    station = make_station()
    with TemporaryDirectory() as folder:
        few = write_feed(ROWS, folder)
        small = min(load(station, few), again(station, few))
        empty()
        path = write_feed(MANY, folder)
        ours = load(station, path)
        peak = peak_mb()
        assert PackageEvent.objects.count() == MANY
        unchanged = load(station, path)
        empty()
        copy, events = bare_copy(station, write_lines(MANY, station, folder))
    return Figure(
        name="feed_import_1m",
        unit="rows/s",
        peak_mb=peak,
        ours=MANY / ours,
        limit=MANY / copy,
        peers={},
        note=(
            f"limit: bare COPY of finished rows into package alone, with its indexes and foreign"
            f" keys; COPY and an event each {MANY / (copy + events):,.0f} rows/s; the same file"
            f" again, unchanged {MANY / unchanged:,.0f}; {ROWS:,} rows in this run"
            f" {ROWS / small:,.0f} rows/s, so a million keeps {small * MANY / ROWS / ours:.0%} of"
            f" that; the peers are in feed_import_100k"
        ),
    )


def again(station, path) -> float:
    """The same load once more from nothing."""
    empty()
    return load(station, path)
