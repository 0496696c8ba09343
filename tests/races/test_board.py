"""Two dispatchers, and a door beside them, on real connections."""

import pytest

from hubshops.assignment.actions import CannotMove, StaleBoard, move_packages
from hubshops.assignment.models import Assignment, DayBoard
from hubshops.assignment.rules import Obstacle
from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.rules import Act, ActKind, Result
from hubshops.manifests.actions import plan_and_publish
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from kernel.ids import new_id
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)
from tests.races.test_door import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def mover(packages, shop, by, *, version=0, answers):
    """A work that moves and keeps what it was answered."""

    def work():
        try:
            move_packages(
                station=packages[0].station,
                service_day=DAY,
                package_ids=[one.pk for one in packages],
                to_shop=shop,
                version=version,
                at=MORNING,
                by=by,
            )
            answers.append("moved")
        except (StaleBoard, CannotMove) as no:
            answers.append(no)

    return work


def test_of_two_dispatchers_with_the_same_board_one_writes_and_one_is_told():
    station = make_station()
    rosas = make_shop(station=station, daily_cap=4)
    zeds = make_shop("Zed's Flowers", station=station, daily_cap=4)
    packages = make_packages(4, station=station)
    olga, kim = make_staff("Olga"), make_staff("Kim")
    answers = []
    at_once(
        mover(packages, rosas, olga, answers=answers),
        mover(packages, zeds, kim, answers=answers),
    )
    assert sorted(type(one).__name__ for one in answers) == ["StaleBoard", "str"]
    assert Assignment.objects.values("shop").distinct().count() == 1
    assert DayBoard.objects.get().version == 1


def test_a_move_and_a_plan_at_once_never_pass_a_cap():
    station = make_station()
    shop = make_shop(station=station, daily_cap=10)
    packages = make_packages(16, station=station)
    answers = []
    at_once(
        mover(packages[:8], shop, make_staff("Olga"), answers=answers),
        lambda: plan_and_publish(station=station, service_day=DAY, at=MORNING),
    )
    slots = sorted(Assignment.objects.values_list("slot", flat=True))
    assert slots == list(range(1, 11))
    placed = Package.objects.filter(shop=shop).count()
    assert placed == 10


def test_a_package_is_counted_in_or_moved_and_never_both():
    station = make_station()
    rosas, zeds = make_shop(station=station), make_shop("Zed's Flowers", station=station)
    packages = make_packages(6, shop=rosas, state=State.ASSIGNED)
    rosa, olga = make_member(rosas, "Rosa"), make_staff("Olga")
    answers, receipts = [], []

    def count_in():
        acts = [Act(new_id(), ActKind.RECEIVE, one.tracking_id, MORNING) for one in packages]
        receipts.extend(record_acts(shop=rosas, by=rosa, acts=acts, at=MORNING))

    at_once(mover(packages, zeds, olga, answers=answers), count_in)

    states = set(Package.objects.values_list("state", "shop__slug"))
    if answers == ["moved"]:
        assert {one.result for one in receipts} == {Result.REFUSED}
        assert states == {("ASSIGNED", zeds.slug)}
    else:
        assert set(answers[0].details["obstacles"]) == {Obstacle.UNDER_WAY}
        assert {one.result for one in receipts} == {Result.RECORDED}
        assert states == {("AT_SHOP", rosas.slug)}
