"""Proving that the provider's list and our books agree. What differs is shown, never mended."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from payouts.payruns import access
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.actions.receipts import finish_run, note_receipts
from payouts.payruns.actions.reversing import note_reversals
from payouts.payruns.actions.second_person import refuse_who_asked
from payouts.payruns.models import GapCode, PayRun, ProviderGap, Transfer, TransferStatus
from payouts.providers.actions import list_transfers, read_transfer
from payouts.providers.models import GatewayName
from payouts.providers.rules import Outcome, Receipt, TransferFacts

WINDOW = dt.timedelta(days=3)
LONGEST_WINDOW = dt.timedelta(days=35)
STILL_MOVING = dt.timedelta(minutes=10)  # younger than this may be on its way into either list
LEFT = [TransferStatus.SENT, TransferStatus.SETTLED]
ON_ITS_WAY = [TransferStatus.SENDING, TransferStatus.UNKNOWN]


def reconcile(*, at: dt.datetime, window: dt.timedelta = WINDOW) -> int:
    """Read the provider's list, three days back and as far as the oldest transfer that is not
    settled, and hold it against ours: those that agree are settled, reversals are noted, every
    difference becomes an open row; how many are open. What is on hold here and in the list was
    sent.

    Refuses when the provider is silent in the middle. One call a hundred transfers, then a few
    statements.
    """
    if not settings.STRIPE_SECRET_KEY:
        return 0
    since = window_start(at=at, window=window)
    there = list_transfers(since=since)
    ours = transfers_by_name(there)
    agreed: list[Transfer] = []
    for facts in there:
        mine = ours.get(facts.reference) or ours.get(facts.key)
        take_late_answer(facts=facts, mine=mine, at=at)
        if mine is None or not is_its_own(mine, facts):
            judge_unknown(facts=facts, mine=mine, at=at)
        elif judge_known(facts=facts, mine=mine, at=at):
            agreed.append(mine)
    find_missing(there={facts.reference for facts in there}, since=since, at=at)
    settle(transfers=agreed, at=at)
    return ProviderGap.objects.filter(closed_at=None).count()


def window_start(*, at: dt.datetime, window: dt.timedelta) -> dt.datetime:
    """From when on the provider's list is read: it grows by a few thousand a week."""
    open_ones = Transfer.objects.filter(gateway=GatewayName.STRIPE, status=TransferStatus.SENT)
    oldest = open_ones.order_by("sent_at").values_list("sent_at", flat=True).first()
    start = min(at - window, (oldest or at) - 2 * STILL_MOVING)
    return max(start, at - LONGEST_WINDOW)


def transfers_by_name(there: list[TransferFacts]) -> dict[str, Transfer]:
    """Our transfers behind the provider's, by its reference and by our key."""
    found = Transfer.objects.filter(
        Q(provider_reference__in=[facts.reference for facts in there])
        | Q(key__in=[facts.key for facts in there if facts.key])
    ).prefetch_related("reversals")
    names: dict[str, Transfer] = {}
    for transfer in found:
        names[transfer.key] = transfer
        if transfer.provider_reference:
            names[transfer.provider_reference] = transfer
    return names


def is_its_own(mine: Transfer, facts: TransferFacts) -> bool:
    """Whether this is the payment behind our transfer, or will be once its sender has noted it."""
    return mine.provider_reference == facts.reference or mine.status in ON_ITS_WAY


def take_late_answer(*, facts: TransferFacts, mine: Transfer | None, at: dt.datetime) -> None:
    """A payment on hold that the provider has all the same, as we ordered it: whoever asked for it
    did not live to note the answer, and nobody asks again. It was sent."""
    if mine is None or mine.status != TransferStatus.ON_HOLD or mine.key != facts.key:
        return
    ordered = (mine.amount_cents, mine.payee_reference, mine.run.batch_key)
    if ordered != (facts.amount_cents, facts.payee_reference, facts.batch_key):
        return
    sent = Receipt(key=mine.key, outcome=Outcome.SENT, reference=facts.reference)
    note_receipts(receipts=[sent], at=at)
    mine.refresh_from_db()


def judge_unknown(*, facts: TransferFacts, mine: Transfer | None, at: dt.datetime) -> None:
    """A payment at the provider that we did not book."""
    if at - facts.made_at >= STILL_MOVING or (mine is None and not facts.key):
        open_gap(
            code=GapCode.UNKNOWN_TRANSFER,
            reference=facts.reference,
            transfer=mine,
            cents=0,
            provider_cents=facts.amount_cents,
            at=at,
        )


def judge_known(*, facts: TransferFacts, mine: Transfer, at: dt.datetime) -> bool:
    """Compare a payment with the transfer it belongs to; whether they agree."""
    if facts.amount_cents != mine.amount_cents:
        code = GapCode.AMOUNT_DIFFERS
    elif facts.payee_reference != mine.payee_reference:
        code = GapCode.PAYEE_DIFFERS
    else:
        note_what_came_back(facts=facts, mine=mine, at=at)
        return True
    open_gap(
        code=code,
        reference=facts.reference,
        transfer=mine,
        cents=mine.amount_cents,
        provider_cents=facts.amount_cents,
        at=at,
    )
    return False


