"""A driver and a shop at one hand-over, and two sweeps at one fact, on real connections."""

import datetime as dt
import uuid
from functools import partial

import pytest

from hubshops.cases.actions import lapse_cases, open_cases, resolve_case
from hubshops.cases.models import Case, CaseEntry
from hubshops.deliveries.actions import check_day, close_day, record_acts
from hubshops.deliveries.models import DayCheck, DayClose
from hubshops.deliveries.rules import Act, ActKind, Result
from hubshops.drops.actions import sign_as_giver
from hubshops.drops.models import Handover, HandoverRemark
from hubshops.drops.rules import Counts
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from kernel.notifications.models import Mail
from kernel.refusals import Refusal
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop, make_staff
from tests.hubshops.drops.helpers import LATER, count, opened, said, take
from tests.races.test_door import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NOON = MORNING + dt.timedelta(hours=3)


@pytest.mark.parametrize(("given", "status"), [(3, "agreed"), (4, "disputed")])
def test_driver_and_shop_sign_at_once(given, status):
    shop = make_shop()
    rosa = make_member(shop, "Rosa")
    for days in range(12):  # the moment between reading and writing is short
        day = DAY - dt.timedelta(days=days)
        handover = opened(shop, day=day)
        sign = partial(sign_as_giver, token=handover.token, counts=Counts(given, 0), name="Lee")
        at_once(partial(sign, at=LATER), partial(take, shop, rosa, packages=3, day=day))
        handover.refresh_from_db()
        assert (handover.given_count, handover.taken_count) == (given, 3)
        assert handover.status == status


def test_two_phones_open_one_hand_over():
    shop = make_shop()
    found = at_once(*[lambda: opened(shop)] * 4)
    assert len({one.pk for one in found}) == 1
    assert Handover.objects.count() == 1


def test_one_count_sent_four_times_at_once_is_one():
    shop = make_shop()
    rosa = make_member(shop, "Rosa")
    packages = make_packages(20, shop=shop, state=State.MANIFESTED)
    one = count(packages=0, remarks=[said("short", package) for package in packages])
    answers = at_once(*[lambda: take(shop, rosa, one)] * 4)
    assert sorted(answer.result for answer in answers) == ["already_recorded"] * 3 + ["recorded"]
    assert HandoverRemark.objects.count() == PackageEvent.objects.filter(kind="short").count() == 20


def test_two_people_sign_and_one_is_told():
    shop = make_shop()
    rosa, sam = make_member(shop, "Rosa"), make_member(shop, "Sam", "helper")
    opened(shop)
    answers = at_once(lambda: take(shop, rosa, packages=3), lambda: take(shop, sam, packages=2))
    assert sorted(answer.result for answer in answers) == ["recorded", "refused"]


def test_counted_in_and_short_at_once_leave_one_truth():
    shop = make_shop()
    rosa, sam = make_member(shop, "Rosa"), make_member(shop, "Sam", "helper")
    packages = make_packages(20, shop=shop, state=State.MANIFESTED)
    acts = [Act(uuid.uuid4(), ActKind.RECEIVE, one.tracking_id, LATER) for one in packages]
    shorts = [said("short", one) for one in packages[::-1]]
    receipts, signed = at_once(
        lambda: record_acts(shop=shop, by=sam, acts=acts, at=LATER),
        lambda: take(shop, rosa, packages=0, remarks=shorts),
    )
    states = set(Package.objects.values_list("state", flat=True))
    assert {one.result for one in receipts} == {Result.RECORDED}
    # Counting in stands over a short that came first; a short after it is refused.
    assert states == {State.AT_SHOP}
    assert {one.result for one in signed.remarks} in ({"recorded"}, {"refused"})


def test_two_sweeps_open_one_case_and_write_one_letter():
    shop = make_shop()
    rosa = make_member(shop, "Rosa")
    take(shop, rosa, packages=0, told=(1, 0))
    assert sum(at_once(*[lambda: open_cases(at=NOON)] * 3)) == 1
    assert Case.objects.count() == CaseEntry.objects.count() == Mail.objects.count() == 1


def test_a_case_is_settled_once_by_a_person_or_the_clock():
    shop = make_shop()
    rosa, olga = make_member(shop, "Rosa"), make_staff("Olga", "support")
    take(shop, rosa, packages=0, told=(1, 0))
    open_cases(at=NOON)
    case = Case.objects.get()

    def settle():
        try:
            return resolve_case(case_id=case.pk, by=olga, words="Yes.", at=NOON)
        except Refusal:
            return None

    settled, lapsed, more = at_once(
        settle, lambda: lapse_cases(at=case.due_at), lambda: lapse_cases(at=case.due_at)
    )
    assert (settled is not None) + lapsed + more == 1
    assert CaseEntry.objects.filter(status="resolved").count() == 1


def test_two_checks_of_a_night_write_one_row_a_shop():
    shop = make_shop()
    for number in range(5):
        make_packages(4, shop=make_shop(f"Shop {number}"), state=State.AT_SHOP)
    new = at_once(*[lambda: check_day(station=shop.station, day=DAY, at=NOON)] * 3)
    assert sum(new) == DayCheck.objects.count() == 5


def test_one_closing_sent_at_once_is_one():
    shop = make_shop()
    rosa, one = make_member(shop, "Rosa"), uuid.uuid4()
    at_once(
        *[lambda: close_day(shop=shop, by=rosa, close_id=one, day=DAY, closed_at=NOON, at=NOON)] * 4
    )
    assert DayClose.objects.count() == 1
