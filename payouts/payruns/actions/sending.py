"""Sending: lease, commit, ask the gateway, book. A worker may die between any two of these."""

import datetime as dt
import time

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.jobs.actions import start_job
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.payruns import access, queries
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.actions.receipts import finish_run, let_held_go, note_receipts
from payouts.payruns.actions.reconciling import reconcile
from payouts.payruns.actions.reversing import send_waiting_reversals
from payouts.payruns.actions.staging import note_stage
from payouts.payruns.jobs import Jobs
from payouts.payruns.models import (
    AFTER_APPROVAL,
    PayRun,
    RunStatus,
    StageName,
    Transfer,
    TransferStatus,
)
from payouts.payruns.rules import Canary, Try, judge_canary, must_be_looked_up
from payouts.providers.actions import (
    StripeIsSilent,
    StripeSaysNo,
    close_file,
    gateways,
    record_bank_reference,
    refresh_account,
    refuse_while_stopped,
)
from payouts.providers.models import GatewayName, PaymentFile
from payouts.providers.queries import standing_stop
from payouts.providers.rules import Gateway, Order, Outcome, Receipt

CANARY_FAILED = "canary_failed"
BUDGET_S = 30  # a call leaves the rest to the next one, well before a worker's time is over


class RunIsNotApproved(Refusal):
    code = "run_is_not_approved"
    message = _("Pay run {number} is not approved, so nothing can be sent.")


class BalanceTooLow(Refusal):
    code = "balance_too_low"
    message = _(
        "Stripe can pay out {available} now, and this run needs {needed}. Add money at Stripe"
        " first; nothing was sent."
    )


class ProviderDiffers(Refusal):
    code = "provider_differs"
    message = _(
        "Stripe’s list differs from our books in {count} payments. Look at them first; nothing was"
        " sent."
    )


def look_before_sending(*, run_id: int, at: dt.datetime) -> None:
    """What must be so before the first payment of a run leaves: every gateway has the money, and
    Stripe's list is what we booked. Waits for the network; refuses what is not so."""
    needed = queries.left_to_send(run_id)
    for name, cents in needed.items():
        available = gateways[name].available_cents()
        if available is not None and available < cents:
            raise BalanceTooLow(available=as_dollars(available), needed=as_dollars(cents))
    if GatewayName.STRIPE in needed:
        reconcile(at=at)
        if gaps := queries.open_gaps():
            raise ProviderDiffers(count=len(gaps))


def order_sending(*, run_id: int, by: User | None, at: dt.datetime) -> PayRun:
    """A person starts the sending of an approved run; a worker does it. A second click, and a run
    that is on its way already, change nothing; one that was stopped goes on."""
    if not access.may_handle(by):
        raise MayNotHandle
    if queries.get_run(run_id).status == RunStatus.APPROVED:
        look_before_sending(run_id=run_id, at=at)
    return order_looked_at(run_id=run_id, by=by, at=at)


@transaction.atomic
def order_looked_at(*, run_id: int, by: User | None, at: dt.datetime) -> PayRun:
    """Begin, and promise the job."""
    run = queries.get_run(run_id, lock=True)
    if run.status == RunStatus.APPROVED:
        begin_sending(run=run, by=by, at=at)
        start_job(Jobs.SEND, at=at, key=f"{Jobs.SEND}:{run.pk}", run_id=run.pk)
    elif run.status not in AFTER_APPROVAL:
        raise RunIsNotApproved(number=run.pk)
    elif run.stopped_at:
        go_on(run=run, by=by, at=at)
        start_job(Jobs.SEND, at=at, run_id=run.pk)
    return run


def begin_sending(*, run: PayRun, by: User | None, at: dt.datetime) -> None:
    """Move a locked, approved run on to its sending: the canary first, where it has one."""
    refuse_while_stopped()
    run.status = RunStatus.SENDING
    run.save(update_fields=["status"])
    first = run.transfers.filter(is_canary=True).count()
    name = StageName.CANARY if first else StageName.SENDING
    note_stage(run=run, name=name, figures={"payments": first or run.shops}, at=at, by=by)
    audit.record(at=at, by=by, action="send_run", subject=run, cents=run.cents)


def go_on(*, run: PayRun, by: User | None, at: dt.datetime) -> None:
    """Let a locked run that was stopped be sent further. Who lets it go on after its canary failed
    has looked at why."""
    if run.stop_code == CANARY_FAILED:
        note_stage(run=run, name=StageName.SENDING, figures={"in_spite_of": 1}, at=at, by=by)
    audit.record(at=at, by=by, action="run_goes_on", subject=run, code=run.stop_code)
    run.stopped_at, run.stop_code, run.stop_reason = None, "", ""
    run.save(update_fields=["stopped_at", "stop_code", "stop_reason"])


