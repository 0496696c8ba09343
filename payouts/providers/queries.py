"""Payment files and their lines; what banks and a provider's messages say."""

import datetime as dt
import json
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Mod
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from kernel import clock
from kernel.refusals import Refusal
from payouts.providers.feeds.nacha import Changed, NotAFile, SentBack, read_back, trace_number
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


def holds() -> list[PayoutAccount]:
    """Shops whose payouts are held, by the day on which somebody looks again. One query."""
    found = PayoutAccount.objects.exclude(hold_reason="").select_related("shop__station", "held_by")
    return list(found.order_by("review_on", "pk"))


def holds_to_review(*, at: dt.datetime) -> list[PayoutAccount]:
    """Holds whose day to look again has come, where the shop is. One query."""
    return [one for one in holds() if one.review_on <= clock.local_day(at, one.shop.zone)]


def waiting_notices() -> list[BankNotice]:
    """What banks ask to change and nobody decided. One query."""
    found = BankNotice.objects.filter(decided_at=None)
    return list(found.select_related("line__file").order_by("pk"))


class NoReturnFile(Refusal):
    code = "no_return_file"
    message = _("We cannot read this file as a bank’s returns: {why}.")


def read_bank_answer(content: bytes) -> tuple[list[SentBack], list[Changed]]:
    """The returns and the notices of one file. Refuses one that is none, is cut off, or does not
    add up."""
    try:
        return read_back(content)
    except NotAFile as no:
        raise NoReturnFile(why=str(no)) from no


def line_of(trace: str, *, amount_cents: int | None = None) -> PaymentLine | None:
    """Our payment behind a trace number: the newest whose number ends so, and of that amount."""
    bank = settings.ACH_BANK_ROUTING
    if not bank or trace[:8] != bank[:8] or not trace[8:].isdigit():
        return None
    lines = PaymentLine.objects.filter(account__isnull=False).select_related("file")
    if amount_cents is not None:
        lines = lines.filter(amount_cents=amount_cents)
    ends = int(trace[8:])
    found = lines.annotate(ends=Mod(F("pk"), 10**7)).filter(ends=ends)
    line = found.order_by("-pk").first()
    return line if line and trace_number(bank, line.pk) == trace else None
