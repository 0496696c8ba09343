"""The end of a day: what a person says, and what the night finds in the books."""

import datetime as dt
import json
import uuid

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction

from hubshops.deliveries.actions import (
    CloseIdUsed,
    NoSuchDay,
    check_day,
    close_day,
    promise_checks,
)
from hubshops.deliveries.jobs import Jobs
from hubshops.deliveries.models import DayCheck, DayClose, Device
from hubshops.deliveries.queries import (
    DayCounts,
    counts_of,
    day_books,
    day_that_is_over,
    day_to_close,
)
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from kernel.jobs.actions import handler_of
from kernel.jobs.models import Job
from payouts.statements.queries.books import count_gaps
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_package,
    make_packages,
    make_shop,
    make_station,
)

pytestmark = pytest.mark.django_db
EVENING = MORNING + dt.timedelta(hours=12)  # nine at night
NIGHT = MORNING + dt.timedelta(hours=14, minutes=5)  # five past eleven
YESTERDAY = DAY - dt.timedelta(days=1)
URL = "/api/v1/door/close"


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa")


def a_day(shop):
    """Nine packages were received; one more is coming, one did not come, one was not taken."""
    make_packages(3, shop=shop, state=State.DELIVERED)
    make_packages(2, shop=shop, state=State.AT_SHOP)
    make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    make_package(shop=shop, state=State.ATTEMPTED)
    make_package(shop=shop, state=State.RETURN_PENDING)
    make_package(shop=shop, state=State.RETURNED_TO_STATION)
    for state in (State.MANIFESTED, State.SHORT, State.REJECTED_AT_DROP):
        make_package(shop=shop, state=state)


COUNTS = DayCounts(received=9, delivered=3, returned=1, on_hand=5, missing=0)


def close(shop, by, *, day=DAY, at=EVENING, **fields):
    fields = {"close_id": uuid.uuid4(), "closed_at": at} | fields
    return close_day(shop=shop, by=by, day=day, at=at, **fields)


def make_device(shop, user, *, unsent=3, at=EVENING, **fields):
    return Device.objects.create(
        shop=shop,
        user=user,
        key=uuid.uuid4(),
        name="Android · Chrome",
        protocol=3,
        first_seen_at=MORNING,
        last_seen_at=at,
        unsent=unsent,
        **fields,
    )


def test_a_days_numbers_are_about_its_own_packages(shop):
    a_day(shop)
    make_packages(2, shop=shop, state=State.AT_SHOP, day=YESTERDAY)
    assert counts_of(shop, DAY) == COUNTS
    assert COUNTS.gap == 0
    assert counts_of(shop, DAY + dt.timedelta(days=1)) == DayCounts()


def test_each_number_opens_to_its_packages(shop):
    a_day(shop)
    make_packages(2, shop=shop, state=State.RETURN_PENDING, day=YESTERDAY)
    books = day_books(shop, DAY)
    assert books.counts == COUNTS == counts_of(shop, DAY)
    assert (len(books.coming), len(books.not_taken), len(books.earlier)) == (1, 2, 2)
    assert (len(books.to_give_back), len(books.to_try_again)) == (3, 4)


def test_the_nightly_books_count_alike_and_know_what_never_came(shop):
    a_day(shop)
    assert count_gaps() == []


@pytest.mark.parametrize(
    ("kind", "state"), [("short", State.SHORT), ("rejected", State.REJECTED_AT_DROP)]
)
def test_what_ended_as_not_taken_never_counts_as_received(shop, kind, state):
    package = make_package(shop=shop, state=State.AT_SHOP)
    PackageEvent.objects.create(
        package=package,
        shop=shop,
        kind=kind,
        from_state=State.AT_SHOP,
        to_state=state,
        happened_at=MORNING,
        received_at=MORNING,
        counted_at=MORNING,
    )
    Package.objects.filter(pk=package.pk).update(state=state)
    assert count_gaps() == []
    assert counts_of(shop, DAY) == day_books(shop, DAY).counts == DayCounts()


def test_a_phone_that_counts_alike_is_told_so(shop, rosa):
    a_day(shop)
    closed = close(shop, rosa, phone_counts=COUNTS)
    assert closed.agrees
    assert closed.ours == COUNTS.as_dict()
    assert closed.message == "The day is closed. Your phone says 9 packages, and we have the same."


