"""Noting what a gateway answered, and what follows for transfers and runs."""

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.refusals import Refusal
from payouts.ledger.actions import post
from payouts.ledger.rules import Source
from payouts.payruns import access
from payouts.payruns.actions.booking import MayNotHandle, bookings_of, release
from payouts.payruns.actions.staging import note_stage
from payouts.payruns.models import PayRun, RunStatus, StageName, Transfer, TransferStatus
from payouts.payruns.rules import Step, Try, next_step
from payouts.providers.rules import Outcome, Receipt

BEGUN = [TransferStatus.SENDING, TransferStatus.UNKNOWN]
# An answer that comes after its lease: that a payment was made counts all the same, and of one on
# hold also that it never will be.
LATE = [TransferStatus.READY, TransferStatus.ON_HOLD]


@transaction.atomic
def note_receipts(*, receipts: list[Receipt], at: dt.datetime) -> None:
    """Write down what the gateway answered: sent transfers leave the books, failed ones give their
    claims back, the others wait for what `rules.next_step` says. What was noted before is not noted
    twice."""
    answers = {receipt.key: receipt for receipt in receipts}
    locked = list(
        Transfer.objects.filter(key__in=answers, status__in=BEGUN + LATE)
        .select_related("shop__station")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    transfers = [one for one in locked if counts(one, answers[one.key])]
    write_steps(transfers=transfers, answers=answers, at=at)
    by_outcome: dict[Outcome, list[Transfer]] = {outcome: [] for outcome in Outcome}
    for transfer in transfers:
        by_outcome[answers[transfer.key].outcome].append(transfer)
    post(source=Source.TRANSFER_SENT, bookings=bookings_of(by_outcome[Outcome.SENT], at=at), at=at)
    if failed := by_outcome[Outcome.FAILED]:
        release(transfers=failed, was_booked=True, at=at)
    failpoint("receipts_noted")


def counts(transfer: Transfer, receipt: Receipt) -> bool:
    """Whether an answer still says something about a transfer: it is being sent, or the answer is
    late and final."""
    if transfer.status in BEGUN or receipt.outcome == Outcome.SENT:
        return True
    return transfer.status == TransferStatus.ON_HOLD and receipt.outcome == Outcome.FAILED


def step_of(transfer: Transfer, receipt: Receipt, at: dt.datetime) -> Step:
    """Where this answer leads this transfer."""
    one = Try(
        status=transfer.status,
        attempts=transfer.attempts,
        version=transfer.key_version,
        first_sent_at=transfer.first_sent_at,
        code=transfer.error_code,
    )
    return next_step(one, receipt.outcome, receipt.code, at=at, seed=transfer.pk)


def write_steps(*, transfers: list[Transfer], answers: dict[str, Receipt], at: dt.datetime) -> None:
    """Status, pause, key, reference and error of each transfer, in one statement."""
    known = [answers[transfer.key] for transfer in transfers]
    steps = [step_of(one, answers[one.key], at) for one in transfers]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE transfer t SET
                status = r.status, leased_until = r.not_before, key_version = r.version,
                first_sent_at = r.first_sent_at,
                sent_at = CASE r.status WHEN 'sent' THEN %s::timestamptz END,
                provider_reference = r.reference, error = r.error, error_code = r.code
            FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::int[], %s::timestamptz[],
                        %s::text[], %s::text[], %s::text[])
                 AS r (id, status, not_before, version, first_sent_at, reference, error, code)
            WHERE t.id = r.id
            """,
            [
                at,
                [transfer.pk for transfer in transfers],
                [step.status for step in steps],
                [step.not_before for step in steps],
                [step.version for step in steps],
                [step.first_sent_at for step in steps],
                [one.reference[:80] if one.outcome == Outcome.SENT else "" for one in known],
                [one.error[:200] for one in known],
                [step.code[:60] for step in steps],
            ],
        )


def finish_run(*, run: PayRun, at: dt.datetime) -> None:
    """End a locked run of which nothing is open any more; leave any other."""
    ends = [TransferStatus.SETTLED, TransferStatus.FAILED]
    is_over = not run.transfers.exclude(status__in=ends).exists()
    if run.status == RunStatus.CONFIRMING and is_over:
        run.status, run.done_at = RunStatus.DONE, at
        run.save(update_fields=["status", "done_at"])
        note_stage(run=run, name=StageName.DONE, at=at)


def let_held_go(*, at: dt.datetime) -> int:
    """Payments that were held because their payee could not be paid, and now can: ready again, with
    the key they had; how many. Others are for a person to judge."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE transfer t SET status = 'ready', leased_until = NULL, error = ''
            FROM payout_account a
            WHERE a.shop_id = t.shop_id AND t.status = 'on_hold' AND t.leased_until <= %s
              AND t.error_code IN ('not_ready', 'insufficient_capabilities_for_transfer')
              AND a.capability = 'active' AND a.hold_reason = ''
              AND a.provider_reference = t.payee_reference
            """,
            [at],
        )
        return cursor.rowcount


class TransferIsNotHeld(Refusal):
    code = "transfer_is_not_held"
    message = _("This payment is not on hold any more. Look again.")


@transaction.atomic
def give_up_transfer(*, transfer_id: int, by: User | None, at: dt.datetime) -> Transfer:
    """A held payment is not made in this run: what it claimed is owed again and joins the next one.
    Refuses one that is not on hold."""
    return judge_held(transfer_id=transfer_id, by=by, at=at, status=TransferStatus.FAILED)


@transaction.atomic
def try_again(*, transfer_id: int, by: User | None, at: dt.datetime) -> Transfer:
    """A held payment is tried once more. Refuses one that is not on hold."""
    return judge_held(transfer_id=transfer_id, by=by, at=at, status=TransferStatus.READY)


def judge_held(
    *, transfer_id: int, by: User | None, at: dt.datetime, status: TransferStatus
) -> Transfer:
    """What a person decides about one held payment."""
    if not access.may_handle(by):
        raise MayNotHandle
    whose = Transfer.objects.values_list("run_id", flat=True).get(pk=transfer_id)
    run = PayRun.objects.select_for_update().get(pk=whose)
    transfer = (
        Transfer.objects.select_related("shop__station")
        .select_for_update(of=("self",))
        .get(pk=transfer_id)
    )
    if transfer.status != TransferStatus.ON_HOLD or not is_over(transfer, at):
        raise TransferIsNotHeld
    transfer.status, transfer.leased_until = status, None
    transfer.save(update_fields=["status", "leased_until"])
    audit.record(at=at, by=by, action=f"held_transfer_{status}", subject=transfer)
    if status == TransferStatus.FAILED:
        release(transfers=[transfer], was_booked=True, at=at, by=by)
        finish_run(run=run, at=at)
    return transfer


def is_over(transfer: Transfer, at: dt.datetime) -> bool:
    """Whether no request of ours for this transfer can be on its way any more."""
    return transfer.leased_until is None or transfer.leased_until <= at
