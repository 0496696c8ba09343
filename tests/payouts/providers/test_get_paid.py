"""Rosa connects her bank at Stripe; our page says in a sentence where she stands."""

import datetime as dt
import urllib.parse
import urllib.request

import pytest

from kernel.audit.models import Decision
from payouts.providers.actions import connect_shop, refresh_account, refresh_shop
from payouts.providers.actions.accounts import StripeIsOff, StripeIsSilent
from payouts.providers.models import BankPayout, PayoutAccount
from payouts.providers.rules import Capability, Requirement
from payouts.providers.rules.facts import capability_of
from payouts.providers.rules.words import fix_for, wanted_words
from tests.factories import MORNING, make_member, make_shop, show_again
from tests.payouts.helpers import approve, connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa(client):
    """Rosa, signed in, who just showed again who she is."""
    person = make_member(make_shop(), "Rosa")
    client.force_login(person)
    show_again(client)
    return person


@pytest.fixture
def account(rosa):
    return PayoutAccount.objects.get


def seen(client) -> str:
    return " ".join(client.get("/shop/payout/").text.split())


def test_rosa_goes_to_stripe_and_comes_back_all_set(client, rosa, account, local_stripe, caplog):
    assert "Tell Stripe where your money goes" in seen(client)
    there = client.post("/shop/payout/start/")
    assert there.status_code == 302
    assert there.url.startswith(f"{local_stripe.base}/onboarding/")
    assert there.headers["Cache-Control"] == "no-store"
    token = there.url.rsplit("/", 1)[1]
    assert token not in caplog.text
    client.get("/shop/payout/back/")
    assert "Something is missing before we can pay you" in seen(client)
    assert "Your Social Security number" in seen(client)
    urllib.request.urlopen(there.url).read()
    form = urllib.parse.urlencode({"routing": "110000000", "number": "000123456789"}).encode()
    with pytest.raises(urllib.error.HTTPError) as left:
        urllib.request.build_opener(Stay).open(there.url, data=form)
    assert left.value.headers["Location"] == "http://testserver/shop/payout/back/"
    client.get("/shop/payout/back/")
    assert "All set: your money goes to the bank account ending in 6789" in seen(client)
    assert (account().gateway, account().payee_reference) == (
        "stripe",
        account().provider_reference,
    )
    kept = str(list(Decision.objects.values())) + str(vars(account()))
    assert token not in kept
    assert "000123456789" not in kept


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *args):
        return None


def test_two_clicks_make_one_account(client, rosa, account, local_stripe):
    for _ in range(2):
        client.post("/shop/payout/start/")
    PayoutAccount.objects.update(provider_reference="", capability="none")
    client.post("/shop/payout/start/")
    made = local_stripe.posts("/v2/core/accounts")
    assert {row["key"] for row in made} == {account().creation_key}
    assert len(local_stripe.state()["accounts"]) == 1


def test_a_used_link_leads_to_a_new_one(client, rosa, local_stripe):
    first = client.post("/shop/payout/start/").url
    again = client.get("/shop/payout/again/").url
    assert again != first
    assert again.startswith(f"{local_stripe.base}/onboarding/")


def test_the_page_says_by_when_and_what_a_blocked_shop_does(client, rosa, account, local_stripe):
    connect(local_stripe, rosa.memberships.get().shop)
    name = account().provider_reference
    deadline = dt.datetime(2026, 12, 4, 18, tzinfo=dt.UTC).timestamp()
    wanted = [["identity.individual.id_number", "user", "individual.id_number"]]
    local_stripe.capability(account=name, status="active", wanted=wanted, deadline=deadline)
    refresh_account(reference=name, at=MORNING)
    assert "Stripe needs it by Friday, December 4." in seen(client)
    local_stripe.capability(account=name, status="pending", wanted=[])
    refresh_account(reference=name, at=MORNING)
    assert "Stripe is checking what you sent" in seen(client)
    local_stripe.close(account=name)
    refresh_account(reference=name, at=MORNING)
    assert "Stripe cannot pay you" in seen(client)


def test_payouts_to_the_bank_are_shown_with_their_fix(client, rosa, account, local_stripe):
    shop = rosa.memberships.get().shop
    connect(local_stripe, shop)
    local_stripe.top_up(cents=5000)
    local_stripe.transfer(amount=1234, destination=account().provider_reference)
    (out,) = local_stripe.sweep()
    refresh_shop(shop=shop, at=MORNING)
    assert "On its way to your bank" in seen(client)
    assert "$12.34" in seen(client)
    local_stripe.fail_payout(payout=out["id"], code="no_account")
    refresh_shop(shop=shop, at=MORNING)
    assert "Your bank knows no such account. Correct the numbers at Stripe." in seen(client)
    assert BankPayout.objects.get().bank_last4 == "6789"


def test_the_first_version_of_accounts_works_the_same(
    client, rosa, account, local_stripe, settings
):
    settings.STRIPE_ACCOUNTS = "v1"
    there = client.post("/shop/payout/start/").url
    assert there.startswith(f"{local_stripe.base}/onboarding/")
    client.get("/shop/payout/back/")
    assert "Something is missing" in seen(client)
    local_stripe.onboard(account=account().provider_reference)
    client.get("/shop/payout/back/")
    assert "All set" in seen(client)
    assert len(local_stripe.posts("/v1/accounts")) == 1


