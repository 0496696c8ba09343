"""Taking packages off a list, numbering the files of a day, and what no file may do."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from hubshops.assignment.actions import plan_day
from hubshops.assignment.models import Assignment
from hubshops.assignment.queries import day_plan
from hubshops.packages.actions import ingest_feed
from hubshops.packages.models import FeedBatch, Package, PackageEvent
from hubshops.packages.rules import (
    BEFORE_THE_DROP,
    NOT_TAKEN,
    EventKind,
    State,
    guess_mapping,
)
from tests.factories import DAY, MORNING, make_batch, make_package, make_shop, make_station

pytestmark = pytest.mark.django_db
HEADER = "tracking_id,recipient_name,address1,postal_code,latitude,longitude,withdrawn\n"
LATER = MORNING + dt.timedelta(hours=1)
TOMORROW = DAY + dt.timedelta(days=1)


@pytest.fixture
def station():
    return make_station()


def row(tracking_id="A1", name="Ines Bell", withdrawn=""):
    return f"{tracking_id},{name},12 Oak St,72701,36.08,-94.17,{withdrawn}\n"


def off(tracking_id="A1"):
    return f"{tracking_id},,,,,,yes\n"


def load(station, *rows, day=DAY, at=LATER, **options):
    content = (HEADER + "".join(rows)).encode()
    return ingest_feed(station=station, service_day=day, content=content, at=at, **options)


def states():
    return dict(Package.objects.order_by("tracking_id").values_list("tracking_id", "state"))


def test_a_row_takes_a_known_package_off_the_list(station):
    load(station, row("A1"), row("A2"), at=MORNING)

    report = load(station, off("A1"), row("A3"))

    assert (report.accepted, report.withdrawn, report.rejected) == (1, 1, [])
    assert states() == {"A1": "CANCELLED", "A2": "ANNOUNCED", "A3": "ANNOUNCED"}
    event = PackageEvent.objects.get(kind=EventKind.WITHDRAWN)
    assert (event.from_state, event.to_state, event.happened_at) == (
        "ANNOUNCED",
        "CANCELLED",
        LATER,
    )
    package = Package.objects.get(tracking_id="A1")
    assert (package.batch_id, package.last_event_at) == (report.batch, LATER)
    assert package.recipient_name == "Ines Bell"


@pytest.mark.parametrize("state", [State.ASSIGNED, State.MANIFESTED])
def test_a_planned_package_is_taken_off_and_its_event_names_the_shop(station, state):
    shop = make_shop(station=station)
    make_package(station=station, shop=shop, state=state, tracking_id="A1")

    assert load(station, off()).withdrawn == 1

    event = PackageEvent.objects.get(kind=EventKind.WITHDRAWN)
    assert (event.from_state, event.shop_id) == (state, shop.pk)


def test_the_next_plan_gives_the_slot_away(station):
    make_shop(station=station, daily_cap=1)
    load(station, row("A1"), at=MORNING)
    plan_day(station=station, service_day=DAY, at=MORNING)
    load(station, off("A1"), row("A2"))

    plan_day(station=station, service_day=DAY, at=LATER)

    assert states() == {"A1": "CANCELLED", "A2": "ASSIGNED"}
    assert Assignment.objects.get().package.tracking_id == "A2"


def test_what_is_announced_again_is_counted_once_and_planned_anew(station):
    make_shop(station=station, daily_cap=1)
    load(station, row("A1"), at=MORNING)
    plan_day(station=station, service_day=DAY, at=MORNING)
    load(station, off("A1"))
    load(station, row("A1"))
    assert day_plan(station, DAY).assigned == 0

    plan = plan_day(station=station, service_day=DAY, at=LATER)

    assert (plan.assigned, states()) == (1, {"A1": "ASSIGNED"})


@pytest.mark.parametrize(
    "state", sorted(set(State) - BEFORE_THE_DROP - NOT_TAKEN - {State.CANCELLED})
)
def test_a_package_at_a_shop_or_later_stays(station, state):
    make_package(station=station, tracking_id="A1")
    Package.objects.update(state=state, shop=make_shop(station=station))

    report = load(station, off())

    assert report.rejected == [
        {
            "line": 2,
            "field": "tracking_id",
            "reason": (
                "This package reached a shop on 2026-11-20 already; it can't be taken off the list."
            ),
        }
    ]
    assert states() == {"A1": state}
    assert report.batch is None


def test_what_nobody_announced_cannot_be_taken_off(station):
    report = load(station, off("A9"))
    assert [bad["reason"] for bad in report.rejected] == [
        "Nobody announced this package, so there is nothing to take off the list."
    ]
    assert not Package.objects.exists()


def test_a_package_of_another_day_is_taken_off_with_that_day(station):
    load(station, row(), at=MORNING)
    report = load(station, off(), day=TOMORROW)
    assert report.rejected[0]["reason"] == (
        "This package is on the list of 2026-11-20. Send this row for that day."
    )
    assert states() == {"A1": "ANNOUNCED"}


def test_taking_off_twice_changes_nothing_more(station):
    load(station, row(), at=MORNING)
    load(station, off())
    report = load(station, off(), row("A2"))
    assert (report.withdrawn, report.unchanged, report.accepted) == (0, 1, 1)
    assert PackageEvent.objects.filter(kind=EventKind.WITHDRAWN).count() == 1


def test_a_package_taken_off_its_shop_is_announced_again_without_a_shop(station):
    shop = make_shop(station=station)
    make_package(station=station, shop=shop, state=State.ASSIGNED, tracking_id="A1")
    load(station, off())

    report = load(station, row(), row("A2"))

    assert (report.accepted, report.rejected) == (2, [])
    assert states() == {"A1": "ANNOUNCED", "A2": "ANNOUNCED"}
    assert Package.objects.get(tracking_id="A1").shop is None


def test_a_second_file_adds_and_takes_nothing_off(station):
    load(station, row("A1"), at=MORNING)
    report = load(station, row("A2"))
    assert (report.accepted, report.withdrawn) == (1, 0)
    assert set(states().values()) == {"ANNOUNCED"}


def test_a_whole_list_takes_off_what_it_does_not_name(station):
    load(station, row("A1"), row("A2"), row("A3"), at=MORNING)
    load(station, row("B1"), day=TOMORROW, at=MORNING)
    load(make_station("NSH"), row("C1"), at=MORNING)

    report = load(station, row("A1"), row("A2", name=""), row("A4"), is_whole_list=True)

    assert (report.accepted, report.unchanged, report.withdrawn) == (1, 1, 1)
    assert states() == {
        "A1": "ANNOUNCED",
        "A2": "ANNOUNCED",  # named in a row that was refused
        "A3": "CANCELLED",
        "A4": "ANNOUNCED",
        "B1": "ANNOUNCED",
        "C1": "ANNOUNCED",
    }
    assert FeedBatch.objects.get(pk=report.batch).is_whole_list


def test_a_whole_list_leaves_what_shops_have_and_says_so(station):
    make_package(station=station, state=State.AT_SHOP, tracking_id="A1")
    report = load(station, row("A2"), is_whole_list=True)
    assert report.withdrawn == 0
    assert [one.reason for one in report.warnings] == [
        "1 package that this list does not name reached a shop already; it stays."
    ]
    assert states()["A1"] == "AT_SHOP"


@pytest.mark.parametrize("bad", ['"A2,never closed\n', ",Ines,12 Oak St,72701,,,\n"])
def test_a_whole_list_with_a_nameless_row_takes_nothing_off(station, bad):
    load(station, row("A1"), row("A2"), at=MORNING)
    report = load(station, row("A1"), bad, is_whole_list=True)
    assert report.withdrawn == 0
    assert "may name any package" in report.warnings[0].reason
    assert set(states().values()) == {"ANNOUNCED"}


def test_a_dry_run_counts_what_would_be_taken_off(station):
    load(station, row("A1"), row("A2"), at=MORNING)
    report = load(station, off("A1"), is_whole_list=True, is_dry_run=True)
    assert (report.batch, report.version, report.withdrawn) == (None, None, 2)
    assert set(states().values()) == {"ANNOUNCED"}
    assert not PackageEvent.objects.filter(kind=EventKind.WITHDRAWN).exists()


def test_the_files_of_a_day_are_numbered_from_one_without_gaps(station):
    versions = [load(station, row("A1")).version]
    load(station, row("X", name=""))  # leaves nothing behind, takes no number
    versions.append(load(station, row("A1"), row("A2")).version)
    again = load(station, row("A1"))
    other = load(station, row("A3"), day=TOMORROW).version

    assert (versions, again.version, other) == ([1, 2], 1, 1)
    assert sorted(FeedBatch.objects.filter(service_day=DAY).values_list("version", flat=True)) == [
        1,
        2,
    ]


def test_a_first_file_that_names_a_package_twice_is_told_apart(station):
    report = load(station, row("A1"), row("A1"), row("A2"))
    assert (report.accepted, len(report.rejected), report.version) == (2, 1, 1)
    assert PackageEvent.objects.count() == Package.objects.count() == 2


def test_a_first_file_that_names_a_package_of_another_day_moves_it(station):
    load(station, row("A1"), at=MORNING)
    report = load(station, row("A1"), row("A2"), day=TOMORROW)
    assert (report.accepted, report.updated) == (1, 1)
    assert PackageEvent.objects.count() == 3


def refused_in_sql(statement, law):
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert law in str(no.value)


def test_law_a_days_files_have_numbers_of_their_own(station):
    make_batch(station)
    make_batch(station)
    refused_in_sql("UPDATE feed_batch SET version = 1", "feed_batch_version_once")


def test_law_numbers_start_at_one(station):
    make_batch(station)
    refused_in_sql("UPDATE feed_batch SET version = 0", "feed_batch_version_counts_from_one")


@pytest.mark.parametrize("window", ["'17:30', '09:00'", "'09:00', '09:00'"])
def test_law_a_window_is_a_span(station, window):
    make_package(station=station)
    refused_in_sql(
        f"UPDATE package SET (deliver_from, deliver_until) = ROW({window})",
        "package_window_is_a_span",
    )


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM package", "UPDATE package SET id = id + 1", "TRUNCATE package CASCADE"],
)
def test_law_a_package_is_never_deleted(station, statement):
    make_package(station=station)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    refused_in_sql(statement, "is never deleted")


def test_law_an_act_is_one_event(station):
    make_package(station=station)
    copy = (
        "INSERT INTO package_event (act_id, package_id, kind, from_state, to_state, happened_at,"
        " received_at, counted_at, reason, outcome, note) SELECT"
        " '00000000-0000-0000-0000-000000000001', package_id, kind, from_state, to_state,"
        " happened_at, received_at, counted_at, reason, outcome, note FROM package_event"
    )
    with connection.cursor() as cursor:
        cursor.execute(copy)
    refused_in_sql(copy, "package_event_act_once")


def test_a_window_is_kept_and_a_change_of_it_is_a_change(station):
    head = HEADER.replace("withdrawn", "deliver_from,deliver_until")
    plain = "A1,Ines,12 Oak St,72701,36.08,-94.17,"

    def send(window):
        content = (head + plain + window + "\n").encode()
        return ingest_feed(station=station, service_day=DAY, content=content, at=LATER)

    send("9:00,17:30")
    package = Package.objects.get()
    assert (package.deliver_from, package.deliver_until) == (dt.time(9), dt.time(17, 30))
    assert send("09:00,17:30").unchanged == 1
    assert send("09:00,").updated == 1
    package.refresh_from_db()
    assert (package.deliver_from, package.deliver_until) == (dt.time(9), None)


def test_the_command_takes_a_whole_list(station, tmp_path, capsys):
    load(station, row("A1"), at=MORNING)
    path = tmp_path / "list.csv"
    path.write_text(HEADER + row("A2"))
    call_command(
        "import_feed", str(path), "--station=FAY", f"--day={DAY}", "--whole-list", "--json"
    )
    answer = json.loads(capsys.readouterr().out)
    assert (answer["accepted"], answer["withdrawn"], answer["version"]) == (1, 1, 2)


def test_common_foreign_names_are_guessed_and_nothing_unsure():
    header = ["Tracking Number", "Name", "Address Line 1", "ZIP Code", "Lat", "Lng", "Weight (g)"]
    assert guess_mapping([*header, "City", "Colour"]) == {
        "Tracking Number": "tracking_id",
        "Name": "recipient_name",
        "Address Line 1": "address1",
        "ZIP Code": "postal_code",
        "Lat": "latitude",
        "Lng": "longitude",
        "Weight (g)": "weight_g",
    }
    assert guess_mapping(["Barcode", "Tracking"]) == {}
    assert guess_mapping(["tracking_id", "Barcode"]) == {}


@pytest.mark.parametrize("state", [State.SHORT, State.REJECTED_AT_DROP])
def test_what_no_shop_took_may_come_again_on_another_day(station, state):
    make_package(shop=make_shop(station=station), state=state, tracking_id="A1")

    report = load(station, row("A1"), day=TOMORROW)

    assert (report.accepted, report.rejected) == (1, [])
    package = Package.objects.get()
    assert (package.state, package.shop, package.service_day) == ("ANNOUNCED", None, TOMORROW)
    again = PackageEvent.objects.filter(kind=EventKind.ANNOUNCED).last()
    assert (again.from_state, again.to_state) == (state, "ANNOUNCED")


def test_what_no_shop_took_is_not_changed_on_its_own_day_and_may_be_withdrawn(station):
    make_package(shop=make_shop(station=station), state=State.SHORT, tracking_id="A1")

    report = load(station, row("A1"))
    assert [one["reason"] for one in report.rejected] == [
        f"No shop took this package on {DAY}. Send it for another day."
    ]
    assert load(station, off("A1")).withdrawn == 1
    assert states() == {"A1": "CANCELLED"}