@transaction.atomic
def stop_run(*, run_id: int, receipt: Receipt, at: dt.datetime) -> None:
    """No payment of this run can be made now: stop, and say why. What was not sent stays ready."""
    run = queries.get_run(run_id, lock=True)
    if run.stopped_at:
        return
    run.stopped_at, run.stop_code = at, receipt.code or "refused"
    run.stop_reason = receipt.error[:200]
    run.save(update_fields=["stopped_at", "stop_code", "stop_reason"])
    audit.record(at=at, by=None, action="run_stopped", subject=run, code=run.stop_code)


def send_run(*, run_id: int, at: dt.datetime, by: User | None = None) -> PayRun:
    """Send what is not sent yet of an approved run, for half a minute at most; then it waits for
    the bank.

    Safe side by side and after a crash anywhere. Transfers under another worker's lease, and those
    whose pause is not over, are left to a later call. A run that was stopped for want of money goes
    on by itself once it is there. Refuses a run that is not approved, and one for which the money
    is not there when it begins. About 0.1 ms a transfer by bank file; by Stripe
    some 7 a second in a sandbox, twice that live.
    """
    started = time.monotonic()
    if queries.get_run(run_id).status == RunStatus.APPROVED:
        look_before_sending(run_id=run_id, at=at)
    with transaction.atomic():
        run = queries.get_run(run_id, lock=True)
        if run.status == RunStatus.APPROVED:
            begin_sending(run=run, by=by, at=at)
        elif run.status not in AFTER_APPROVAL:
            raise RunIsNotApproved(number=run.pk)
    if run.stopped_at and not is_funded_again(run=run, at=at):
        return run
    send_rounds(run_id=run_id, started=started, at=at)
    if let_the_rest_follow(run_id=run_id, at=at):
        send_rounds(run_id=run_id, started=started, at=at)
    return finish_sending(run_id=run_id, at=at)


def send_rounds(*, run_id: int, started: float, at: dt.datetime) -> None:
    """Round after round by each gateway, until nothing can be done or the time is over."""
    for name, gateway in gateways.items():
        while (passed := time.monotonic() - started) < BUDGET_S:
            now = at + dt.timedelta(seconds=int(passed))
            if not send_some(run_id=run_id, name=name, gateway=gateway, at=now):
                break


@transaction.atomic
def let_the_rest_follow(*, run_id: int, at: dt.datetime) -> bool:
    """Whether a run's canary has just come through, so that all others may be sent; a canary that
    did not stops the run until a person looked."""
    run = queries.get_run(run_id, lock=True)
    if run.status != RunStatus.SENDING or run.stopped_at or not queries.is_in_canary(run_id):
        return False
    statuses = queries.canary_statuses(run_id)
    verdict = judge_canary(statuses)
    if verdict == Canary.STOP:
        why = _("The first payments did not all go through. Look at them, then let it go on.")
        refused = Receipt(key="", outcome=Outcome.STOP, code=CANARY_FAILED, error=str(why))
        stop_run(run_id=run_id, receipt=refused, at=at)
    if verdict != Canary.GO_ON:
        return False
    note_stage(run=run, name=StageName.SENDING, figures={"canary": statuses}, at=at)
    failpoint("canary_passed")
    return True


def is_funded_again(*, run: PayRun, at: dt.datetime) -> bool:
    """Whether a run that was stopped for want of money may go on, the money being there now."""
    if run.stop_code != "balance_insufficient":
        return False
    for name, cents in queries.left_to_send(run.pk).items():
        available = gateways[name].available_cents()
        if available is not None and available < cents:
            return False
    with transaction.atomic():
        go_on(run=queries.get_run(run.pk, lock=True), by=None, at=at)
    return True


def send_some(*, run_id: int, name: str, gateway: Gateway, at: dt.datetime) -> bool:
    """One round: lease some transfers, look up those nobody knows about, send the others, note what
    was answered. Whether there may be more to do."""
    batch = claim_transfers(
        run_id=run_id, gateway=name, at=at, most=gateway.most_at_once, lease=gateway.lease
    )
    if not batch:
        return False
    failpoint("transfers_claimed")
    doubtful = [one for one in batch if must_be_looked_up(try_of(one), at=at)]
    clear = [one for one in batch if one not in doubtful]
    receipts = gateway.find([order_of(one) for one in doubtful], at=at) if doubtful else []
    if clear:
        answers = gateway.send([order_of(one) for one in clear], at=at)
        receipts += look_behind_holds(batch=clear, receipts=answers, gateway=gateway, at=at)
    failpoint("gateway_answered")
    note_receipts(receipts=receipts, at=at)
    read_held_accounts(batch=batch, receipts=receipts, at=at)
    stops = [one for one in receipts if one.outcome == Outcome.STOP]
    if stops:
        stop_run(run_id=run_id, receipt=stops[0], at=at)
    return not stops