def test_a_phone_that_counts_otherwise_reads_both_numbers(shop, rosa):
    a_day(shop)
    theirs = DayCounts(received=10, delivered=4, returned=1, on_hand=5)
    closed = close(shop, rosa, phone_counts=theirs)
    assert not closed.agrees
    assert closed.message == "The day is closed. Your phone says 10 packages, and we have 9."
    kept = DayClose.objects.get()
    assert (kept.phone_counts, kept.our_counts) == (theirs.as_dict(), COUNTS.as_dict())


def test_the_same_closing_again_gets_the_same_answer(shop, rosa):
    a_day(shop)
    one = {"close_id": uuid.uuid4(), "phone_counts": COUNTS}
    first = close(shop, rosa, **one)
    make_package(shop=shop, state=State.AT_SHOP)
    second = close(shop, rosa, **one)
    assert (first.result, second.result) == ("recorded", "already_recorded")
    assert (first.ours, first.agrees, first.message) == (second.ours, second.agrees, second.message)
    assert DayClose.objects.count() == 1


def test_an_id_of_another_shops_closing_is_refused(shop, rosa):
    zeds, one = make_shop("Zed's Flowers"), uuid.uuid4()
    close(shop, rosa, close_id=one)
    with pytest.raises(CloseIdUsed):
        close(zeds, make_member(zeds, "Zed"), close_id=one)
    assert DayClose.objects.get().shop == shop


@pytest.mark.parametrize("days", [1, -63])
def test_a_day_that_is_to_come_or_long_over_is_not_closed(shop, rosa, days):
    with pytest.raises(NoSuchDay, match="Check the date"):
        close(shop, rosa, day=DAY + dt.timedelta(days=days))
    assert not DayClose.objects.exists()


def test_other_phones_with_unsent_work_are_named(shop, rosa):
    sam = make_member(shop, "Sam", "helper")
    own = make_device(shop, rosa)
    make_device(shop, sam)
    make_device(shop, sam, unsent=0)
    closed = close(shop, rosa, device_id=own.key)
    assert [one["name"] for one in closed.unsent_devices] == ["Sam · Android · Chrome"]
    assert "Sam · Android · Chrome still holds 3 acts or photos." in closed.message


def test_yesterday_comes_first_until_it_is_closed(shop, rosa):
    assert day_to_close(shop, DAY) == DAY
    make_package(shop=shop, state=State.DELIVERED, day=YESTERDAY)
    assert day_to_close(shop, DAY) == YESTERDAY
    close(shop, rosa, day=YESTERDAY)
    assert day_to_close(shop, DAY) == DAY


def test_a_closing_is_never_changed(shop, rosa):
    close(shop, rosa)
    for statement in ("UPDATE day_close SET agrees = false", "DELETE FROM day_close"):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            run(statement)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


# --- The check of the night ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "minutes", "day"),
    [(13, 59, YESTERDAY), (14, 0, DAY), (14, 59, DAY), (15, 0, DAY), (38, 0, DAY.replace(day=21))],
)
def test_a_day_is_over_at_eleven_by_the_stations_clock(hours, minutes, day):
    at = MORNING + dt.timedelta(hours=hours, minutes=minutes)
    assert day_that_is_over(at, "America/Chicago") == day


def test_the_check_writes_down_every_shop_once(shop, rosa):
    a_day(shop)
    held = make_shop("Only Held")
    make_package(shop=held, state=State.RETURN_PENDING, day=YESTERDAY)
    make_shop("Nothing Here")
    assert check_day(station=shop.station, day=DAY, at=NIGHT) == 2
    found = DayCheck.objects.get(shop=shop)
    numbers = (found.received, found.delivered, found.returned, found.on_hand, found.missing)
    assert numbers == (9, 3, 1, 5, 0)
    assert (found.gap, found.not_counted_in, found.checked_at) == (0, 1, NIGHT)
    assert DayCheck.objects.get(shop=held).received == 0


def test_the_check_again_changes_nothing(shop):
    a_day(shop)
    check_day(station=shop.station, day=DAY, at=NIGHT)
    make_package(shop=shop, state=State.AT_SHOP)
    assert check_day(station=shop.station, day=DAY, at=NIGHT + dt.timedelta(hours=1)) == 0
    assert DayCheck.objects.get().received == 9


