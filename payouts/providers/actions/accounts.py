"""How shops are paid: accounts at a gateway, holds, and what Stripe says about them."""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.refusals import Refusal
from payouts.providers.actions.letters import (
    tell_of_account,
    tell_of_bank_payout,
    tell_of_new_bank,
)
from payouts.providers.actions.pacing import wait_for_turn
from payouts.providers.gateways import stripe
from payouts.providers.models import BankPayout, CapabilityName, GatewayName, PayoutAccount
from payouts.providers.rules import AccountFacts, BankPayoutFacts, EventFacts, is_other_bank


def open_payout_accounts() -> int:
    """Give every shop without one a payout account by bank file, its slug as the payee's name at
    the bank; how many were opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO payout_account (shop_id, gateway, payee_reference, hold_reason,
                provider_reference, capability, requirements, disabled_reason, bank_name,
                bank_last4, bank_mark, read_number)
            SELECT s.id, %s, s.slug, '', '', 'none', '[]', '', '', '', '', 0 FROM shop s
            WHERE NOT EXISTS (SELECT FROM payout_account a WHERE a.shop_id = s.id)
            ORDER BY s.id ON CONFLICT DO NOTHING
            """,
            [str(GatewayName.BANK_FILE)],
        )
        return cursor.rowcount


class StripeIsOff(Refusal):
    code = "stripe_is_off"
    message = _("Payments through Stripe are not switched on here.")


class StripeIsSilent(Refusal):
    code = "stripe_is_silent"
    message = _("Stripe does not answer right now. Nothing was changed; try again in a minute.")


class StripeSaysNo(Refusal):
    code = "stripe_says_no"
    message = _("Stripe did not take this: {words}")


def connect_shop(*, shop: Shop, by: User | None, at: dt.datetime) -> PayoutAccount:
    """Give a shop its account at Stripe, once: a shop that has one keeps it.

    The key under which Stripe makes it is in our table before the call, so two clicks, and a
    process that died after Stripe answered, lead to the same account. Refuses when Stripe is not
    set up, silent, or says no.
    """
    if not settings.STRIPE_SECRET_KEY:
        raise StripeIsOff
    open_payout_accounts()
    account = PayoutAccount.objects.get(shop=shop)
    if account.provider_reference:
        return account
    try:
        reference = stripe.create_account(
            shop_id=shop.pk, name=shop.name, email=shop.email, key=account.creation_key
        )
    except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
        raise refusal_of(no) from no
    failpoint("account_made")
    return note_connection(account_id=account.pk, reference=reference, by=by, at=at)


def refusal_of(no: Exception) -> Refusal:
    """A provider's no, worded for the person who asked."""
    if isinstance(no, stripe.StripeIsSilentError):
        return StripeIsSilent()
    return StripeSaysNo(words=str(no))


@transaction.atomic
def note_connection(
    *, account_id: int, reference: str, by: User | None, at: dt.datetime
) -> PayoutAccount:
    """Keep the account that Stripe made for a shop; money goes there once Stripe says it can."""
    account = PayoutAccount.objects.select_for_update().get(pk=account_id)
    if account.provider_reference:
        return account
    account.provider_reference = reference
    account.capability = CapabilityName.MISSING
    account.save(update_fields=["provider_reference", "capability"])
    audit.record(at=at, by=by, action="connect_shop", subject=account, account=reference)
    return account


def onboarding_link(
    *, shop: Shop, refresh_url: str, return_url: str, by: User | None, at: dt.datetime
) -> str:
    """A fresh address of Stripe's own pages for this shop, which is connected first when it is
    not. It opens once and is a key in itself: redirect there, keep it nowhere."""
    account = connect_shop(shop=shop, by=by, at=at)
    try:
        return stripe.onboarding_link(
            account.provider_reference, refresh_url=refresh_url, return_url=return_url
        )
    except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
        raise refusal_of(no) from no


def dashboard_link(*, shop: Shop) -> str:
    """A fresh address of a connected shop's own pages at Stripe."""
    account = PayoutAccount.objects.filter(shop=shop).exclude(provider_reference="").first()
    if account is None or not settings.STRIPE_SECRET_KEY:
        raise StripeIsOff
    try:
        return stripe.dashboard_link(account.provider_reference)
    except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
        raise refusal_of(no) from no