def look_behind_holds(
    *, batch: list[Transfer], receipts: list[Receipt], gateway: Gateway, at: dt.datetime
) -> list[Receipt]:
    """A payee that can't be paid is held before the provider is asked. Where a worker died over the
    payment, it may have been made all the same: the provider's list says so, before anybody could
    give it up and pay it again."""
    begun = {one.key: one for one in batch if one.status == TransferStatus.SENDING}
    held = [one.key for one in receipts if one.outcome == Outcome.HOLD and one.key in begun]
    if not held:
        return receipts
    found = {one.key: one for one in gateway.find([order_of(begun[key]) for key in held], at=at)}
    seen = {key: one for key, one in found.items() if one.outcome != Outcome.ABSENT}
    return [seen.get(one.key, one) for one in receipts]


def read_held_accounts(*, batch: list[Transfer], receipts: list[Receipt], at: dt.datetime) -> None:
    """What the provider says about payees that could not be paid, so that our copy says it, too."""
    held = {one.key for one in receipts if one.outcome == Outcome.HOLD}
    for transfer in batch:
        if transfer.key in held:
            try:
                refresh_account(reference=transfer.payee_reference, at=at)
            except (StripeIsSilent, StripeSaysNo):
                continue  # the hourly look comes back to it


def try_of(transfer: Transfer) -> Try:
    """How far a transfer is, in the words of the rules."""
    return Try(
        status=transfer.status,
        attempts=transfer.attempts,
        version=transfer.key_version,
        first_sent_at=transfer.first_sent_at,
        code=transfer.error_code,
    )


def send_waiting(*, at: dt.datetime) -> int:
    """Go on with every run whose sending was cut off or whose held payments may go after all; how
    many there were. One that cannot go on does not keep the others."""
    let_held_go(at=at)
    waiting = queries.runs_being_sent()
    for run_id in waiting:
        try:
            send_run(run_id=run_id, at=at)
        except (StripeIsSilent, StripeSaysNo):
            continue
    send_waiting_reversals(at=at)
    return len(waiting)


@transaction.atomic
def claim_transfers(
    *, run_id: int, gateway: str, at: dt.datetime, most: int, lease: dt.timedelta
) -> list[Transfer]:
    """Lease the next transfers that nobody else is sending, `most` of them. What became of one is
    unknown stays so while it is looked up. None while all payments are stopped; of a run whose
    canary is out, only that."""
    if standing_stop() is not None:
        return []
    ready = Transfer.objects.workable(at).filter(run_id=run_id, gateway=gateway)
    if queries.is_in_canary(run_id):
        ready = ready.filter(is_canary=True)
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
            UPDATE transfer SET leased_until = %s, attempts = attempts + 1,
                   status = CASE status WHEN 'unknown' THEN status ELSE 'sending' END,
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
        version=transfer.key_version,
    )


@transaction.atomic
def finish_sending(*, run_id: int, at: dt.datetime) -> PayRun:
    """Close the run's file once every transfer has an end or is on hold, and payments are not
    stopped; a run of which all failed is done."""
    run = queries.get_run(run_id, lock=True)
    if run.status != RunStatus.SENDING:
        return run
    statuses = set(run.transfers.values_list("status", flat=True).distinct())
    if statuses & {"pending", "ready", "sending", "unknown"} or standing_stop() is not None:
        return run
    close_file(batch_key=run.batch_key, at=at)
    run.status = RunStatus.CONFIRMING
    run.save(update_fields=["status"])
    note_stage(run=run, name=StageName.CONFIRMING, at=at)
    if statuses <= {TransferStatus.FAILED, TransferStatus.SETTLED}:
        finish_run(run=run, at=at)
    return run


@transaction.atomic
def confirm_file(*, file_id: int, bank_reference: str, by: User | None, at: dt.datetime) -> PayRun:
    """The bank took the payment file: its transfers are settled, and the run is done when nothing
    else of it is open.

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
    finish_run(run=run, at=at)
    return run