def test_the_check_leaves_other_stations_alone(shop):
    make_package(shop=make_shop("Far Away", station=make_station("NSH")), state=State.AT_SHOP)
    assert check_day(station=shop.station, day=DAY, at=NIGHT) == 0


def test_a_package_that_is_nowhere_is_a_gap(shop):
    package = make_package(shop=shop, state=State.AT_SHOP)
    Package.objects.filter(pk=package.pk).update(state=State.SHORT)
    check_day(station=shop.station, day=DAY, at=NIGHT)
    assert DayCheck.objects.get().gap == 1


def test_the_check_names_phones_with_unsent_work(shop, rosa):
    make_device(shop, rosa)
    make_device(shop, rosa, unsent=0)
    assert check_day(station=shop.station, day=DAY, at=NIGHT) == 1
    [phone] = DayCheck.objects.get().unsent_devices
    assert (phone["name"], phone["unsent"]) == ("Rosa · Android · Chrome", 3)


def test_the_check_costs_one_statement_for_any_number_of_shops(shop, django_assert_num_queries):
    for number in range(4):
        make_packages(3, shop=make_shop(f"Shop {number}"), state=State.AT_SHOP)
    with django_assert_num_queries(3):  # a savepoint around it
        check_day(station=shop.station, day=DAY, at=NIGHT)


def test_a_stations_check_is_promised_once_a_night(shop):
    for _ in range(2):
        promise_checks(at=NIGHT)
    promised = Job.objects.get(name=Jobs.CHECK)
    assert promised.args == {"station_id": shop.station_id, "day": "2026-11-20"}


def test_the_workers_do_the_check(shop):
    make_package(shop=shop, state=State.AT_SHOP)
    with time_machine.travel(NIGHT, tick=False):
        handler_of(Jobs.CHECK_SWEEP)()
        handler_of(Jobs.CHECK)(**Job.objects.get(name=Jobs.CHECK).args)
    assert DayCheck.objects.get().on_hand == 1


def test_a_day_is_checked_once_and_its_gap_is_what_the_counts_say(shop):
    make_package(shop=shop, state=State.AT_SHOP)
    check_day(station=shop.station, day=DAY, at=NIGHT)
    row = DayCheck.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="day_checked_once"), transaction.atomic():
        row.save(force_insert=True)


# --- For phones ----------------------------------------------------------------------------------


@pytest.fixture
def phone(client, rosa):
    client.force_login(rosa)
    with time_machine.travel(EVENING, tick=False):
        yield client


def send(phone, **body):
    body = {
        "id": str(uuid.uuid4()),
        "day": str(DAY),
        "closed_at": EVENING.isoformat(),
        "device": str(uuid.uuid4()),
        "counts": COUNTS.as_dict(),
    } | body
    return phone.post(URL, json.dumps(body), content_type="application/json")


def test_a_phone_closes_the_day(phone, shop):
    a_day(shop)
    answer = send(phone)
    assert answer.status_code == 200
    assert answer.json() == {
        "ours": COUNTS.as_dict(),
        "agrees": True,
        "unsent_devices": [],
        "result": "recorded",
        "message": "The day is closed. Your phone says 9 packages, and we have the same.",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"id": "no"}, "id"),
        ({"day": "yesterday"}, "day"),
        ({"closed_at": "2026-11-20T21:00:00"}, "closed_at"),
        ({"closed_at": "0001-01-01T00:00:00Z"}, "closed_at"),
        ({"closed_at": "0001-01-01T00:00:00+14:00"}, "closed_at"),
        ({"counts": {"received": 1}}, "delivered"),
        ({"counts": COUNTS.as_dict() | {"missing": -1}}, "missing"),
    ],
)
def test_a_closing_that_cannot_be_read_names_its_field(phone, body, field):
    answer = send(phone, **body)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert not DayClose.objects.exists()


def test_what_is_no_json_is_said(phone):
    assert phone.post(URL, "{", content_type="application/json").status_code == 400
    assert phone.post(URL, {"a": "b"}).status_code == 400


def test_a_day_to_come_is_a_refusal(phone):
    answer = send(phone, day="2026-11-22")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_such_day")
