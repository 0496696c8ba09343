"""A package beyond the cap earns its fee and what was promised on top, to the cent."""

import datetime as dt

import pytest
from django.db import connection, transaction

from hubshops.assignment.models import Assignment, OverflowOffer
from hubshops.shops.models import Shop
from payouts.accruals.actions import accrue_waiting
from payouts.accruals.models import Accrual
from payouts.accruals.queries import packages_by_day, wrong_accruals, wrong_entries
from payouts.ledger.models import Entry, Posting
from payouts.ledger.queries import payable_cents, trial_balance_cents
from payouts.rates.actions import ExtraWasPromised, FeeChangesTooEarly
from payouts.rates.models import Rate
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.factories import DAY, MORNING, make_delivery, make_shop
from tests.payouts.helpers import agree, beyond_cap, promise, refused_by, void

pytestmark = pytest.mark.django_db
LATER = MORNING + dt.timedelta(hours=8)


@pytest.fixture
def shop():
    shop = make_shop(daily_cap=2)
    agree(shop, 250)
    return shop


def amounts() -> list[tuple[str, int]]:
    return list(Accrual.objects.order_by("pk").values_list("kind", "amount_cents"))


def test_each_cent_has_its_rate_and_both_are_one_entry(shop):
    extra = promise(75, station=shop.station)
    make_delivery(shop=shop)
    delivery = beyond_cap(make_delivery(shop=shop))
    assert accrue_waiting(at=LATER) == (2, 575)
    assert amounts() == [("fee", 250), ("fee", 250), ("premium", 75)]
    premium = Accrual.objects.get(kind="premium")
    assert (premium.delivery, premium.rate, premium.entry) == (delivery, extra, Entry.objects.get())
    assert Posting.objects.get().amount_cents == 575
    assert payable_cents(shop.pk) == 575
    assert packages_by_day(shop_id=shop.pk, first=DAY, last=DAY) == {DAY: 2}
    assert accrue_waiting(at=LATER, is_full=True) == (0, 0)


def test_a_package_within_the_cap_earns_its_fee_alone(shop):
    promise(75, station=shop.station)
    beyond_cap(make_delivery(shop=shop))
    Assignment.objects.update(slot=1, offer=None)
    accrue_waiting(at=LATER)
    assert amounts() == [("fee", 250)]
    assert wrong_accruals() == []


@pytest.mark.parametrize("cents", [None, 0])
def test_without_an_extra_the_fee_is_all(shop, cents):
    if cents is not None:
        promise(cents, shop=shop)
    beyond_cap(make_delivery(shop=shop))
    assert accrue_waiting(at=LATER) == (1, 250)
    assert amounts() == [("fee", 250)]
    assert is_clean(check_of_books(at=LATER))


def test_the_shops_own_extra_goes_before_its_stations(shop):
    promise(75, station=shop.station)
    promise(90, shop=shop)
    beyond_cap(make_delivery(shop=shop))
    assert accrue_waiting(at=LATER) == (1, 340)


def test_a_door_a_day_later_earns_what_was_promised_for_the_day_asked(shop):
    promise(75, shop=shop)
    tomorrow = DAY + dt.timedelta(days=1)
    promise(40, shop=shop, first_day=tomorrow)
    beyond_cap(make_delivery(shop=shop, at=MORNING + dt.timedelta(days=1)))
    accrue_waiting(at=LATER + dt.timedelta(days=1))
    assert Accrual.objects.get(kind="premium").amount_cents == 75
    assert wrong_accruals() == []


def test_a_voided_delivery_gives_back_both_and_the_books_stand_at_nothing(shop):
    promise(75, shop=shop)
    make_delivery(shop=shop)
    delivery = beyond_cap(make_delivery(shop=shop))
    accrue_waiting(at=LATER)
    void(delivery, at=LATER)
    assert accrue_waiting(at=LATER) == (1, -325)
    assert amounts()[3:] == [("reversal", -250), ("premium_reversal", -75)]
    assert (payable_cents(shop.pk), trial_balance_cents()) == (250, 0)
    assert packages_by_day(shop_id=shop.pk, first=DAY, last=DAY) == {DAY: 1}
    assert accrue_waiting(at=LATER) == (0, 0)
    assert (wrong_accruals(), wrong_entries()) == ([], [])


