"""A dispatcher moves packages: what she may, what it leaves behind, how to undo it."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction

from hubshops.assignment.actions import (
    CannotMove,
    NothingToMove,
    NothingToUndo,
    ReasonNeeded,
    StaleBoard,
    UnknownPackages,
    move_packages,
    undo_move,
)
from hubshops.assignment.models import Assignment, DayBoard
from hubshops.assignment.queries import OBSTACLE_WORDS, day_plan, move_facts
from hubshops.assignment.rules import Obstacle
from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.rules import Act, ActKind, Result
from hubshops.manifests.actions import plan_and_publish, publish_day
from hubshops.manifests.queries import manifest_of, stops_of
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package
from hubshops.packages.rules import EventKind, Move, State
from hubshops.shops.models import DayOff, ShopStatus
from kernel.audit.models import Decision
from kernel.ids import new_id
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_package,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def rosas(station):
    return make_shop(station=station, daily_cap=5)


@pytest.fixture
def zeds(station):
    return make_shop("Zed's Flowers", station=station, daily_cap=5)


@pytest.fixture
def olga():
    return make_staff("Olga")


@pytest.fixture
def move(station, olga):
    """`move(packages, shop)` on the board as it is now."""

    def go(packages, shop, **more):
        board = DayBoard.objects.filter(station=station, service_day=DAY).first()
        asked = {"version": board.version if board else 0, "at": MORNING, "by": olga} | more
        ids = [package.pk for package in packages]
        return move_packages(
            station=station, service_day=DAY, package_ids=ids, to_shop=shop, **asked
        )

    return go


def act(package, kind=ActKind.RECEIVE, **more):
    return Act(new_id(), kind, package.tracking_id, MORNING, **more)


def words(obstacle):
    return re.escape(str(OBSTACLE_WORDS[obstacle]))


def test_an_unplaced_package_gets_a_shop_by_hand(move, rosas, olga):
    package = make_package()
    board = move([package], rosas)
    package.refresh_from_db()
    assert (package.state, package.shop) == (State.ASSIGNED, rosas)
    row = Assignment.objects.get()
    assert (row.slot, row.cap, row.made_by, row.explanation) == (
        1,
        5,
        olga,
        {"moved_by_hand": True},
    )
    assert board.version == 1
    assert Decision.objects.get().facts["packages"] == [package.tracking_id]


def test_the_slot_of_a_withdrawn_package_is_free_for_a_move_before_the_next_plan(move, station):
    shop = make_shop("Kim's", station=station, daily_cap=1)
    first, second = make_packages(2, station=station)
    move([first], shop)
    withdrawn = Move(
        package_id=first.pk,
        kind=EventKind.WITHDRAWN,
        to_state=State.CANCELLED,
        shop_id=shop.pk,
        happened_at=MORNING,
    )
    move_custody(moves=[withdrawn], at=MORNING)
    assert move_facts([shop], DAY)[shop.pk].room == 1
    assert day_plan(station, DAY).assigned == 0
    move([second], shop)
    assert Assignment.objects.get().package == second


def test_after_a_move_the_old_shop_can_not_act_and_the_new_one_can(move, station, rosas, zeds):
    package = make_packages(1, station=station)[0]
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    old = Package.objects.get().shop
    new = zeds if old == rosas else rosas
    move([package], new)
    rosa, zed = make_member(old, "Rosa"), make_member(new, "Zed")

    [told] = record_acts(shop=old, by=rosa, acts=[act(package)], at=MORNING)
    assert (told.result, told.reason) == (Result.RECORDED, "under_review")
    assert package.events.filter(kind="received").count() == 0
    [told] = record_acts(shop=new, by=zed, acts=[act(package)], at=MORNING)
    assert told.result == Result.RECORDED
    kinds = list(package.events.values_list("kind", "from_state", "to_state"))
    assert kinds[-2:] == [
        ("assigned", "MANIFESTED", "ASSIGNED"),
        ("received", "ASSIGNED", "AT_SHOP"),
    ]


def test_a_package_that_a_shop_never_saw_is_not_on_its_list(rosas, zeds):
    package = make_package(shop=zeds, state=State.MANIFESTED)
    [told] = record_acts(shop=rosas, by=make_member(rosas), acts=[act(package)], at=MORNING)
    assert told.reason == "not_on_your_list"


def test_a_package_taken_off_waits_for_a_shop_again(move, station, rosas):
    package = make_packages(1, station=station)[0]
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    move([package], None)
    package.refresh_from_db()
    assert (package.state, package.shop) == (State.ANNOUNCED, None)
    assert not Assignment.objects.exists()
    assert package.events.last().kind == EventKind.UNASSIGNED


def test_a_move_never_passes_the_cap_and_moves_all_or_none(move, rosas):
    packages = make_packages(6)
    with pytest.raises(CannotMove, match=words(Obstacle.FULL)):
        move(packages, rosas, override_reason="Please.")
    assert not Assignment.objects.exists()
    assert set(Package.objects.values_list("state", flat=True)) == {State.ANNOUNCED}
    assert not DayBoard.objects.filter(version__gt=0).exists()
    move(packages[:5], rosas)
    assert sorted(Assignment.objects.values_list("slot", flat=True)) == [1, 2, 3, 4, 5]


def test_a_slot_that_was_left_is_used_again(move, rosas, zeds):
    packages = make_packages(5)
    move(packages, rosas)
    move(packages[:1], zeds)
    move(make_packages(1), rosas)
    slots = Assignment.objects.filter(shop=rosas).values_list("slot", flat=True)
    assert sorted(slots) == [1, 2, 3, 4, 5]


def test_beyond_the_radius_needs_a_reason_that_is_kept(move, rosas, olga):
    far = make_package(latitude=36.3)
    with pytest.raises(ReasonNeeded):
        move([far], rosas, override_reason="  ")
    assert not Assignment.objects.exists()
    move([far], rosas, override_reason="Rosa drives there anyway.")
    kept = Assignment.objects.get().explanation
    assert kept["override"] == ["too_far"]
    assert kept["reason"] == "Rosa drives there anyway."
    decision = Decision.objects.get()
    assert (decision.by, decision.reason) == (olga, "Rosa drives there anyway.")


def test_a_day_off_needs_a_reason_too(move, rosas):
    DayOff.objects.create(shop=rosas, day=DAY)
    package = make_package()
    with pytest.raises(ReasonNeeded):
        move([package], rosas)
    move([package], rosas, override_reason="She said yes on the phone.")
    assert Assignment.objects.get().explanation["override"] == ["closed"]


@pytest.mark.parametrize(
    ("shop", "package", "obstacle"),
    [
        ({"status": ShopStatus.PAUSED}, {}, Obstacle.NOT_LIVE),
        ({"max_weight_g": 900}, {"weight_g": 901}, Obstacle.TOO_LARGE),
        ({"max_side_mm": 300}, {"height_mm": 301}, Obstacle.TOO_LARGE),
        ({"takes_code": False}, {"requires": "code"}, Obstacle.KIND_NOT_TAKEN),
    ],
)
def test_no_reason_helps_against_what_a_shop_does_not_take(move, station, shop, package, obstacle):
    taker = make_shop(station=station, **shop)
    one = make_package(station=station, **package)
    with pytest.raises(CannotMove, match=words(obstacle)):
        move([one], taker, override_reason="Please.")


def test_a_package_at_a_shop_can_not_be_moved(move, rosas, zeds):
    package = make_package(shop=rosas, state=State.AT_SHOP)
    for target in (zeds, None):
        with pytest.raises(CannotMove, match=words(Obstacle.UNDER_WAY)):
            move([package], target)


def test_a_stale_board_writes_nothing(move, rosas, zeds):
    package = make_package()
    move([package], rosas)
    with pytest.raises(StaleBoard):
        move([package], zeds, version=0)
    package.refresh_from_db()
    assert package.shop == rosas


def test_planning_and_publishing_raise_the_board(station, rosas, move):
    make_packages(2, station=station)
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    board = DayBoard.objects.get()
    assert (board.version, board.change) == (1, "published")
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    board.refresh_from_db()
    assert board.version == 1


def test_a_move_is_undone_once(move, station, rosas, zeds, olga):
    one, two = make_packages(2)
    move([one], rosas)
    board = move([one, two], zeds)
    ask = {"station": station, "service_day": DAY, "at": MORNING, "by": olga}
    board = undo_move(version=board.version, **ask)
    one.refresh_from_db(), two.refresh_from_db()
    assert (one.shop, two.shop, two.state) == (rosas, None, State.ANNOUNCED)
    with pytest.raises(NothingToUndo):
        undo_move(version=board.version, **ask)


def test_a_move_that_changes_nothing_or_names_another_day_is_refused(move, rosas):
    package = make_package()
    move([package], rosas)
    with pytest.raises(NothingToMove):
        move([package], rosas)
    other = make_package(day=DAY + dt.timedelta(days=1))
    with pytest.raises(UnknownPackages):
        move([other], rosas)


def test_a_package_moved_there_and_back_stays_on_its_manifest_once(move, station, rosas, zeds):
    package = make_packages(1, station=station)[0]
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    first = Package.objects.get().shop
    move([package], zeds if first == rosas else rosas)
    move([package], first)
    publish_day(station=station, service_day=DAY, at=MORNING)
    package.refresh_from_db()
    assert package.state == State.MANIFESTED
    assert package.manifest_lines.filter(withdrawn_in=None).get().manifest.shop == first


def test_a_package_that_was_moved_leaves_the_old_shops_list_before_the_next_version(
    move, station, rosas, zeds
):
    package = make_packages(1, station=station)[0]
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    first = Package.objects.get().shop
    assert len(stops_of(manifest_of(first, DAY))) == 1
    move([package], zeds if first == rosas else rosas)
    assert stops_of(manifest_of(first, DAY)) == []


def test_a_day_has_one_board(station):
    DayBoard.objects.create(station=station, service_day=DAY)
    with pytest.raises(IntegrityError, match="day_board_once"), transaction.atomic():
        DayBoard.objects.create(station=station, service_day=DAY)
    with pytest.raises(IntegrityError, match="day_board_change_is_known"), transaction.atomic():
        DayBoard.objects.update(change="lost")
