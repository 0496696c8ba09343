"""Fees are agreed from a day on, and their history stays as it was."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.audit.models import Decision
from payouts.rates.actions import FeeChangesTooEarly, FeeOutOfRange, agree_rate
from payouts.rates.models import Rate
from payouts.rates.queries import card_of, rate_on, rates_of
from tests.factories import DAY, MORNING, make_shop, make_station

pytestmark = pytest.mark.django_db
TOMORROW = DAY + dt.timedelta(days=1)


def test_the_first_fee_holds_from_the_beginning():
    shop = make_shop()

    rate, changed = agree_rate(shop=shop, amount_cents=150, first_day=TOMORROW, at=MORNING)

    assert changed
    assert (rate.valid.lower, rate.valid.upper) == (None, None)
    assert rate_on(shop, DAY - dt.timedelta(days=400)) == rate


def test_a_change_ends_the_old_fee_and_keeps_its_days():
    shop = make_shop()
    agree_rate(shop=shop, amount_cents=150, first_day=DAY, at=MORNING)

    agree_rate(shop=shop, amount_cents=175, first_day=TOMORROW, at=MORNING)

    assert rate_on(shop, DAY).amount_cents == 150
    assert rate_on(shop, TOMORROW).amount_cents == 175
    assert [rate.amount_cents for rate in rates_of(card_of(shop=shop))] == [150, 175]


def test_the_same_fee_again_changes_nothing():
    shop = make_shop()
    first, _ = agree_rate(shop=shop, amount_cents=150, first_day=DAY, at=MORNING)

    again, changed = agree_rate(shop=shop, amount_cents=150, first_day=TOMORROW, at=MORNING)

    assert (again, changed) == (first, False)
    assert Decision.objects.filter(action="agree_rate").count() == 1


def test_a_change_that_has_not_begun_is_replaced():
    shop = make_shop()
    agree_rate(shop=shop, amount_cents=150, first_day=DAY, at=MORNING)
    agree_rate(shop=shop, amount_cents=175, first_day=TOMORROW, at=MORNING)

    agree_rate(shop=shop, amount_cents=160, first_day=TOMORROW, at=MORNING)

    assert [rate.amount_cents for rate in rates_of(card_of(shop=shop))] == [150, 160]


def test_going_back_before_it_began_leaves_the_old_fee_alone():
    shop = make_shop()
    first, _ = agree_rate(shop=shop, amount_cents=150, first_day=DAY, at=MORNING)
    agree_rate(shop=shop, amount_cents=175, first_day=TOMORROW, at=MORNING)

    back, changed = agree_rate(shop=shop, amount_cents=150, first_day=TOMORROW, at=MORNING)

    assert changed
    assert back.pk == first.pk
    assert [rate.valid.upper for rate in rates_of(card_of(shop=shop))] == [None]


@pytest.mark.parametrize("first_day", [DAY, DAY - dt.timedelta(days=3)])
def test_a_change_reaches_no_day_that_has_begun(first_day):
    shop = make_shop()
    agree_rate(shop=shop, amount_cents=150, first_day=DAY, at=MORNING)

    with pytest.raises(FeeChangesTooEarly) as no:
        agree_rate(shop=shop, amount_cents=175, first_day=first_day, at=MORNING)

    assert no.value.sentence == (
        "A fee can change from 2026-11-21 on: earlier days may be paid already."
    )
    assert [rate.amount_cents for rate in Rate.objects.all()] == [150]


@pytest.mark.parametrize("cents", [-1, 10_001])
def test_a_fee_out_of_range_is_refused(cents):
    shop = make_shop()
    with pytest.raises(FeeOutOfRange) as no:
        agree_rate(shop=shop, amount_cents=cents, first_day=TOMORROW, at=MORNING)
    assert no.value.sentence == "A fee lies between $0.00 and $100.00 a package."
    assert not Rate.objects.exists()


def test_a_shop_without_its_own_card_earns_the_standard():
    station = make_station()
    shop = make_shop(station=station)
    agree_rate(station=station, amount_cents=140, first_day=DAY, at=MORNING)
    assert rate_on(shop, DAY).amount_cents == 140


def test_a_first_fee_of_its_own_leaves_the_days_before_at_the_standard():
    station = make_station()
    shop = make_shop(station=station)
    agree_rate(station=station, amount_cents=140, first_day=DAY, at=MORNING)

    agree_rate(shop=shop, amount_cents=200, first_day=TOMORROW, at=MORNING)

    assert rate_on(shop, DAY).amount_cents == 140
    assert rate_on(shop, TOMORROW).amount_cents == 200


def test_a_shop_opened_today_has_its_own_fee_from_the_beginning():
    station = make_station()
    agree_rate(station=station, amount_cents=140, first_day=DAY, at=MORNING)
    shop = make_shop(station=station, opened_at=MORNING)

    agree_rate(shop=shop, amount_cents=200, first_day=TOMORROW, at=MORNING)

    assert rate_on(shop, DAY).amount_cents == 200


def test_law_rate_no_overlap():
    rate, _ = agree_rate(shop=make_shop(), amount_cents=150, first_day=DAY, at=MORNING)
    with (
        pytest.raises(IntegrityError, match="rate_no_overlap"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO rate (card_id, kind, amount_cents, valid, agreed_at)"
            " VALUES (%s, 'delivery', 160, '[2026-11-21,)', now())",
            [rate.card_id],
        )


def test_law_rate_lasts_a_day():
    rate, _ = agree_rate(shop=make_shop(), amount_cents=150, first_day=DAY, at=MORNING)
    with (
        pytest.raises(IntegrityError, match="rate_lasts_a_day"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE rate SET valid = 'empty' WHERE id = %s", [rate.pk])


def test_law_rate_card_of_a_station_or_a_shop():
    shop = make_shop()
    with (
        pytest.raises(IntegrityError, match="rate_card_of_a_station_or_a_shop"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO rate_card (station_id, shop_id) VALUES (%s, %s)",
            [shop.station_id, shop.pk],
        )
