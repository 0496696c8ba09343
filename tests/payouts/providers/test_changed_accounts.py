"""Where a bank account was changed, payments wait some days and the owners are told."""

import datetime as dt

import pytest

from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from payouts.payruns.actions import draft_run
from payouts.payruns.actions.drafting import NothingToPay
from payouts.payruns.models import HeldShop, PayRun
from payouts.providers.actions import confirm_bank_details, refresh_account, set_bank_details
from payouts.providers.models import PayoutAccount
from payouts.providers.queries import pay_state_of
from tests.factories import DAY, make_member, make_shop
from tests.payouts.helpers import LATER, connect, earn, make_olga, make_pavel

pytestmark = pytest.mark.django_db
DAYS = dt.timedelta(days=1)


@pytest.fixture
def shop():
    shop = make_shop()
    make_member(shop, "Rosa")
    earn(shop)
    return shop


@pytest.fixture
def olga():
    return make_olga()


@pytest.fixture
def pavel():
    return make_pavel()


def enter(shop, number, by, at):
    set_bank_details(
        shop=shop,
        routing_number="011000015",
        account_number=number,
        is_savings=False,
        by=by,
        at=at,
    )


def test_a_first_account_does_not_wait(shop, olga, pavel):
    enter(shop, "111111111", olga, LATER)
    enter(shop, "222222222", olga, LATER)  # a slip, corrected before anybody confirmed it
    confirm_bank_details(shop=shop, by=pavel, at=LATER)
    assert PayoutAccount.objects.get().bank_waits_until is None
    assert draft_run(through=DAY, by=olga, at=LATER).shops == 1


def test_a_changed_account_waits_three_days_from_its_last_change(shop, olga, pavel):
    enter(shop, "111111111", olga, LATER - 30 * DAYS)
    confirm_bank_details(shop=shop, by=pavel, at=LATER - 30 * DAYS)
    enter(shop, "222222222", olga, LATER - 2 * DAYS)
    enter(shop, "333333333", olga, LATER - DAYS)
    confirm_bank_details(shop=shop, by=pavel, at=LATER)
    assert PayoutAccount.objects.get().bank_waits_until == LATER + 2 * DAYS
    assert "no payment goes there before" in Mail.objects.latest("pk").body
    with pytest.raises(NothingToPay, match="Shops held back: 1"):
        draft_run(through=DAY, by=olga, at=LATER + 2 * DAYS - dt.timedelta(seconds=1))
    assert not PayRun.objects.exists()
    assert draft_run(through=DAY, by=olga, at=LATER + 2 * DAYS).shops == 1


def test_the_run_names_the_reason(shop, olga, pavel):
    earn(make_shop("Zed's Flowers"))
    enter(shop, "111111111", olga, LATER - 30 * DAYS)
    confirm_bank_details(shop=shop, by=pavel, at=LATER - 30 * DAYS)
    enter(shop, "222222222", olga, LATER)
    draft_run(through=DAY, by=olga, at=LATER)
    held = HeldShop.objects.get()
    assert (held.shop, held.reason) == (shop, "new_bank_account")


def test_how_many_days_is_a_setting(shop, olga, pavel, settings):
    settings.BANK_CHANGE_WAITS_DAYS = 7
    enter(shop, "111111111", olga, LATER)
    confirm_bank_details(shop=shop, by=pavel, at=LATER)
    enter(shop, "222222222", olga, LATER)
    assert PayoutAccount.objects.get().bank_waits_until == LATER + 7 * DAYS


def test_a_change_at_stripe_waits_too_and_is_told(shop, local_stripe):
    account = connect(local_stripe, shop, at=LATER)
    assert account.bank_waits_until is None
    assert not Mail.objects.filter(subject__contains="bank account").exists()
    PayoutAccount.objects.update(bank_last4="0001")
    again = refresh_account(reference=account.provider_reference, at=LATER)
    assert again.bank_waits_until == LATER + 3 * DAYS
    letter = Mail.objects.get(subject__contains="bank account")
    assert letter.to == "rosa@shop.test"
    assert f"ends in {again.bank_last4}" in letter.body
    assert Decision.objects.filter(action="bank_changed").count() == 2
    refresh_account(reference=account.provider_reference, at=LATER + DAYS)
    assert PayoutAccount.objects.get().bank_waits_until == LATER + 3 * DAYS


def test_another_account_that_ends_in_the_same_four_waits_too(shop, local_stripe):
    account = connect(local_stripe, shop, at=LATER)
    local_stripe.onboard(account=account.provider_reference, number="999996789")
    again = refresh_account(reference=account.provider_reference, at=LATER)
    assert (again.bank_last4, again.bank_waits_until) == ("6789", LATER + 3 * DAYS)
    assert "ends in 6789" in Mail.objects.get(subject__contains="bank account").body


def test_the_same_account_given_once_more_waits_for_nothing(shop, local_stripe):
    account = connect(local_stripe, shop, at=LATER)
    local_stripe.onboard(account=account.provider_reference)
    again = refresh_account(reference=account.provider_reference, at=LATER)
    assert again.bank_waits_until is None


def test_one_sentence_says_how_the_way_to_the_money_stands(shop, olga, pavel, settings):
    settings.STRIPE_SECRET_KEY = ""
    assert "We do not have your bank account yet." in pay_state_of(shop).words
    enter(shop, "111111111", olga, LATER)
    assert "ending in 1111 waits for a second person" in pay_state_of(shop).words
    assert not pay_state_of(shop).is_set
    confirm_bank_details(shop=shop, by=pavel, at=LATER)
    state = pay_state_of(shop)
    assert (state.words, state.is_set) == (
        "Your money goes to the bank account ending in 1111.",
        True,
    )


def test_with_stripe_the_sentence_is_stripes_answer(shop, local_stripe):
    assert "Tell it where your money goes" in pay_state_of(shop).words
    connect(local_stripe, shop, at=LATER)
    assert pay_state_of(shop).is_set
