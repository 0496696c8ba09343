"""Sending: lease, commit, ask the gateway, book. A worker may die between any two of these."""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.jobs.actions import start_job
from kernel.refusals import Refusal
from payouts.ledger.actions import post
from payouts.ledger.rules import Source
from payouts.payruns import access, queries
from payouts.payruns.actions.booking import MayNotHandle, bookings_of, release
from payouts.payruns.jobs import Jobs
from payouts.payruns.models import AFTER_APPROVAL, PayRun, RunStatus, Transfer, TransferStatus
from payouts.providers.actions import close_file, gateways, record_bank_reference
from payouts.providers.models import PaymentFile
from payouts.providers.rules import Order, Outcome, Receipt


class RunIsNotApproved(Refusal):
    code = "run_is_not_approved"
    message = _("Pay run {number} is not approved, so nothing can be sent.")


@transaction.atomic
def order_sending(*, run_id: int, by: User | None, at: dt.datetime) -> PayRun:
    """A person starts the sending of an approved run; a worker does it. A second click, and a run
    that is on its way already, change nothing."""
    if not access.may_handle(by):
        raise MayNotHandle
    run = queries.get_run(run_id, lock=True)
    if run.status == RunStatus.APPROVED:
        begin_sending(run=run, by=by, at=at)
        start_job(Jobs.SEND, at=at, key=f"{Jobs.SEND}:{run.pk}", run_id=run.pk)
    elif run.status not in AFTER_APPROVAL:
        raise RunIsNotApproved(number=run.pk)
    return run


def begin_sending(*, run: PayRun, by: User | None, at: dt.datetime) -> None:
    """Move a locked, approved run on to its sending."""
    run.status = RunStatus.SENDING
    run.save(update_fields=["status"])
    audit.record(at=at, by=by, action="send_run", subject=run, cents=run.cents)


def send_run(*, run_id: int, at: dt.datetime, by: User | None = None) -> PayRun:
    """Send every transfer of an approved run that is not sent yet; then it waits for the bank.

    Safe side by side and after a crash anywhere. Transfers under another worker's lease, and those
    of which the gateway could not say what became, are left to a later call. Refuses a run that is
    not approved. About 0.1 ms a transfer by bank file.
    """
    with transaction.atomic():
        run = queries.get_run(run_id, lock=True)
        if run.status == RunStatus.APPROVED:
            begin_sending(run=run, by=by, at=at)
        elif run.status not in AFTER_APPROVAL:
            raise RunIsNotApproved(number=run.pk)
    for name, gateway in gateways.items():
        while batch := claim_transfers(
            run_id=run_id, gateway=name, at=at, most=gateway.most_at_once, lease=gateway.lease
        ):
            failpoint("transfers_claimed")
            receipts = gateway.send([order_of(transfer) for transfer in batch], at=at)
            failpoint("gateway_answered")
            note_receipts(receipts=receipts, at=at)
    return finish_sending(run_id=run_id, at=at)


def send_waiting(*, at: dt.datetime) -> int:
    """Go on with every run whose sending was cut off; how many there were."""
    waiting = queries.runs_being_sent()
    for run_id in waiting:
        send_run(run_id=run_id, at=at)
    return len(waiting)