def test_the_shops_own_pages_at_stripe_open_by_a_fresh_link(client, rosa, local_stripe):
    assert client.post("/shop/payout/dashboard/").url == "/shop/payout/"
    connect(local_stripe, rosa.memberships.get().shop)
    there = client.post("/shop/payout/dashboard/")
    assert there.url.startswith(f"{local_stripe.base}/express/")


def test_a_silent_stripe_is_said_and_nothing_is_written(client, rosa, local_stripe):
    local_stripe.faults(rules=[{"path": "/v2/.*", "do": "503"}])
    answer = client.post("/shop/payout/start/", follow=True)
    assert "Stripe does not answer right now" in answer.text
    assert not PayoutAccount.objects.exclude(provider_reference="").exists()
    with pytest.raises(StripeIsSilent):
        connect_shop(shop=rosa.memberships.get().shop, by=rosa, at=MORNING)


def test_without_stripe_our_bank_pays(client, rosa, settings):
    settings.STRIPE_SECRET_KEY = ""
    assert "Our bank pays you" in seen(client)
    with pytest.raises(StripeIsOff):
        connect_shop(shop=rosa.memberships.get().shop, by=rosa, at=MORNING)
    assert not PayoutAccount.objects.exists()


def test_the_form_may_lead_to_stripe_and_nowhere_else(client, rosa, local_stripe):
    policy = client.get("/shop/payout/").headers["Content-Security-Policy"]
    (allowed,) = [part for part in policy.split("; ") if part.startswith("form-action")]
    assert allowed.startswith("form-action 'self' https://*.stripe.com")
    assert "stripe" not in client.get("/shop/team/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("status", "needs", "reason", "expected"),
    [
        ("active", [Requirement("x")], "", Capability.ACTIVE),
        ("restricted", [Requirement("x")], "requirements_past_due", Capability.MISSING),
        ("restricted", [Requirement("x", is_theirs=True)], "", Capability.CHECKING),
        ("pending", [], "", Capability.CHECKING),
        ("restricted", [], "restricted_other", Capability.BLOCKED),
        ("inactive", [Requirement("x")], "rejected.fraud", Capability.BLOCKED),
    ],
)
def test_our_word_for_a_providers_status(status, needs, reason, expected):
    assert capability_of(status, is_closed=False, requirements=needs, reason=reason) == expected
    closed = capability_of(status, is_closed=True, requirements=needs, reason=reason)
    assert closed == Capability.CLOSED


def test_codes_become_words_each_once():
    words = wanted_words(["individual.dob.day", "individual.dob.year", "strange.code"])
    assert [str(one) for one in words] == [
        "Your date of birth",
        "One more thing, which Stripe’s page names",
    ]
    assert "another one" in str(fix_for("account_closed"))
    assert "Your bank sent the money back" in str(fix_for("new_code"))


def test_earnings_name_the_bank_account_and_a_payment_that_waits(client, rosa, local_stripe):
    from payouts.payruns import actions as payruns
    from payouts.payruns.models import Transfer
    from tests.factories import DAY
    from tests.payouts.helpers import LATER, earn, make_olga, make_pavel

    shop = rosa.memberships.get().shop
    earn(shop)
    connect(local_stripe, shop)
    local_stripe.top_up(cents=5000)
    run = payruns.draft_run(through=DAY, by=make_olga(), at=LATER)
    approve(run, by=make_pavel(), at=LATER)
    name = shop.payout_account.provider_reference
    local_stripe.capability(account=name, status="pending")
    payruns.send_run(run_id=run.pk, at=LATER)
    page = client.get("/shop/earnings/").text
    assert "bank account ending in 6789" in page
    assert "Stripe cannot pay you now" in page
    assert "requirements_" not in page
    local_stripe.capability(account=name, status="active")
    refresh_account(reference=name, at=LATER)
    payruns.send_waiting(at=LATER + dt.timedelta(hours=1))
    assert Transfer.objects.get().status == "sent"
    assert "it goes on to your bank, by" in client.get("/shop/earnings/").text


def test_owners_are_told_once_when_their_money_cannot_reach_them(rosa, account, local_stripe):
    from kernel.notifications.models import Mail

    shop = rosa.memberships.get().shop
    connect(local_stripe, shop)
    name = account().provider_reference
    local_stripe.top_up(cents=5000)
    local_stripe.transfer(amount=1234, destination=name)
    (out,) = local_stripe.sweep()
    local_stripe.fail_payout(payout=out["id"], code="account_closed")
    local_stripe.capability(account=name, status="restricted", wanted=[["x", "user", "x"]])
    for _ in range(2):
        refresh_shop(shop=shop, at=MORNING)
    account_letter, bank_letter = Mail.objects.order_by("pk")
    assert account_letter.subject == "Stripe can’t pay you right now"
    assert bank_letter.subject == "Your bank sent a payout back"
    assert "your bank sent back $12.34 that Stripe paid out to Rosa's Bodega" in bank_letter.body
    assert "Give Stripe another one." in bank_letter.body
    local_stripe.capability(account=name, status="active", wanted=[])
    refresh_shop(shop=shop, at=MORNING)
    local_stripe.capability(account=name, status="restricted")
    refresh_shop(shop=shop, at=MORNING)
    assert Mail.objects.count() == 3
