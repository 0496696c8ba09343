"""Payment files and their lines; what a provider's messages say."""

import datetime as dt
import json
from dataclasses import dataclass

from django.conf import settings

from hubshops.shops.models import Shop
from payouts.providers.gateways import stripe
from payouts.providers.models import (
    BankDetails,
    BankNotice,
    BankPayout,
    CapabilityName,
    GatewayName,
    PaymentFile,
    PaymentLine,
    PaymentsStop,
    PayoutAccount,
)
from payouts.providers.rules import EventFacts
from payouts.providers.rules.words import PAY_WORDS


def standing_stop() -> PaymentsStop | None:
    """The stop of all payments that stands now."""
    return PaymentsStop.objects.filter(ended_at=None).select_related("begun_by").first()


def file_of(batch_key: str) -> PaymentFile | None:
    """The payment file of one batch of orders."""
    return PaymentFile.objects.filter(batch_key=batch_key).first()


def lines_of(file: PaymentFile) -> list[PaymentLine]:
    """A file's payments in order, each with its file."""
    lines = list(PaymentLine.objects.filter(file=file).order_by("position"))
    for line in lines:
        line.file = file
    return lines


def is_signed(body: bytes, header: str, *, at: dt.datetime) -> bool:
    """Whether Stripe signed this very body within five minutes of `at`, by one of our secrets."""
    return stripe.is_signed(body, header, at=at)


def event_in(body: bytes) -> EventFacts | None:
    """The event that a message tells; None when it is not one."""
    try:
        return stripe.event_facts(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def account_of(shop: Shop) -> PayoutAccount:
    """How a shop is paid; an account that is not saved yet when nobody opened one."""
    found = PayoutAccount.objects.filter(shop=shop).first()
    return found or PayoutAccount(shop=shop, payee_reference=shop.slug)


@dataclass(frozen=True)
class PayState:
    """In one sentence, whether a shop can be paid, as its provider answered last."""

    words: str
    is_set: bool


def pay_state_of(shop: Shop) -> PayState:
    """How a shop's way to its money stands. Two queries at most."""
    account = account_of(shop)
    if settings.STRIPE_SECRET_KEY:
        state = account.capability
    else:
        details = BankDetails.objects.filter(account__shop=shop).first()
        state = "entered" if details else "no_bank"
        state = "confirmed" if details and details.confirmed_at else state
    words = str(PAY_WORDS[state]).format(last4=account.bank_last4 or "····")
    return PayState(words, state in {CapabilityName.ACTIVE, "confirmed"})


def payouts_to_bank(account: PayoutAccount, *, most: int = 12) -> list[BankPayout]:
    """What Stripe sent to a shop's bank, the newest first."""
    if account.pk is None:
        return []
    return list(BankPayout.objects.filter(account=account).order_by("-made_at", "-pk")[:most])


def payees() -> list[PayoutAccount]:
    """The accounts of shops that are paid by file, by shop, each with its bank account if it is
    known. One query."""
    found = PayoutAccount.objects.filter(gateway=GatewayName.BANK_FILE)
    return list(found.select_related("shop", "bank_details").order_by("shop__name", "pk"))


def waiting_notices() -> list[BankNotice]:
    """What banks ask to change and nobody decided. One query."""
    found = BankNotice.objects.filter(decided_at=None)
    return list(found.select_related("line__file").order_by("pk"))