def note_what_came_back(*, facts: TransferFacts, mine: Transfer, at: dt.datetime) -> None:
    """Note reversals that we have not, if there are any."""
    known = {one.provider_reference for one in mine.reversals.all()}
    if any(one.reference not in known for one in facts.reversals):
        note_reversals(facts=facts, at=at)


def open_gap(
    *,
    code: GapCode,
    reference: str,
    transfer: Transfer | None,
    cents: int,
    provider_cents: int,
    at: dt.datetime,
) -> None:
    """Remember a difference, once while it is open."""
    ProviderGap.objects.bulk_create(
        [
            ProviderGap(
                code=code,
                provider_reference=reference,
                transfer=transfer,
                cents=cents,
                provider_cents=provider_cents,
                first_seen_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def find_missing(*, there: set[str], since: dt.datetime, at: dt.datetime) -> None:
    """Transfers that we booked as sent in that while and the provider does not list: each is asked
    for by its name before it counts as missing."""
    sent = Transfer.objects.filter(
        gateway=GatewayName.STRIPE,
        status__in=LEFT,
        sent_at__gte=since + STILL_MOVING,
        sent_at__lt=at - STILL_MOVING,
    )
    for transfer in sent.exclude(provider_reference__in=there).order_by("pk"):
        if read_transfer(reference=transfer.provider_reference) is None:
            open_gap(
                code=GapCode.MISSING_TRANSFER,
                reference=transfer.provider_reference,
                transfer=transfer,
                cents=transfer.amount_cents,
                provider_cents=0,
                at=at,
            )


@transaction.atomic
def settle(*, transfers: list[Transfer], at: dt.datetime) -> None:
    """The provider has these as we booked them: they are settled, what differed before is closed,
    and runs of which nothing is open any more are done."""
    ids = [transfer.pk for transfer in transfers]
    runs = PayRun.objects.filter(pk__in={transfer.run_id for transfer in transfers})
    locked = list(runs.order_by("pk").select_for_update())
    fresh = Transfer.objects.filter(pk__in=ids, status=TransferStatus.SENT)
    fresh.update(status=TransferStatus.SETTLED, settled_at=at)
    differed = ProviderGap.objects.filter(transfer_id__in=ids, closed_at=None)
    differed.exclude(code=GapCode.REVERSED_ELSEWHERE).exclude(code=GapCode.UNKNOWN_TRANSFER).update(
        closed_at=at
    )
    for run in locked:
        finish_run(run=run, at=at)


def note_transfer(*, reference: str, at: dt.datetime) -> bool | None:
    """News came about one transfer: read it and hold it against ours. True when it is one of ours,
    None when it will be once its sender has noted it, False when it is nobody's. Refuses when the
    provider is silent."""
    facts = read_transfer(reference=reference)
    if facts is None:
        return False
    ours = transfers_by_name([facts])
    mine = ours.get(facts.reference) or ours.get(facts.key)
    take_late_answer(facts=facts, mine=mine, at=at)
    if mine is None:
        return None if facts.key else False
    if mine.provider_reference != facts.reference:
        return None
    if judge_known(facts=facts, mine=mine, at=at):
        settle(transfers=[mine], at=at)
    return True


class GapIsClosed(Refusal):
    code = "gap_is_closed"
    message = _("Somebody has seen to this difference already.")


class NoNote(Refusal):
    code = "no_note"
    message = _("Write what you found out about this difference.")


@transaction.atomic
def note_gap(*, gap_id: int, note: str, by: User | None, at: dt.datetime) -> ProviderGap:
    """A person has looked into a difference and says what it is; another one closes it. Who thinks
    otherwise writes another note in its place. Audited. Refuses other people, one that is closed,
    and a note without words."""
    gap = open_gap_of(gap_id, by=by)
    if not note.strip():
        raise NoNote
    gap.noted_at, gap.noted_by, gap.note = at, by, note.strip()[:200]
    gap.save(update_fields=["noted_at", "noted_by", "note"])
    audit.record(at=at, by=by, action="note_provider_gap", subject=gap, reason=gap.note)
    return gap


@transaction.atomic
def close_gap(*, gap_id: int, by: User | None, at: dt.datetime) -> ProviderGap:
    """Another person agrees with what was noted about a difference, and it holds up no run any
    more. Changes no money. Audited. Refuses other people, who noted it, one without a note, and one
    that is closed."""
    gap = open_gap_of(gap_id, by=by)
    if gap.noted_by_id is None:
        raise NoNote
    refuse_who_asked(by, asked_by_id=gap.noted_by_id)
    gap.closed_at, gap.closed_by = at, by
    gap.save(update_fields=["closed_at", "closed_by"])
    audit.record(at=at, by=by, action="close_provider_gap", subject=gap, reason=gap.note)
    return gap


def open_gap_of(gap_id: int, *, by: User | None) -> ProviderGap:
    """A difference that nobody closed yet, under lock."""
    if not access.may_handle(by):
        raise MayNotHandle
    gap = ProviderGap.objects.select_for_update().get(pk=gap_id)
    if gap.closed_at:
        raise GapIsClosed
    return gap
