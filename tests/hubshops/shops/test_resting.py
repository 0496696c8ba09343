"""A shop pauses, goes on, leaves; its status follows at the cut-off."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection

from hubshops.shops.actions import (
    CutOffHasPassed,
    LeavesAlready,
    NotLeaving,
    NotPaused,
    PausedAlready,
    PauseNotNow,
    ask_pause,
    ask_to_leave,
    close_shop,
    pause_shop,
    resume_shop,
    stay_after_all,
    turn_shops,
)
from hubshops.shops.models import Leaving, Pause, Shop, ShopStatus
from hubshops.shops.queries import closed_on, first_open_day
from kernel.notifications.models import Mail
from tests.factories import DAY, MORNING, make_member, make_shop

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)
MONDAY = DAY + 3 * ONE


def evening(day):
    """The cut-off on the evening of a day."""
    return dt.datetime.combine(day, dt.time(20), ZoneInfo("America/Chicago"))


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop)


def status():
    return Shop.objects.get().status


def pause(shop, rosa, first=MONDAY, last=MONDAY + ONE, at=MORNING):
    return ask_pause(shop=shop, first_day=first, last_day=last, at=at, by=rosa)


def leave(shop, rosa, last=MONDAY, at=MORNING):
    return ask_to_leave(shop=shop, last_day=last, reason="pay", words="Less", at=at, by=rosa)


def assert_owners_read(subject, words):
    """Both owners of the shop got one letter of this subject."""
    found = Mail.objects.filter(subject=subject)
    assert len({mail.to for mail in found}) == len(found) == 2
    assert all(words in mail.body for mail in found)


def test_a_pause_begins_and_ends_at_the_cut_off_before_its_days(shop, rosa):
    pause(shop, rosa)
    assert closed_on([shop], MONDAY) == closed_on([shop], MONDAY + ONE) == {shop.pk}
    assert closed_on([shop], MONDAY + 2 * ONE) == closed_on([shop], MONDAY - ONE) == set()
    assert turn_shops(at=evening(MONDAY - ONE) - dt.timedelta(seconds=1)) == 0
    assert turn_shops(at=evening(MONDAY - ONE)) == 1
    assert status() == ShopStatus.PAUSED
    assert turn_shops(at=evening(MONDAY)) == 0
    assert turn_shops(at=evening(MONDAY + ONE)) == 1
    assert turn_shops(at=evening(MONDAY + ONE)) == 0
    assert status() == ShopStatus.LIVE
    assert "pauses from" in Mail.objects.get().body


def test_a_pause_without_an_end_ends_with_a_word(shop, rosa):
    pause(shop, rosa, last=None)
    turn_shops(at=evening(MONDAY - ONE))
    wednesday = MONDAY + 2 * ONE
    noon = evening(wednesday) - dt.timedelta(hours=8)
    assert resume_shop(shop=shop, at=noon, by=rosa) == wednesday + ONE
    assert status() == ShopStatus.PAUSED
    turn_shops(at=evening(wednesday))
    assert status() == ShopStatus.LIVE
    assert Pause.objects.get().last_day == wednesday


def test_who_comes_back_after_the_cut_off_waits_a_day_more(shop, rosa):
    pause(shop, rosa, last=None)
    turn_shops(at=evening(MONDAY - ONE))
    assert resume_shop(shop=shop, at=evening(MONDAY), by=rosa) == MONDAY + 2 * ONE


def test_a_pause_that_did_not_begin_is_taken_back(shop, rosa):
    pause(shop, rosa)
    make_member(shop, "Sam", "owner")
    assert resume_shop(shop=shop, at=MORNING, by=rosa) is None
    assert_owners_read("Your pause is taken back", "is taken back. You get packages on these days")
    assert closed_on([shop], MONDAY) == set()
    with pytest.raises(NotPaused):
        resume_shop(shop=shop, at=MORNING, by=rosa)


def test_the_cut_off_holds_for_pauses(shop, rosa):
    with pytest.raises(CutOffHasPassed):
        pause(shop, rosa, first=DAY, last=None)
    assert not Pause.objects.exists()


def test_one_pause_at_a_time_and_only_of_a_live_shop(shop, rosa):
    pause(shop, rosa)
    with pytest.raises(PausedAlready):
        pause(shop, rosa)
    other = make_shop("Getting Ready", status=ShopStatus.PREPARING)
    with pytest.raises(PauseNotNow) as no:
        pause(other, rosa)
    assert "Getting ready" in no.value.sentence
    assert Pause.objects.count() == 1


def test_a_shop_gets_its_last_packages_on_its_last_day(shop, rosa):
    leave(shop, rosa)
    assert closed_on([shop], MONDAY) == set()
    assert closed_on([shop], MONDAY + ONE) == {shop.pk}
    turn_shops(at=evening(MONDAY) - dt.timedelta(seconds=1))
    assert status() == ShopStatus.LIVE
    turn_shops(at=evening(MONDAY))
    assert status() == ShopStatus.OFFBOARDING
    with pytest.raises(LeavesAlready):
        leave(shop, rosa, at=evening(MONDAY))
    with pytest.raises(NotLeaving):
        stay_after_all(shop=shop, at=evening(MONDAY), by=rosa)
    assert "You get your last packages on" in Mail.objects.get().body


def test_the_earliest_leaving_is_the_last_day_that_is_fixed(shop, rosa):
    with pytest.raises(CutOffHasPassed):
        leave(shop, rosa, last=DAY - ONE)
    leave(shop, rosa, last=first_open_day(shop, MORNING) - ONE)
    assert status() == ShopStatus.LIVE
    turn_shops(at=evening(DAY))
    assert status() == ShopStatus.OFFBOARDING


def test_who_changes_her_mind_stays(shop, rosa):
    leave(shop, rosa)
    make_member(shop, "Sam", "owner")
    stay_after_all(shop=shop, at=MORNING, by=rosa)
    assert_owners_read("You stay with us", "stays with us after all")
    turn_shops(at=evening(MONDAY))
    assert status() == ShopStatus.LIVE
    leave(shop, rosa)
    assert Leaving.objects.count() == 2


def test_who_pauses_may_leave(shop, rosa):
    pause(shop, rosa, last=None)
    turn_shops(at=evening(MONDAY - ONE))
    leave(shop, rosa, last=MONDAY + ONE, at=evening(MONDAY))
    turn_shops(at=evening(MONDAY + ONE))
    assert status() == ShopStatus.OFFBOARDING
    assert Pause.objects.get().ended_at


def test_a_shop_paused_by_a_new_card_goes_on_with_the_same_word(shop, rosa):
    assert pause_shop(shop=shop, reason="rate_change:1", at=MORNING, by=None)
    assert status() == ShopStatus.PAUSED
    assert resume_shop(shop=shop, at=MORNING, by=rosa)
    turn_shops(at=evening(DAY + ONE))
    assert status() == ShopStatus.LIVE


def test_only_a_shop_that_leaves_is_closed(shop, rosa):
    assert not close_shop(shop=shop, at=MORNING)
    leave(shop, rosa)
    turn_shops(at=evening(MONDAY))
    assert close_shop(shop=shop, at=evening(MONDAY))
    assert status() == ShopStatus.CLOSED


@pytest.mark.parametrize(
    ("law", "sql"),
    [
        (
            "shop_pause_one_at_a_time",
            "INSERT INTO shop_pause (shop_id, first_day, reason, asked_at)"
            " SELECT shop_id, first_day, '', asked_at FROM shop_pause",
        ),
        ("shop_pause_days_are_in_order", "UPDATE shop_pause SET last_day = first_day - 1"),
        ("shop_leaving_began_before_it_closed", "UPDATE shop_leaving SET closed_at = now()"),
        (
            "shop_leaving_withdrawn_before_it_began",
            "UPDATE shop_leaving SET withdrawn_at = now(), begun_at = now()",
        ),
        (
            "shop_leaving_one_at_a_time",
            "INSERT INTO shop_leaving (shop_id, last_day, reason, words, asked_at)"
            " SELECT shop_id, last_day, '', '', asked_at FROM shop_leaving",
        ),
    ],
)
def test_the_tables_hold_their_laws(shop, rosa, law, sql):
    pause(shop, rosa)
    leave(shop, rosa)
    with pytest.raises(IntegrityError, match=law), connection.cursor() as cursor:
        cursor.execute(sql)
