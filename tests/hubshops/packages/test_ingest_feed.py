"""What a feed does to packages that are known already, and what it never does."""

import datetime as dt

import psycopg
import pytest
from django.db import connection

from hubshops.packages.actions import ingest_feed
from hubshops.packages.actions.feed_sql import DRAW
from hubshops.packages.models import FeedBatch, Package, PackageEvent
from hubshops.packages.rules import BEFORE_THE_DROP, NOT_TAKEN, EventKind, State
from tests.factories import DAY, MORNING, make_package, make_shop, make_station

pytestmark = pytest.mark.django_db
HEADER = "tracking_id,recipient_name,address1,postal_code,latitude,longitude,instructions\n"
LATER = MORNING + dt.timedelta(hours=1)


def feed(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode()


def row(tracking_id="A1", name="Ines Bell", street="12 Oak St", at="36.08,-94.17", note=""):
    return f"{tracking_id},{name},{street},72701,{at},{note}"


def load(station, *rows, day=DAY, at=MORNING, **options):
    return ingest_feed(
        station=station, service_day=day, content=feed(*rows), file_name="f.csv", at=at, **options
    )


@pytest.fixture
def station():
    return make_station()


def announced_in(station, state: State, **fields) -> Package:
    """A package that a feed announced and that is in `state` now."""
    load(station, row())
    shop = make_shop(station=station)
    Package.objects.update(state=state, shop=None if state == State.ANNOUNCED else shop, **fields)
    return Package.objects.get()


def test_a_new_package_has_its_facts_and_one_event(station):
    report = load(station, row(note="Ring twice"))

    package = Package.objects.get()
    assert (package.tracking_id, package.state, package.shop) == ("A1", State.ANNOUNCED, None)
    assert (package.latitude, package.longitude, package.is_placed_by_zip) == (36.08, -94.17, False)
    assert (package.instructions, package.service_day, package.batch_id) == (
        "Ring twice",
        DAY,
        report.batch,
    )
    event = PackageEvent.objects.get()
    assert (event.kind, event.from_state, event.to_state) == ("announced", "", "ANNOUNCED")
    assert event.happened_at == event.received_at == event.counted_at == MORNING


def test_a_row_without_coordinates_is_placed_by_its_zip_and_marked(station):
    load(station, row(at=","))
    package = Package.objects.get()
    assert package.is_placed_by_zip
    assert (package.latitude, package.longitude) == (36.052, -94.1534)


def test_the_same_file_for_the_same_day_is_one_batch(station):
    first = load(station, row("A1"), row("A2"))
    again = load(station, row("A1"), row("A2"), at=LATER)

    assert (again.batch, again.loaded_before) == (first.batch, MORNING)
    assert (again.accepted, again.updated, again.unchanged) == (0, 0, 2)
    assert FeedBatch.objects.count() == 1
    assert PackageEvent.objects.count() == 2


def test_the_same_file_for_a_shop_that_has_the_package_is_unchanged(station):
    announced_in(station, State.DELIVERED)
    report = load(station, row())
    assert (report.unchanged, report.rejected) == (1, [])


def test_a_changed_row_brings_the_package_up_to_date(station):
    first = load(station, row(), row("A2"))

    report = load(station, row(name="Ines Mey"), row("A2"), at=LATER)

    assert (report.accepted, report.updated, report.unchanged) == (0, 1, 1)
    package = Package.objects.get(tracking_id="A1")
    assert (package.recipient_name, package.batch_id) == ("Ines Mey", report.batch)
    assert report.batch != first.batch
    event = package.events.get(kind=EventKind.CHANGED)
    assert (event.from_state, event.to_state, event.happened_at) == (
        "ANNOUNCED",
        "ANNOUNCED",
        LATER,
    )


@pytest.mark.parametrize("state", [State.ASSIGNED, State.MANIFESTED])
def test_a_planned_package_keeps_its_shop_and_a_move_is_told(station, state):
    package = announced_in(station, state)

    report = load(station, row(street="99 Elm St", at="36.10,-94.10"))

    assert report.updated == 1
    assert [(one.line, one.field, one.reason) for one in report.warnings] == [
        (
            2,
            "address1",
            "The address changed after planning; the package stays with Rosa's Bodega.",
        )
    ]
    changed = Package.objects.get()
    assert (changed.state, changed.shop_id, changed.address1) == (
        state,
        package.shop_id,
        "99 Elm St",
    )
    assert changed.events.last().shop_id == package.shop_id


BEFORE_OR_OFF = BEFORE_THE_DROP | NOT_TAKEN | {State.CANCELLED}


@pytest.mark.parametrize("state", sorted(set(State) - BEFORE_OR_OFF))
def test_a_package_beyond_the_drop_is_never_overwritten(station, state):
    announced_in(station, state)

    report = load(station, row(name="Someone Else"))

    (bad,) = report.rejected
    assert (bad["line"], bad["field"]) == (2, "tracking_id")
    assert bad["reason"] == (
        "This package reached a shop on 2026-11-20 already; it was not changed."
    )
    assert Package.objects.get().recipient_name == "Ines Bell"
    assert not PackageEvent.objects.filter(kind=EventKind.CHANGED).exists()


def test_an_announced_package_moves_to_another_day(station):
    load(station, row())
    tomorrow = DAY + dt.timedelta(days=1)

    report = load(station, row(), day=tomorrow)

    assert (report.accepted, report.updated) == (0, 1)
    assert Package.objects.get().service_day == tomorrow


def test_a_planned_package_does_not_move_to_another_day(station):
    announced_in(station, State.MANIFESTED)

    report = load(station, row(), day=DAY + dt.timedelta(days=1))

    assert report.rejected == [
        {
            "line": 2,
            "field": "tracking_id",
            "reason": (
                "This package is planned for 2026-11-20 already. Take it off that list first."
            ),
        }
    ]
    assert Package.objects.get().service_day == DAY


def test_good_rows_are_saved_beside_refused_ones_in_the_order_of_the_file(station):
    report = load(station, row("A1"), row("A2", name=""), row("A1"), row("A3"))

    assert report.accepted == 2
    assert [bad["line"] for bad in report.rejected] == [3, 4]
    batch = FeedBatch.objects.get()
    assert [bad["found"] for bad in batch.rejected] == ["", "A1"]


def test_a_file_of_refused_rows_alone_leaves_nothing_behind(station):
    report = load(station, row(name=""))
    assert (report.batch, report.accepted, len(report.rejected)) == (None, 0, 1)
    assert not Package.objects.exists()
    assert not FeedBatch.objects.exists()


def test_a_dry_run_of_changes_writes_nothing(station):
    load(station, row())
    report = load(station, row(name="Ines Mey"), row("A2"), is_dry_run=True)
    assert (report.batch, report.accepted, report.updated) == (None, 1, 1)
    assert Package.objects.get().recipient_name == "Ines Bell"
    assert (FeedBatch.objects.count(), PackageEvent.objects.count()) == (1, 1)


def test_the_same_tracking_id_at_two_stations_is_two_packages(station):
    other = make_station("NSH")
    load(station, row())
    load(other, row())
    assert Package.objects.count() == 2


def test_any_number_of_rows_costs_the_same_statements(station, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        load(station, *[row(f"B{number}") for number in range(3000)])
    assert PackageEvent.objects.count() == 3000


def test_progress_is_told_up_to_the_end(station):
    told = []
    rows = [row(f"B{number}") for number in range(5000)]
    load(station, *rows, on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (5001, 5001)
    assert len(told) == 3


def test_a_hand_made_package_is_known_by_its_tracking_id(station):
    package = make_package(station=station, tracking_id="A1")
    report = load(station, row())
    assert (report.accepted, report.updated) == (0, 1)
    assert Package.objects.get().pk == package.pk


def test_each_package_has_its_own_event_when_others_draw_numbers_meanwhile(station):
    rows = [row(f"A{number}") for number in range(3_000)]

    def draw(done, total):
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute(DRAW)

    load(station, *rows, on_progress=draw)

    assert ids_of_events() == list(Package.objects.order_by("pk").values_list("pk", flat=True))
    assert len(ids_of_events()) == len(rows)


def test_events_come_in_the_order_of_the_file(station):
    load(station, *[row(name) for name in ("B2", "A1", "C3")])

    assert ids_of_events() == list(Package.objects.order_by("pk").values_list("pk", flat=True))
    assert [event.package.tracking_id for event in PackageEvent.objects.order_by("pk")] == [
        "B2",
        "A1",
        "C3",
    ]
    (number,) = set(PackageEvent.objects.values_list("written_in", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        assert cursor.fetchone() == (number,)


def ids_of_events() -> list[int]:
    """The packages that have an event, once an event, in the order of the events."""
    return list(PackageEvent.objects.order_by("pk").values_list("package_id", flat=True))