@transaction.atomic
def claim_transfers(
    *, run_id: int, gateway: str, at: dt.datetime, most: int, lease: dt.timedelta
) -> list[Transfer]:
    """Lease the next transfers that nobody else is sending, `most` of them."""
    ready = Transfer.objects.workable(at).filter(run_id=run_id, gateway=gateway)
    batch = list(
        ready.select_related("shop__station")
        .order_by("pk")
        .select_for_update(skip_locked=True, of=("self",))[:most]
    )
    if not batch:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE transfer SET status = 'sending', leased_until = %s, attempts = attempts + 1,
                   first_sent_at = coalesce(first_sent_at, %s)
            WHERE id = ANY(%s)
            """,
            [at + lease, at, [transfer.pk for transfer in batch]],
        )
    return batch


def order_of(transfer: Transfer) -> Order:
    """A transfer in the words of the providers; the same every time."""
    return Order(
        key=transfer.key,
        batch_key=f"{PayRun.BATCH_PREFIX}{transfer.run_id}",
        payee_reference=transfer.payee_reference,
        payee_name=transfer.shop.name,
        amount_cents=transfer.amount_cents,
        memo=f"{settings.SITE_NAME} {transfer.run_id} {transfer.payee_reference}",
    )


@transaction.atomic
def note_receipts(*, receipts: list[Receipt], at: dt.datetime) -> None:
    """Write down what the gateway answered: sent transfers leave the books, failed ones give their
    claims back, unknown ones keep their lease. What was noted before is not noted twice."""
    answers = {receipt.key: receipt for receipt in receipts}
    transfers = list(
        Transfer.objects.filter(key__in=answers, status=TransferStatus.SENDING)
        .select_related("shop__station")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    by_outcome: dict[Outcome, list[Transfer]] = {outcome: [] for outcome in Outcome}
    for transfer in transfers:
        by_outcome[answers[transfer.key].outcome].append(transfer)
    write_outcomes(transfers=transfers, answers=answers, at=at)
    post(source=Source.TRANSFER_SENT, bookings=bookings_of(by_outcome[Outcome.SENT], at=at), at=at)
    if failed := by_outcome[Outcome.FAILED]:
        release(transfers=failed, was_booked=True, at=at)
    failpoint("receipts_noted")


def write_outcomes(
    *, transfers: list[Transfer], answers: dict[str, Receipt], at: dt.datetime
) -> None:
    """The status, reference and error of each transfer, in one statement."""
    known = [answers[transfer.key] for transfer in transfers]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE transfer t SET
                status = CASE r.outcome WHEN 'unknown' THEN t.status ELSE r.outcome END,
                leased_until = CASE r.outcome WHEN 'unknown' THEN t.leased_until END,
                sent_at = CASE r.outcome WHEN 'sent' THEN %s::timestamptz END,
                provider_reference = r.reference, error = r.error
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])
                 AS r (id, outcome, reference, error)
            WHERE t.id = r.id
            """,
            [
                at,
                [transfer.pk for transfer in transfers],
                [str(receipt.outcome) for receipt in known],
                [
                    receipt.reference[:80] if receipt.outcome == Outcome.SENT else ""
                    for receipt in known
                ],
                [receipt.error[:200] for receipt in known],
            ],
        )


@transaction.atomic
def finish_sending(*, run_id: int, at: dt.datetime) -> PayRun:
    """Close the run's file once every transfer has an end; a run of which all failed is done."""
    run = queries.get_run(run_id, lock=True)
    if run.status != RunStatus.SENDING:
        return run
    statuses = set(run.transfers.values_list("status", flat=True).distinct())
    if statuses & {TransferStatus.PENDING, TransferStatus.READY, TransferStatus.SENDING}:
        return run
    close_file(batch_key=run.batch_key, at=at)
    run.status = RunStatus.CONFIRMING
    run.save(update_fields=["status"])
    if TransferStatus.SENT not in statuses:
        finish_run(run=run, at=at)
    return run


def finish_run(*, run: PayRun, at: dt.datetime) -> None:
    """Nothing of this run is open any more."""
    run.status, run.done_at = RunStatus.DONE, at
    run.save(update_fields=["status", "done_at"])


@transaction.atomic
def confirm_file(*, file_id: int, bank_reference: str, by: User | None, at: dt.datetime) -> PayRun:
    """The bank took the payment file: its transfers are settled and the run is done.

    The same reference again changes nothing; another one is refused, as is a run still being sent.
    """
    if not access.may_handle(by):
        raise MayNotHandle
    batch_key = PaymentFile.objects.values_list("batch_key", flat=True).get(pk=file_id)
    run = queries.get_run(int(batch_key.removeprefix(PayRun.BATCH_PREFIX)), lock=True)
    _file, is_new = record_bank_reference(
        file_id=file_id, bank_reference=bank_reference, by=by, at=at
    )
    if not is_new:
        return run
    run.transfers.filter(status=TransferStatus.SENT, gateway="bank_file").update(
        status=TransferStatus.SETTLED, settled_at=at
    )
    if not run.transfers.filter(status=TransferStatus.SENT).exists():
        finish_run(run=run, at=at)
    return run
