"""Sending: lease, commit, ask the gateway, book. A worker may die between any two of these."""

import datetime as dt
import time

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.failpoints import failpoint
from kernel.refusals import Refusal
from payouts.payruns import queries
from payouts.payruns.actions.beginning import (
    CANARY_FAILED,
    RunIsNotApproved,
    begin_sending,
    look_before_sending,
    may_send,
    stop_gateway,
)
from payouts.payruns.actions.finishing import finish_sending
from payouts.payruns.actions.receipts import let_held_go, note_receipts
from payouts.payruns.actions.reversing import send_waiting_reversals
from payouts.payruns.actions.staging import note_stage
from payouts.payruns.models import (
    AFTER_APPROVAL,
    PayRun,
    RunStatus,
    StageName,
    Transfer,
    TransferStatus,
)
from payouts.payruns.rules import Canary, Try, judge_canary, must_be_looked_up
from payouts.providers.actions import StripeIsSilent, StripeSaysNo, gateways, refresh_account
from payouts.providers.queries import standing_stop
from payouts.providers.rules import Gateway, Order, Outcome, Receipt

BUDGET_S = 30  # a call leaves the rest to the next one, well before a worker's time is over


def send_run(*, run_id: int, at: dt.datetime, by: User | None = None) -> PayRun:
    """Send what is not sent yet of an approved run, for half a minute at most; then it waits for
    the bank. Each gateway begins, stops, and goes on by itself: none waits for another.

    Safe side by side and after a crash anywhere. Transfers under another worker's lease, and those
    whose pause is not over, are left to a later call. A gateway that was stopped for want of money,
    or could not begin, goes on by itself once it can. Refuses a run that is not approved, and one
    of which no gateway can begin. About 0.1 ms a transfer by bank file; by Stripe some 7 a second
    in a sandbox, twice that live.
    """
    started = time.monotonic()
    refused: dict[str, Refusal] = {}
    if queries.get_run(run_id).status == RunStatus.APPROVED:
        refused = look_before_sending(run_id=run_id, at=at)
    with transaction.atomic():
        run = queries.get_run(run_id, lock=True)
        if run.status == RunStatus.APPROVED:
            begin_sending(run=run, refused=refused, by=by, at=at)
        elif run.status not in AFTER_APPROVAL:
            raise RunIsNotApproved(number=run.pk)
    paying = queries.gateways_of(run) - refused.keys()
    for name in gateways:
        if name in paying and may_send(run_id=run_id, gateway=name, at=at):
            send_by(run_id=run_id, name=name, started=started, at=at)
            run = finish_sending(run_id=run_id, at=at)
    return run


def send_by(*, run_id: int, name: str, started: float, at: dt.datetime) -> None:
    """All rounds of one gateway: its canary, then the others."""
    send_rounds(run_id=run_id, name=name, started=started, at=at)
    if let_the_rest_follow(run_id=run_id, name=name, at=at):
        send_rounds(run_id=run_id, name=name, started=started, at=at)


def send_rounds(*, run_id: int, name: str, started: float, at: dt.datetime) -> None:
    """Round after round by one gateway, until nothing can be done or the time is over."""
    while (passed := time.monotonic() - started) < BUDGET_S:
        now = at + dt.timedelta(seconds=int(passed))
        if not send_some(run_id=run_id, name=name, gateway=gateways[name], at=now):
            break


@transaction.atomic
def let_the_rest_follow(*, run_id: int, name: str, at: dt.datetime) -> bool:
    """Whether a gateway's canary has just come through, so that all others may be sent; one that
    did not stops the gateway until a person looked."""
    run = queries.get_run(run_id, lock=True)
    is_stopped = name in queries.standing_stops(run_id)
    if run.status != RunStatus.SENDING or is_stopped or not queries.is_in_canary(run_id, name):
        return False
    statuses = queries.canary_statuses(run_id, name)
    verdict = judge_canary(statuses)
    if verdict == Canary.STOP:
        why = str(_("The first payments did not all go through. Look at them, then let it go on."))
        stop_gateway(run=run, gateway=name, code=CANARY_FAILED, reason=why, at=at)
    if verdict != Canary.GO_ON:
        return False
    note_stage(run=run, name=StageName.SENDING, gateway=name, figures={"canary": statuses}, at=at)
    failpoint("canary_passed")
    return True


@transaction.atomic
def note_stop(*, run_id: int, name: str, receipt: Receipt, at: dt.datetime) -> None:
    """A gateway answered that it takes no payment of this run now."""
    run = queries.get_run(run_id, lock=True)
    stop_gateway(run=run, gateway=name, code=receipt.code, reason=receipt.error, at=at)


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
        note_stop(run_id=run_id, name=name, receipt=stops[0], at=at)
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
    unknown stays so while it is looked up. None while all payments are stopped; where the
    canary is out, only that."""
    if standing_stop() is not None:
        return []
    ready = Transfer.objects.workable(at).filter(run_id=run_id, gateway=gateway)
    if queries.is_in_canary(run_id, gateway):
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