def test_voided_before_the_sweep_it_earns_nothing(shop):
    promise(75, shop=shop)
    void(beyond_cap(make_delivery(shop=shop)), at=LATER)
    assert accrue_waiting(at=LATER) == (0, 0)
    assert amounts() == []


def test_a_delivery_earns_one_premium(shop):
    promise(75, shop=shop)
    beyond_cap(make_delivery(shop=shop))
    accrue_waiting(at=LATER)
    with refused_by("accrual_once") as cursor:
        cursor.execute(
            "INSERT INTO accrual (delivery_id, kind, shop_id, delivered_on, rate_id, amount_cents,"
            " entry_id) SELECT delivery_id, kind, shop_id, delivered_on, rate_id, amount_cents,"
            " entry_id FROM accrual WHERE kind = 'premium'"
        )


@pytest.mark.parametrize(("kind", "cents"), [("premium", -1), ("premium_reversal", 1)])
def test_the_sign_of_a_premium_follows_its_kind(shop, kind, cents):
    make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    with refused_by("accrual_sign_follows_kind") as cursor:
        cursor.execute(
            "INSERT INTO accrual (delivery_id, kind, shop_id, delivered_on, rate_id, amount_cents,"
            " entry_id) SELECT delivery_id, %s, shop_id, delivered_on, rate_id, %s,"
            " entry_id FROM accrual",
            [kind, cents],
        )


def tamper(sql: str, *parameters: object) -> set[str]:
    """What the check finds after a change that no action makes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return {row["code"] for row in wrong_accruals()}


def test_the_nightly_check_finds_a_premium_that_is_missing_or_not_due(shop):
    extra = promise(75, shop=shop)
    make_delivery(shop=shop)
    beyond_cap(make_delivery(shop=shop))
    accrue_waiting(at=LATER)
    assert wrong_accruals() == []
    assert tamper("UPDATE accrual SET amount_cents = 74 WHERE kind = 'premium'") == {"wrong_amount"}
    fee = Accrual.objects.filter(kind="fee").first().rate_id
    assert tamper("UPDATE accrual SET rate_id = %s WHERE kind = 'premium'", fee) == {"wrong_rate"}
    tamper("UPDATE accrual SET rate_id = %s, amount_cents = 75 WHERE kind = 'premium'", extra.pk)
    assert wrong_accruals() == []
    gone = "UPDATE assignment SET slot = 1, offer_id = NULL"
    assert tamper(gone) == {"wrong_premium"}
    tamper("UPDATE assignment SET slot = 3, offer_id = %s", OverflowOffer.objects.get().pk)
    assert tamper("DELETE FROM accrual WHERE kind = 'premium'") == {"premium_missing"}


def test_an_extra_never_reaches_back_not_even_the_first_one(shop):
    with pytest.raises(FeeChangesTooEarly):
        promise(75, shop=shop, first_day=DAY, at=MORNING)
    first = promise(75, shop=shop, first_day=DAY + dt.timedelta(days=1), at=MORNING)
    assert first.valid.lower == DAY + dt.timedelta(days=1)


def ask(shop: Shop, *, days: int) -> None:
    day = DAY + dt.timedelta(days=days)
    OverflowOffer.objects.create(shop=shop, service_day=day, extra=2, offered_at=MORNING)


@pytest.mark.parametrize("card", ["shop", "station"])
def test_an_extra_never_gets_smaller_on_a_day_for_which_a_shop_was_asked(shop, card):
    owner = {card: shop if card == "shop" else shop.station}
    promise(75, station=shop.station)
    ask(shop, days=3)
    near, far = DAY + dt.timedelta(days=2), DAY + dt.timedelta(days=4)
    with pytest.raises(ExtraWasPromised, match=r"\$0.75"):
        promise(74, first_day=near, at=MORNING, **owner)
    assert Rate.objects.filter(kind="over_cap").count() == 1
    promise(75 + 1, first_day=near, at=MORNING, **owner)
    promise(10, first_day=far, at=MORNING, **owner)


def test_a_stations_extra_is_free_to_fall_where_the_shop_has_its_own(shop):
    promise(75, station=shop.station)
    promise(80, shop=shop)
    ask(shop, days=3)
    promise(10, station=shop.station, first_day=DAY + dt.timedelta(days=2), at=MORNING)


def test_extras_and_fees_of_one_card_are_two_histories(shop):
    promise(75, shop=shop)
    assert set(Rate.objects.values_list("kind", "amount_cents")) == {
        ("delivery", 250),
        ("over_cap", 75),
    }
