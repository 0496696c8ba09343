"""A week that ends below what was promised is topped up once, two days after it ended."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from hubshops.shops.actions import (
    ask_pause,
    ask_to_leave,
    lift_suspension,
    suspend_shop,
    turn_shops,
)
from hubshops.shops.models import Shop, SuspensionReason
from payouts.accruals.actions import accrue_waiting, top_up_weeks
from payouts.accruals.models import Accrual
from payouts.accruals.queries import lines_of_day
from payouts.ledger.models import Entry
from payouts.ledger.queries import payable_cents
from payouts.payruns.actions import draft_run
from payouts.rates.rules import Line
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.factories import DAY, MORNING, make_delivery, make_member, make_shop
from tests.payouts.helpers import make_olga, plain, refused_by, void, write_card

pytestmark = pytest.mark.django_db
SUNDAY = dt.date(2026, 11, 22)
TUESDAY = MORNING + dt.timedelta(days=4)
WEDNESDAY = MORNING + dt.timedelta(days=5)


@pytest.fixture
def shop():
    """Open on Fridays and Saturdays, which are promised $10.00 each; opened in that week."""
    shop = make_shop(weekdays="56", opened_at=MORNING - dt.timedelta(days=4))
    write_card(plain(150), Line("minimum", 1000), station=shop.station)
    return shop


def test_what_is_missing_is_booked_once_the_week_is_over_for_two_days(shop):
    for _ in range(3):
        make_delivery(shop=shop)
    accrue_waiting(at=TUESDAY)
    assert top_up_weeks(at=TUESDAY) == (0, 0)
    assert top_up_weeks(at=WEDNESDAY) == (1, 2000 - 450)
    assert top_up_weeks(at=WEDNESDAY) == (0, 0)
    top_up = Accrual.objects.get(kind="top_up")
    assert (top_up.delivered_on, top_up.rate.kind) == (SUNDAY, "minimum")
    assert Entry.objects.get(source_key__endswith="top_up").booked_on == SUNDAY
    assert payable_cents(shop.pk) == 2000
    assert is_clean(check_of_books(at=WEDNESDAY))
    [line] = lines_of_day(shop_id=shop.pk, day=SUNDAY)
    assert line["rate_words"] == "Guaranteed minimum for an open day"


def test_a_week_that_earned_enough_gets_nothing(shop):
    for _ in range(14):
        make_delivery(shop=shop)
    accrue_waiting(at=WEDNESDAY)
    assert top_up_weeks(at=WEDNESDAY) == (0, 0)


def test_a_day_off_is_not_promised(shop):
    shop.days_off.create(day=DAY + dt.timedelta(days=1))
    assert top_up_weeks(at=WEDNESDAY) == (1, 1000)


def test_what_was_taken_back_does_not_count_as_earned(shop):
    void(make_delivery(shop=shop), at=MORNING)
    delivery = make_delivery(shop=shop)
    accrue_waiting(at=MORNING)
    void(delivery, at=MORNING)
    accrue_waiting(at=MORNING)
    assert top_up_weeks(at=WEDNESDAY) == (1, 2000)


def test_a_week_with_a_delivery_that_waits_for_its_fee_is_left_for_later(shop):
    make_delivery(shop=shop)
    assert top_up_weeks(at=WEDNESDAY) == (0, 0)
    accrue_waiting(at=WEDNESDAY)
    assert top_up_weeks(at=WEDNESDAY) == (1, 1850)


def test_the_own_minimum_goes_before_the_stations(shop):
    write_card(Line("minimum", 200), shop=shop)
    assert top_up_weeks(at=WEDNESDAY) == (1, 400)


def test_a_shop_that_left_is_topped_up_for_the_days_it_was_open(shop):
    ask_to_leave(shop=shop, last_day=DAY, at=MORNING, by=make_member(shop))
    turn_shops(at=TUESDAY)
    assert Shop.objects.get().status == "offboarding"
    assert top_up_weeks(at=WEDNESDAY) == (1, 1000)


def test_a_pause_that_begins_after_the_week_takes_nothing_of_it(shop):
    monday = SUNDAY + dt.timedelta(days=1)
    ask_pause(shop=shop, first_day=monday, last_day=None, at=MORNING, by=make_member(shop))
    turn_shops(at=TUESDAY)
    assert Shop.objects.get().status == "paused_by_shop"
    assert top_up_weeks(at=WEDNESDAY) == (1, 2000)


def test_a_paper_that_lapses_after_the_week_takes_nothing_of_it(shop):
    suspend_shop(shop=shop, reason=SuspensionReason.PAPERS, at=TUESDAY)
    assert top_up_weeks(at=WEDNESDAY) == (1, 2000)


@pytest.mark.parametrize(
    ("began", "ended", "cents"),
    [
        (20, None, 0),
        (21, None, 1000),  # Friday's packages were given out
        (-48, 20, 2000),  # gone before Friday's packages are given out
        (-48, 21, 1000),
        (-48, 60, 0),
    ],
)
def test_a_day_that_was_suspended_at_its_cut_off_is_not_promised(shop, began, ended, cents):
    """Hours count from Thursday's midnight at the station; the cut-off is at eight."""
    thursday = dt.datetime.combine(DAY - dt.timedelta(days=1), dt.time(), ZoneInfo(shop.zone))
    papers = {"shop": shop, "reason": SuspensionReason.PAPERS}
    suspend_shop(**papers, at=thursday + dt.timedelta(hours=began))
    if ended is not None:
        lift_suspension(**papers, at=thursday + dt.timedelta(hours=ended))
    assert top_up_weeks(at=WEDNESDAY)[1] == cents


def test_a_shop_that_gets_ready_is_promised_nothing():
    shop = make_shop("New", opened_at=MORNING - dt.timedelta(days=4), status="preparing")
    write_card(plain(150), Line("minimum", 1000), station=shop.station)
    assert top_up_weeks(at=WEDNESDAY) == (0, 0)


def test_what_comes_later_earns_its_fee_on_top(shop):
    top_up_weeks(at=WEDNESDAY)
    make_delivery(shop=shop)
    assert accrue_waiting(at=WEDNESDAY) == (1, 150)
    assert top_up_weeks(at=WEDNESDAY) == (0, 0)
    assert payable_cents(shop.pk) == 2150


def test_a_pay_run_takes_the_top_up_along(shop):
    run = draft_run(through=SUNDAY, by=make_olga(), at=WEDNESDAY)
    assert run.cents == 2000


@pytest.mark.parametrize(
    ("law", "values"),
    [
        ("accrual_top_up_once_a_week", "NULL, 'top_up', 5"),
        ("accrual_top_up_iff_without_delivery", "NULL, 'fee', 5"),
        ("accrual_sign_follows_kind", "NULL, 'top_up', -5"),
    ],
)
def test_the_laws_of_top_ups_hold_in_sql(shop, law, values):
    top_up_weeks(at=WEDNESDAY)
    with refused_by(law) as cursor:
        cursor.execute(
            "INSERT INTO accrual (delivery_id, kind, amount_cents, shop_id, delivered_on, rate_id,"
            f" entry_id) SELECT {values}, shop_id, delivered_on, rate_id, entry_id FROM accrual"
        )
