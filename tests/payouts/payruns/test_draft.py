"""A draft claims what was earned and nobody paid, and freezes it."""

import datetime as dt

import pytest

from hubshops.shops.actions import suspend_shop
from hubshops.shops.models import SuspensionReason
from kernel.audit.models import Decision
from payouts.accruals.actions import accrue_waiting
from payouts.payruns.actions import cancel_run, draft_run
from payouts.payruns.actions.drafting import BooksAreOff, MayNotDraft, NothingToPay
from payouts.payruns.models import HeldShop, PayRun, Transfer, TransferItem
from payouts.payruns.queries import snapshot_of
from payouts.providers.actions import let_payouts_go_on
from payouts.providers.models import PayoutAccount
from tests.factories import DAY, MORNING, make_delivery, make_shop, make_staff
from tests.payouts.helpers import LATER, earn, make_olga, make_pavel, on_hold, pay, void

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_olga()


@pytest.fixture
def shop():
    shop = make_shop()
    earn(shop)
    return shop


def test_a_draft_books_what_waits_and_claims_it(olga, shop):
    run = draft_run(through=DAY, by=olga, at=LATER)
    transfer = Transfer.objects.get()
    assert (run.status, run.shops, run.cents) == ("drafted", 1, 350)
    assert (transfer.shop, transfer.amount_cents, transfer.status) == (shop, 350, "pending")
    assert (transfer.gateway, transfer.payee_reference) == ("bank_file", shop.slug)
    assert transfer.key == f"transfer:{transfer.pk}"
    assert sum(item.amount_cents for item in transfer.items.all()) == 350
    assert run.snapshot == snapshot_of(run)
    assert len(run.snapshot) == 64
    assert PayoutAccount.objects.get().payee_reference == shop.slug
    assert Decision.objects.filter(action="draft_run", by=olga, subject_id=str(run.pk)).exists()


def test_only_days_up_to_the_last_one_are_paid(olga, shop):
    make_delivery(shop=shop, at=MORNING + dt.timedelta(days=1))
    run = draft_run(through=DAY, by=olga, at=LATER + dt.timedelta(days=1))
    assert run.cents == 350
    later = draft_run(through=DAY + dt.timedelta(days=1), by=olga, at=LATER + dt.timedelta(days=1))
    assert later.cents == 175


def test_a_late_delivery_of_a_paid_day_joins_the_next_run(olga, shop):
    draft_run(through=DAY, by=olga, at=LATER)
    make_delivery(shop=shop)
    assert draft_run(through=DAY, by=olga, at=LATER).cents == 175


def test_a_second_draft_finds_nothing_and_writes_nothing(olga, shop):
    draft_run(through=DAY, by=olga, at=LATER)
    with pytest.raises(NothingToPay, match="Nothing is due up to 2026-11-20"):
        draft_run(through=DAY, by=olga, at=LATER)
    assert PayRun.objects.count() == Transfer.objects.count() == 1


def test_people_who_do_not_draft_are_refused(shop):
    for person in [make_pavel(), make_staff("Kim", "dispatcher")]:
        with pytest.raises(MayNotDraft, match="Only people who draft pay runs"):
            draft_run(through=DAY, by=person, at=LATER)
    assert not PayRun.objects.exists()


def test_shops_that_cannot_be_paid_now_are_listed_with_the_reason(olga, shop, settings):
    settings.LEAST_PAYOUT_CENTS = 100
    held = {name: make_shop(name) for name in ["hold", "small", "rateless", "owing"]}
    earn(held["hold"])
    earn(held["small"], 1, cents=99)
    make_delivery(shop=held["rateless"])
    earn(held["owing"], 1)
    pay(olga, make_pavel(), at=LATER)
    make_delivery(shop=held["hold"])
    make_delivery(shop=shop)
    on_hold(shop=held["hold"], by=olga, at=LATER, reason="Bank account in question")
    void(held["owing"].deliveries.get(), at=LATER)
    run = draft_run(through=DAY, by=olga, at=LATER)
    found = HeldShop.objects.filter(run=run).values_list("shop__name", "cents", "reason")
    assert set(found) == {
        ("hold", 175, "payout_on_hold"),
        ("small", 99, "below_minimum"),
        ("rateless", 0, "unpriced_deliveries"),
        ("owing", -175, "negative_balance"),
    }
    assert [t.shop for t in run.transfers.all()] == [shop]


def test_a_suspended_shop_is_paid_what_it_earned_as_its_letter_says(olga, shop):
    suspend_shop(shop=shop, reason=SuspensionReason.PAPERS, at=LATER)
    run = draft_run(through=DAY, by=olga, at=LATER)
    assert [(one.shop, one.amount_cents) for one in run.transfers.all()] == [(shop, 350)]
    assert not run.held_shops.exists()


def test_what_is_held_joins_a_later_run(olga, shop):
    on_hold(shop=shop, by=olga, at=LATER, reason="Bank account in question")
    with pytest.raises(NothingToPay, match="Shops held back: 1"):
        draft_run(through=DAY, by=olga, at=LATER)
    let_payouts_go_on(shop=shop, by=olga, at=LATER)
    assert draft_run(through=DAY, by=olga, at=LATER).cents == 350


def test_what_was_taken_back_is_netted_by_the_next_run(olga, shop):
    pay(olga, make_pavel())
    void(shop.deliveries.first(), at=LATER)
    for _ in range(3):
        make_delivery(shop=shop)
    run = draft_run(through=DAY, by=olga, at=LATER)
    assert run.cents == 2 * 175
    assert sorted(run.transfers.get().items.values_list("amount_cents", flat=True)) == [-175, 525]


def test_a_fee_booked_behind_the_books_back_stops_the_draft(olga, shop):
    from django.db import connection

    accrue_waiting(at=LATER)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE accrual SET amount_cents = 1 WHERE id = (SELECT min(id) FROM accrual)"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(BooksAreOff, match="in 1 entries"):
        draft_run(through=DAY, by=olga, at=LATER)
    assert not PayRun.objects.exists()


def test_a_cancelled_draft_gives_back_what_it_claimed(olga, shop):
    run = draft_run(through=DAY, by=olga, at=LATER)
    for _ in range(2):
        assert cancel_run(run_id=run.pk, by=olga, at=LATER).status == "cancelled"
    assert TransferItem.objects.filter(released_at=None).count() == 0
    assert Transfer.objects.get().status == "cancelled"
    assert draft_run(through=DAY, by=olga, at=LATER).cents == 350


def test_the_cost_of_a_draft_does_not_grow_with_its_shops(olga, django_assert_max_num_queries):
    for number in range(12):
        earn(make_shop(f"Shop {number}"), 1)
    accrue_waiting(at=LATER)
    with django_assert_max_num_queries(66):
        assert draft_run(through=DAY, by=olga, at=LATER).shops == 12
