"""What a bank sent back: one person uploads its file, another one confirms what it would do. Then
its payments are owed again, and accounts it wants written otherwise wait for a person."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from kernel.sealed import seal
from payouts.payruns import access, queries
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.actions.reversing import finish_reversal, lock_transfer
from payouts.payruns.actions.second_person import refuse_who_asked
from payouts.payruns.models import ReturnFile, TransferReversal
from payouts.payruns.queries import CameBack
from payouts.providers.actions import hold_payouts, keep_notice
from payouts.providers.queries import read_bank_answer

REVIEW_AFTER_DAYS = 7


@dataclass(frozen=True)
class ReadBack:
    """What one file of returns came to: payments owed again, notices that wait, what was known
    already, and traces that are none of our payments."""

    returned: int
    cents: int
    notices: int
    known: int
    strange: tuple[str, ...]


class FileIsDecided(Refusal):
    code = "return_file_is_decided"
    message = _("Somebody decided about this file already.")


@transaction.atomic
def keep_returns(*, content: bytes, by: User | None, at: dt.datetime) -> tuple[ReturnFile, bool]:
    """Keep a bank's file of returns, sealed, until another person confirms it: the file, and
    whether it is new. Books nothing. The same file again is the same row, unless it was thrown
    away. Audited. Refuses other people, and a file that is none, is cut off, or does not add up."""
    if not access.may_handle(by):
        raise MayNotHandle
    queries.returns_in(content)
    file, is_new = ReturnFile.objects.get_or_create(
        digest=hashlib.sha256(content).hexdigest(),
        thrown_away_at=None,
        defaults={
            "sealed_content": seal(content.decode("ascii")),
            "asked_at": at,
            "asked_by": by,
        },
    )
    if is_new:
        audit.record(at=at, by=by, action="keep_return_file", subject=file, digest=file.digest)
    return file, is_new


@transaction.atomic
def confirm_returns(*, file_id: int, by: User | None, at: dt.datetime) -> ReadBack:
    """Another person says that the bank's file is real. Each payment in it is owed to its shop
    again; where the account is the reason, the shop's payouts are held until a person mended it.
    Notices of change wait for a person. What was booked before is not booked again. Audited.

    Refuses other people, who uploaded it, and a file that is decided.
    """
    file = waiting_file(file_id, by=by)
    refuse_who_asked(by, asked_by_id=file.asked_by_id)
    file.confirmed_at, file.confirmed_by = at, by
    file.save(update_fields=["confirmed_at", "confirmed_by"])
    content = queries.content_of(file)
    found = queries.returns_in(content)
    in_order = sorted(found.fresh, key=lambda one: one.transfer.pk)
    done = [one for one in in_order if take_return(one, file=file, by=by, at=at)]
    _returns, changes = read_bank_answer(content)
    notices = [keep_notice(one, at=at) for one in changes]
    audit.record(at=at, by=by, action="confirm_return_file", subject=file, returned=len(done))
    return ReadBack(
        returned=len(done),
        cents=sum(one.cents for one in done),
        notices=sum(1 for one in notices if one),
        known=len(found.back) - len(done) + sum(1 for one in notices if one is False),
        strange=found.strange,
    )


def take_return(one: CameBack, *, file: ReturnFile, by: User, at: dt.datetime) -> bool:
    """Book one return; False when it was booked meanwhile."""
    transfer = lock_transfer(one.transfer.pk)
    if TransferReversal.objects.filter(key=one.key).exists():
        return False
    reversal = TransferReversal(
        transfer=transfer,
        amount_cents=one.cents,
        key=one.key,
        reason=one.code,
        asked_at=at,
        return_file=file,
    )
    reference = f"{one.code}-{one.line.reference}"
    finish_reversal(transfer=transfer, reversal=reversal, reference=reference, at=at)
    if one.holds:
        reason, today = f"{one.code}: {one.words}", clock.local_day(at, transfer.shop.zone)
        review_on = today + dt.timedelta(days=REVIEW_AFTER_DAYS)
        hold_payouts(shop=transfer.shop, reason=reason, review_on=review_on, by=by, at=at)
    audit.record(at=at, by=by, action="read_return", subject=transfer, reason=one.code)
    return True


@transaction.atomic
def throw_returns_away(*, file_id: int, by: User | None, at: dt.datetime) -> ReturnFile:
    """Throw a file away that is not the bank's, or was a mistake; nothing of it was booked. Who
    uploaded it may do so, too. Audited. Refuses other people, and a file that is decided."""
    file = waiting_file(file_id, by=by)
    file.thrown_away_at, file.thrown_away_by = at, by
    file.save(update_fields=["thrown_away_at", "thrown_away_by"])
    audit.record(at=at, by=by, action="throw_return_file_away", subject=file)
    return file


def waiting_file(file_id: int, *, by: User | None) -> ReturnFile:
    """A file about which nobody decided yet, under lock."""
    if not access.may_handle(by):
        raise MayNotHandle
    file = ReturnFile.objects.select_for_update().get(pk=file_id)
    if not file.is_waiting:
        raise FileIsDecided
    return file
