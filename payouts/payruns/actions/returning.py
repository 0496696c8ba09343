"""What a bank sent back: payments that did not arrive are owed again, and accounts it wants written
otherwise wait for a person."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from kernel.accounts.models import User
from kernel.audit import actions as audit
from payouts.payruns import access
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.actions.reversing import LEFT, finish_reversal, lock_transfer
from payouts.payruns.models import Transfer, TransferReversal
from payouts.providers.actions import (
    SentBack,
    hold_payouts,
    keep_notice,
    line_of,
    read_bank_answer,
)
from payouts.providers.models import GatewayName
from payouts.providers.rules.returns import must_hold, why_back


@dataclass(frozen=True)
class ReadBack:
    """What one file of returns came to: payments owed again, notices that wait, what was known
    already, and traces that are none of our payments."""

    returned: int
    cents: int
    notices: int
    known: int
    strange: tuple[str, ...]


@transaction.atomic
def read_returns(*, content: bytes, by: User | None, at: dt.datetime) -> ReadBack:
    """Read a bank's file of returns. Each payment in it is owed to its shop again; where the
    account is the reason, the shop's payouts are held until a person mended it. Notices of change
    wait for a person. The same file twice changes nothing.

    Refuses other people, and a file that is none, is cut off, or does not add up: then nothing of
    it is written.
    """
    if not access.may_handle(by):
        raise MayNotHandle
    returns, changes = read_bank_answer(content)
    returns.sort(key=lambda one: one.trace)  # transfers by key, whatever the bank's order
    back = [take_return(one, at=at) for one in returns]
    notices = [keep_notice(one, at=at) for one in changes]
    done = [transfer for transfer in back if isinstance(transfer, TransferReversal)]
    strange = [one.trace for one, found in zip(returns, back, strict=True) if found is None]
    strange += [one.trace for one, found in zip(changes, notices, strict=True) if found is None]
    for one in done:
        if must_hold(one.reason):
            words = f"{one.reason}: {why_back(one.reason)}"
            hold_payouts(shop=one.transfer.shop, reason=words, by=by, at=at)
        audit.record(at=at, by=by, action="read_return", subject=one.transfer, reason=one.reason)
    return ReadBack(
        returned=len(done),
        cents=sum(one.amount_cents for one in done),
        notices=sum(1 for one in notices if one),
        known=sum(1 for one in [*back, *notices] if one is False),
        strange=tuple(strange),
    )


def take_return(one: SentBack, *, at: dt.datetime) -> TransferReversal | bool | None:
    """Book one return: the reversal, False when it was booked before, None when the payment is none
    of ours."""
    line = line_of(one.trace, amount_cents=one.amount_cents)
    whose = Transfer.objects.filter(key=line.key, gateway=GatewayName.BANK_FILE) if line else None
    found = whose.values_list("pk", flat=True).first() if whose is not None else None
    if line is None or found is None:
        return None
    transfer = lock_transfer(found)
    if transfer.status not in LEFT:
        return None
    key = f"return:{line.pk}"
    if TransferReversal.objects.filter(key=key).exists():
        return False
    reversal = TransferReversal(
        transfer=transfer,
        amount_cents=one.amount_cents,
        key=key,
        reason=one.code,
        asked_at=at,
    )
    reference = f"{one.code}-{line.reference}"
    finish_reversal(transfer=transfer, reversal=reversal, reference=reference, at=at)
    return reversal
