"""How fast a station's list is taken in: 100,000 packages, each with its event."""

import csv
import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, transaction

from benchmarks.harness import Figure, peak_mb, seconds
from hubshops.packages.actions import ingest_feed
from hubshops.packages.models import FeedBatch, Package, PackageEvent
from hubshops.stations.models import Station
from tests.factories import MORNING, make_batch, make_station

ROWS = 100_000
PEER_ROWS = 10_000
TIMES = 3
DAY = dt.date(2026, 11, 20)
COLUMNS = [
    "tracking_id",
    "recipient_name",
    "address1",
    "address2",
    "city",
    "state",
    "postal_code",
    "latitude",
    "longitude",
    "phone",
    "instructions",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "requires",
]
PACKAGE_COLUMNS = (
    "station_id, service_day, tracking_id, recipient_name, address1, address2, city,"
    " state_code, postal_code, latitude, longitude, is_placed_by_zip, phone, instructions,"
    " weight_g, length_mm, width_mm, height_mm, requires, batch_id, state, attempts, last_event_at"
)


def row(number: int) -> list[str]:
    """One line of the feed."""
    return [
        f"B{number:07d}",
        f"Person {number}",
        f"{number % 9000} North College Avenue",
        "",
        "Fayetteville",
        "AR",
        "72701",
        f"{36 + number % 1000 / 5000:.6f}",
        f"{-94 - number % 777 / 5000:.6f}",
        "(479) 555-0100",
        "",
        "500",
        "300",
        "200",
        "100",
        "",
    ]


def write_feed(rows: int, folder: str) -> Path:
    """The file, as a station sends it."""
    path = Path(folder, f"feed-{rows}.csv")
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(row(number) for number in range(rows))
    return path


def load(station: Station, path: Path) -> float:
    """How long our import takes, as the terminal does it."""
    return seconds(
        lambda: ingest_feed(
            station=station, service_day=DAY, content=path, file_name=path.name, at=MORNING
        )
    )


def measure() -> Figure:
    """Our import, bare COPY into the same tables, and two peers."""
    station = make_station()
    with TemporaryDirectory() as folder:
        path = write_feed(ROWS, folder)
        first = load(station, path)
        assert Package.objects.count() == PackageEvent.objects.count() == ROWS
        peak = peak_mb()
        again = min(load(station, path) for _ in range(TIMES))
        lines = write_lines(ROWS, station, folder)
        ours, copy, both = [first], [], []
        for _ in range(TIMES):  # in turns, so that a busy moment of the machine hits all
            empty()
            package, events = bare_copy(station, lines)
            copy.append(package)
            both.append(package + events)
            empty()
            ours.append(load(station, path))
    empty()
    batch = make_batch(station)
    bulk = seconds(lambda: bulk_create(batch, PEER_ROWS * 2))
    empty()
    batch = make_batch(station)
    peer = seconds(lambda: import_export(batch, PEER_ROWS))
    return Figure(
        name="feed_import_100k",
        unit="rows/s",
        peak_mb=peak,
        ours=ROWS / min(ours),
        limit=ROWS / min(copy),
        peers={
            "bulk_create": PEER_ROWS * 2 / bulk,
            "import-export": PEER_ROWS / peer,
        },
        note=(
            f"limit: bare COPY of finished rows into package alone, with its indexes and foreign"
            f" keys, although ours writes an event for each, too; COPY and an event each"
            f" {ROWS / min(both):,.0f} rows/s; the same file again, unchanged"
            f" {ROWS / again:,.0f}; best of {TIMES} in turns; bulk_create (unvalidated, package"
            f" and event) on {PEER_ROWS * 2:,} rows, django-import-export in bulk mode (package"
            f" alone) on {PEER_ROWS:,}"
        ),
    )


def empty() -> None:
    """Forget feeds and packages; the triggers that keep them rest meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE package_event, package, feed_batch CASCADE")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE package")


def write_lines(rows: int, station: Station, folder: str) -> Path:
    """The packages as COPY reads them, finished."""
    path = Path(folder, f"lines-{rows}.txt")
    moment = MORNING.isoformat()
    with path.open("w") as file:
        for number in range(rows):
            cells = row(number)
            head = [str(station.pk), str(DAY), *cells[:9], "f", *cells[9:]]
            file.write("\t".join([*head, "BATCH", "ANNOUNCED", "0", moment]) + "\n")
    return path


def bare_copy(station: Station, lines: Path) -> tuple[float, float]:
    """What PostgreSQL alone needs for the same rows: the packages, then an event for each; both
    with their foreign keys, which are checked at the end."""
    batch = make_batch(station, DAY)
    number = str(batch.pk).encode()

    def packages() -> None:
        copying = cursor.copy(f"COPY package ({PACKAGE_COLUMNS}) FROM STDIN")
        with lines.open("rb") as file, copying as copy:
            while piece := file.readlines(1 << 18):
                copy.write(b"".join(piece).replace(b"BATCH", number))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as the commit would

    def events() -> None:
        cursor.execute(
            "INSERT INTO package_event (package_id, kind, from_state, to_state, happened_at,"
            " received_at, counted_at, reason, outcome, note) SELECT id, 'announced', '',"
            " 'ANNOUNCED', %s, %s, %s, '', '', '' FROM package ORDER BY id",
            [MORNING] * 3,
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with transaction.atomic(), connection.cursor() as cursor:
        return seconds(packages), seconds(events)


def package_of(number: int, batch: FeedBatch) -> Package:
    """One package as an ORM object."""
    facts = dict(zip(COLUMNS, row(number), strict=True))
    return Package(
        station_id=batch.station_id,
        service_day=DAY,
        batch=batch,
        last_event_at=MORNING,
        state_code=facts.pop("state"),
        latitude=float(facts.pop("latitude")),
        longitude=float(facts.pop("longitude")),
        **facts,
    )


def bulk_create(batch: FeedBatch, rows: int) -> None:
    """What one would write first."""
    packages = Package.objects.bulk_create(
        [package_of(number, batch) for number in range(rows)], batch_size=2000
    )
    PackageEvent.objects.bulk_create(
        [
            PackageEvent(
                package=package,
                kind="announced",
                to_state="ANNOUNCED",
                happened_at=MORNING,
                received_at=MORNING,
                counted_at=MORNING,
            )
            for package in packages
        ],
        batch_size=2000,
    )


def import_export(batch: FeedBatch, rows: int) -> None:
    """The library that most projects take for this, in its bulk mode."""
    import tablib
    from import_export import fields, resources

    class PackageResource(resources.ModelResource):
        state_code = fields.Field(attribute="state_code", column_name="state")

        class Meta:
            model = Package
            import_id_fields = ["tracking_id"]
            fields = [name if name != "state" else "state_code" for name in COLUMNS]
            use_bulk = True
            batch_size = 2000
            skip_diff = True
            force_init_instance = False

        def before_save_instance(self, instance, row, **kwargs):
            instance.station_id, instance.batch_id = batch.station_id, batch.pk
            instance.service_day, instance.last_event_at = DAY, MORNING

    data = tablib.Dataset(*[row(number) for number in range(rows)], headers=COLUMNS)
    result = PackageResource().import_data(data, raise_errors=True)
    assert not result.has_errors()
    assert Package.objects.count() == rows
