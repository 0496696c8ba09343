"""Events and the packages they move: one statement, in order, each act once."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import EventKind, Move, State
from tests.factories import MORNING, make_package, make_packages, make_shop

pytestmark = pytest.mark.django_db


def a_move(package, kind, to_state, **fields):
    defaults = {"happened_at": MORNING, "shop_id": package.shop_id}
    return Move(package_id=package.pk, kind=kind, to_state=to_state, **defaults | fields)


def test_a_move_is_one_event_and_takes_the_package_along():
    package = make_package(state=State.AT_SHOP)
    later = MORNING + dt.timedelta(hours=2)

    events = move_custody(
        moves=[a_move(package, EventKind.LOADED, State.OUT_FOR_DELIVERY, happened_at=later)],
        at=later,
    )

    package.refresh_from_db()
    assert (package.state, package.last_event_at) == (State.OUT_FOR_DELIVERY, later)
    event = PackageEvent.objects.get(pk=events[0].pk)
    assert (event.from_state, event.to_state) == (State.AT_SHOP, State.OUT_FOR_DELIVERY)
    assert event.counted_at == event.received_at == later


def test_several_moves_of_one_package_form_a_chain():
    package = make_package(state=State.AT_SHOP)
    moves = [
        a_move(package, EventKind.LOADED, State.OUT_FOR_DELIVERY),
        a_move(package, EventKind.ATTEMPTED, State.ATTEMPTED, attempts=1, reason="NOT_HOME"),
        a_move(package, EventKind.LOADED, State.OUT_FOR_DELIVERY),
    ]

    events = move_custody(moves=moves, at=MORNING)

    package.refresh_from_db()
    assert (package.state, package.attempts) == (State.OUT_FOR_DELIVERY, 1)
    assert [events[place].from_state for place in range(3)] == [
        State.AT_SHOP,
        State.OUT_FOR_DELIVERY,
        State.ATTEMPTED,
    ]
    assert events[0].pk < events[1].pk < events[2].pk


def test_the_same_act_twice_is_one_event():
    package = make_package(state=State.AT_SHOP)
    act = uuid.uuid4()
    move = a_move(package, EventKind.ATTEMPTED, State.ATTEMPTED, act_id=act, attempts=1)

    first = move_custody(moves=[move, move], at=MORNING)
    second = move_custody(moves=[move], at=MORNING)

    assert list(first) == [0]
    assert second == {}
    assert PackageEvent.objects.filter(act_id=act).count() == 1
    assert Package.objects.get(pk=package.pk).attempts == 1


def test_an_act_known_already_does_not_move_the_package():
    package = make_package(state=State.AT_SHOP)
    act = uuid.uuid4()
    move_custody(
        moves=[a_move(package, EventKind.LOADED, State.OUT_FOR_DELIVERY, act_id=act)], at=MORNING
    )
    move_custody(
        moves=[a_move(package, EventKind.DELIVERED, State.DELIVERED, act_id=act)], at=MORNING
    )

    assert Package.objects.get(pk=package.pk).state == State.OUT_FOR_DELIVERY


def test_a_thousand_moves_cost_one_statement(django_assert_num_queries):
    shop = make_shop()
    packages = make_packages(50, shop=shop, state=State.AT_SHOP)
    moves = [a_move(one, EventKind.LOADED, State.OUT_FOR_DELIVERY) for one in packages]

    with django_assert_num_queries(1):
        events = move_custody(moves=moves, at=MORNING)

    assert len(events) == 50


def test_no_moves_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert move_custody(moves=[], at=MORNING) == {}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE package_event SET note = 'x'",
        "DELETE FROM package_event",
        "TRUNCATE package_event CASCADE",
    ],
)
def test_law_events_are_append_only(statement):
    make_package()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.check_constraints()
        connection.cursor().execute(statement)


def test_law_package_tracking_id_once():
    package = make_package()
    with pytest.raises(IntegrityError, match="package_tracking_id_once"), transaction.atomic():
        make_package(tracking_id=package.tracking_id)


def test_law_a_package_under_way_has_a_shop():
    package = make_package(state=State.AT_SHOP)
    with (
        pytest.raises(IntegrityError, match="package_under_way_has_a_shop"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE package SET shop_id = NULL WHERE id = %s", [package.pk])


@pytest.mark.parametrize("state", ["LOST_IN_SPACE", "delivered"])
def test_law_package_state_is_known(state):
    package = make_package()
    with (
        pytest.raises(IntegrityError, match="package_state_is_known"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE package SET state = %s WHERE id = %s", [state, package.pk])


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (0, 181), (float("nan"), 0)])
def test_law_package_is_on_the_globe(latitude, longitude):
    package = make_package()
    with (
        pytest.raises(IntegrityError, match="package_is_on_the_globe"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE package SET latitude = %s, longitude = %s WHERE id = %s",
            [latitude, longitude, package.pk],
        )