def next_read() -> int:
    """A number for a look at the provider, taken before looking: of two looks the one that began
    later counts, whichever is written down first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('provider_read')")
        return int(cursor.fetchone()[0])


def refresh_account(*, reference: str, at: dt.datetime) -> PayoutAccount | None:
    """Ask Stripe about one of our accounts and write down what it says; None when no shop of ours
    has it. Any number of times, in any order. Refuses when Stripe is silent."""
    known = PayoutAccount.objects.filter(provider_reference=reference)
    if not reference or not known.exists():
        return None
    wait_for_turn("reads")
    number = next_read()
    try:
        facts = stripe.read_account(reference)
    except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
        raise refusal_of(no) from no
    return note_account(facts=facts, number=number, at=at)


def note_bank(account: PayoutAccount, last4: str, *, had_one: bool, at: dt.datetime) -> None:
    """Another bank account: where there was one before, payments wait some days, so that an owner
    who did not ask for it can stop them. The caller locked the row and saves it."""
    account.bank_last4, account.bank_since_at = last4, at
    if had_one:
        account.bank_waits_until = at + dt.timedelta(days=settings.BANK_CHANGE_WAITS_DAYS)


@transaction.atomic
def note_account(*, facts: AccountFacts, number: int, at: dt.datetime) -> PayoutAccount:
    """Write down one look at an account, unless a later one was written before. An account that
    can be paid for the first time is where its shop's money goes from now on."""
    account = (
        PayoutAccount.objects.select_related("shop")
        .select_for_update(of=("self",))
        .get(provider_reference=facts.reference)
    )
    if account.read_number > number:
        return account
    was_payable = account.is_payable
    if facts.capability != account.capability:
        audit.record(
            at=at,
            by=None,
            action="payout_account_is",
            subject=account,
            before=account.capability,
            after=str(facts.capability),
        )
    is_changed = is_other_bank(
        known=(account.bank_mark, account.bank_last4), told=(facts.bank_mark, facts.bank_last4)
    )
    if is_changed:
        note_bank(account, facts.bank_last4, had_one=bool(account.bank_last4), at=at)
        audit.record(at=at, by=None, action="bank_changed", subject=account, last4=facts.bank_last4)
    account.capability = facts.capability
    account.requirements = [vars(one) for one in facts.requirements]
    account.deadline_at, account.disabled_reason = facts.deadline_at, facts.disabled_reason[:80]
    account.bank_name = facts.bank_name or account.bank_name
    account.bank_mark = facts.bank_mark or account.bank_mark
    account.read_at, account.read_number = at, number
    if account.is_payable and account.gateway != GatewayName.STRIPE:
        account.gateway, account.payee_reference = GatewayName.STRIPE, facts.reference
        audit.record(at=at, by=None, action="paid_through_stripe", subject=account)
    if is_changed and account.bank_waits_until:
        tell_of_new_bank(account, at=at)
    tell_of_account(account, was_payable=was_payable, at=at)
    account.save()
    return account


def refresh_bank_payout(
    *, reference: str, account_reference: str, at: dt.datetime
) -> BankPayout | None:
    """Ask Stripe about one payout to a bank and write down what it says; None when its account is
    no shop's of ours. Refuses when Stripe is silent."""
    account = PayoutAccount.objects.filter(provider_reference=account_reference).first()
    if account is None or not account_reference:
        return None
    wait_for_turn("reads")
    number = next_read()
    try:
        facts = stripe.read_bank_payout(reference, account_reference=account_reference)
    except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
        raise refusal_of(no) from no
    return note_bank_payout(account=account, facts=facts, number=number, at=at)


@transaction.atomic
def note_bank_payout(
    *, account: PayoutAccount, facts: BankPayoutFacts, number: int, at: dt.datetime
) -> BankPayout:
    """Write down one look at a payout, unless a later one was written before. Its shop's owners are
    told once that their bank sent it back."""
    BankPayout.objects.bulk_create(
        [
            BankPayout(
                account=account,
                reference=facts.reference,
                amount_cents=facts.amount_cents,
                status=facts.status[:20],
                made_at=facts.made_at,
                arrives_on=facts.arrives_at.astimezone(dt.UTC).date(),
                bank_last4=account.bank_last4,
            )
        ],
        ignore_conflicts=True,
    )
    known = (
        BankPayout.objects.select_related("account__shop")
        .select_for_update(of=("self",))
        .get(reference=facts.reference)
    )
    if known.read_number <= number:
        known.status, known.failure_code = facts.status[:20], facts.failure_code[:60]
        known.arrives_on = facts.arrives_at.astimezone(dt.UTC).date()
        known.read_number = number
        tell_of_bank_payout(known, at=at)
        known.save(update_fields=["status", "failure_code", "arrives_on", "read_number", "told_at"])
    return known


def refresh_shop(*, shop: Shop, at: dt.datetime) -> PayoutAccount | None:
    """Read a connected shop's account and its newest payouts again; None when it has none. Refuses
    when Stripe is silent."""
    account = PayoutAccount.objects.filter(shop=shop).exclude(provider_reference="").first()
    if account is None or not settings.STRIPE_SECRET_KEY:
        return account
    fresh = refresh_account(reference=account.provider_reference, at=at)
    number = next_read()
    try:
        for facts in stripe.bank_payouts(account.provider_reference):
            note_bank_payout(account=account, facts=facts, number=number, at=at)
    except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
        raise refusal_of(no) from no
    return fresh


def list_events(*, since: dt.datetime) -> list[EventFacts]:
    """Every event that Stripe has since a moment, the oldest first. Refuses when Stripe is silent
    in the middle."""
    wait_for_turn("reads")
    try:
        found = [stripe.event_facts(one) for one in stripe.events_since(since)]
    except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
        raise refusal_of(no) from no
    return found[::-1]
