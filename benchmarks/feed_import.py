"""How fast a station's list is taken in: 100,000 packages, each with its event."""

import csv
import datetime as dt
import io

from django.db import connection

from benchmarks.harness import Figure, peak_mb, seconds
from hubshops.packages.actions import ingest_feed
from hubshops.packages.models import FeedBatch, Package, PackageEvent
from tests.factories import MORNING, make_station

ROWS = 100_000
PEER_ROWS = 10_000
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
    "id, station_id, service_day, tracking_id, recipient_name, address1, address2, city,"
    " state_code, postal_code, latitude, longitude, is_placed_by_zip, phone, instructions,"
    " weight_g, length_mm, width_mm, height_mm, requires, batch_id, state, attempts, last_event_at"
)
EVENT_COLUMNS = (
    "package_id, kind, from_state, to_state, happened_at, received_at, counted_at, reason,"
    " outcome, note"
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


def feed(rows: int) -> bytes:
    """The file, as a station sends it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row(number) for number in range(rows))
    return text.getvalue().encode()


def measure() -> Figure:
    """Our import, bare COPY into the same tables, and two peers."""
    station = make_station()
    content = feed(ROWS)
    ours = seconds(
        lambda: ingest_feed(
            station=station, service_day=DAY, content=content, file_name="b.csv", at=MORNING
        )
    )
    assert Package.objects.count() == PackageEvent.objects.count() == ROWS
    peak = peak_mb()
    again = seconds(
        lambda: ingest_feed(
            station=station, service_day=DAY, content=content, file_name="b.csv", at=MORNING
        )
    )
    batch = FeedBatch.objects.get()
    empty()
    copy = seconds(lambda: bare_copy(batch, ROWS))
    empty()
    bulk = seconds(lambda: bulk_create(batch, PEER_ROWS * 2))
    empty()
    peer = seconds(lambda: import_export(batch, PEER_ROWS))
    return Figure(
        name="feed_import_100k",
        unit="rows/s",
        peak_mb=peak,
        ours=ROWS / ours,
        limit=ROWS / copy,
        peers={
            "bulk_create": PEER_ROWS * 2 / bulk,
            "import-export": PEER_ROWS / peer,
        },
        note=(
            f"limit: bare COPY of finished rows into package and package_event with their indexes; "
            f"the same file again {ROWS / again:,.0f} rows/s; bulk_create (unvalidated, package "
            f"and event) on {PEER_ROWS * 2:,} rows, django-import-export in bulk mode (package "
            f"alone) on {PEER_ROWS:,}"
        ),
    )


def empty() -> None:
    """Forget the packages; the append-only trigger rests meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE package_event, package CASCADE")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE package")


def bare_copy(batch: FeedBatch, rows: int) -> None:
    """What PostgreSQL alone needs for the same rows."""
    moment = MORNING.isoformat()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        with cursor.copy(f"COPY package ({PACKAGE_COLUMNS}) FROM STDIN") as copy:
            for start in range(0, rows, 2000):
                copy.write(
                    "".join(package_line(n, batch, moment) for n in range(start, start + 2000))
                )
        with cursor.copy(f"COPY package_event ({EVENT_COLUMNS}) FROM STDIN") as copy:
            tail = f"\tannounced\t\tANNOUNCED\t{moment}\t{moment}\t{moment}\t\t\t\n"
            for start in range(0, rows, 2000):
                copy.write("".join(f"{n + 1}{tail}" for n in range(start, start + 2000)))
        cursor.execute("COMMIT")


def package_line(number: int, batch: FeedBatch, moment: str) -> str:
    """One package as COPY reads it."""
    cells = row(number)
    head = [str(number + 1), str(batch.station_id), str(DAY), *cells[:9]]
    tail = [*cells[9:], str(batch.pk), "ANNOUNCED", "0", moment]
    return "\t".join([*head, "f", *tail]) + "\n"


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
