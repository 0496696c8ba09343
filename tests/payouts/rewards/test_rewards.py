"""What inviting a shop earns is booked once, and read on earnings."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from hubshops.applications.models import Application
from hubshops.referrals.actions import link_for, note_live, note_referrals
from kernel.notifications.models import Mail
from payouts.ledger.models import Entry
from payouts.ledger.queries import payable_cents, trial_balance_cents
from payouts.providers.models import PayoutAccount
from payouts.rewards.actions import book_rewards
from payouts.rewards.models import Reward
from payouts.statements.queries.replay import decided
from tests.factories import MORNING, close_by_hand, make_member, make_shop
from tests.hubshops.applications.test_actions import apply

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop(phone="479-555-0111", address1="9 Far St", email="us@rosas.test")


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa", email="rosa@rosas.test")


@pytest.fixture
def invited(shop, rosa):
    """Rosa invited a shop, and it is live."""
    apply(referral_code=link_for(shop=shop, user=rosa, at=MORNING).code)
    note_referrals(at=MORNING)
    found = make_shop("Ana's")
    Application.objects.update(shop=found, status="approved")
    note_live(at=MORNING)
    Mail.objects.all().delete()
    return found


def test_a_milestone_is_booked_once_and_the_owner_reads_it(client, shop, rosa, invited):
    assert (book_rewards(at=MORNING), book_rewards(at=MORNING)) == (1, 0)
    assert payable_cents(shop.pk) == 5000
    assert payable_cents(invited.pk) == trial_balance_cents() == 0
    assert "$50.00 for Rosa's Bodega is in your next payment." in Mail.objects.get().body
    client.force_login(rosa)
    page = client.get("/shop/earnings/2026-11-20/").content.decode()
    assert "For a shop that you invited" in page
    assert "Ana" not in page


def test_after_ninety_days_the_second_one_follows(shop, rosa, invited):
    book_rewards(at=MORNING)
    assert book_rewards(at=MORNING + dt.timedelta(days=90)) == 1
    assert payable_cents(shop.pk) == 15000


def test_the_books_can_be_worked_out_again(shop, rosa, invited):
    book_rewards(at=MORNING)
    assert decided(shop, Entry.objects.get(source_type="referred")) == 5000


def test_nothing_goes_to_the_bank_account_of_who_was_invited(shop, rosa, invited):
    for one in (shop, invited):
        PayoutAccount.objects.create(
            shop=one, payee_reference=one.slug, bank_name="First", bank_last4="1234"
        )
    assert book_rewards(at=MORNING) == 0
    assert not Entry.objects.exists()


def test_a_closed_shop_earns_nothing_more(shop, rosa, invited):
    close_by_hand(shop)
    assert book_rewards(at=MORNING) == 0


def test_a_reward_is_booked_once_in_the_table_and_stays(shop, rosa, invited):
    book_rewards(at=MORNING)
    reward = Reward.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reward (referral_id, kind, amount_cents, entry_id, booked_at)"
            " SELECT referral_id, kind, amount_cents, entry_id, booked_at FROM reward"
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        reward.delete()
