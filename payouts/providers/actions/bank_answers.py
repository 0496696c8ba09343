"""What banks answer to a payment file: returns, and notices of change that wait for a person."""

import datetime as dt

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Mod
from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refusal
from kernel.sealed import seal
from payouts.providers.feeds.nacha import (
    Changed,
    NotAFile,
    SentBack,
    is_account_number,
    is_routing_number,
    read_back,
    trace_number,
)
from payouts.providers.models import BankNotice, PaymentLine


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


def keep_notice(one: Changed, *, at: dt.datetime) -> BankNotice | bool | None:
    """Keep one notice for a person: False when it is kept already, None when the payment is none of
    ours. What is no number is not kept."""
    line = line_of(one.trace)
    if line is None:
        return None
    account = one.account if is_account_number(one.account) else ""
    told = {
        "routing_number": one.routing if is_routing_number(one.routing) else "",
        "sealed_number": seal(account) if account else "",
        "last4": account[-4:],
        "kind": one.kind if one.kind in {"22", "32"} else "",
        "read_at": at,
    }
    notice, is_new = BankNotice.objects.get_or_create(line=line, code=one.code, defaults=told)
    return notice if is_new else False
