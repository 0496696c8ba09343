"""Payment files and their lines; what a provider's messages say."""

import datetime as dt
import json

from hubshops.shops.models import Shop
from payouts.providers.gateways import stripe
from payouts.providers.models import (
    BankNotice,
    BankPayout,
    GatewayName,
    PaymentFile,
    PaymentLine,
    PaymentsStop,
    PayoutAccount,
)
from payouts.providers.rules import EventFacts


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
