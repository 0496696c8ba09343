"""Beginning: each gateway of a run is looked at before its first payment leaves, and begins, stops
and goes on by itself."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.jobs.actions import start_job
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.payruns import access, queries
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.actions.reconciling import reconcile
from payouts.payruns.actions.staging import note_stage
from payouts.payruns.jobs import Jobs
from payouts.payruns.models import AFTER_APPROVAL, PayRun, RunStatus, RunStop, StageName
from payouts.payruns.rules import goes_on_by_itself
from payouts.providers.actions import (
    StripeIsSilent,
    StripeSaysNo,
    gateways,
    refuse_while_stopped,
)
from payouts.providers.models import GatewayName

CANARY_FAILED = "canary_failed"


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


NOT_NOW = (BalanceTooLow, ProviderDiffers, StripeIsSilent, StripeSaysNo)


def look_at_money(*, gateway: str, cents: int) -> None:
    """Refuses a gateway that cannot pay so much now. Waits for the network."""
    available = gateways[gateway].available_cents()
    if available is not None and available < cents:
        raise BalanceTooLow(available=as_dollars(available), needed=as_dollars(cents))


def look_at_gateway(*, gateway: str, cents: int, at: dt.datetime) -> None:
    """What must be so before a gateway's first payment of a run leaves: it has the money, and
    Stripe's list is what we booked. Waits for the network; refuses what is not so."""
    look_at_money(gateway=gateway, cents=cents)
    if gateway == GatewayName.STRIPE:
        reconcile(at=at)
        if gaps := queries.open_gaps():
            raise ProviderDiffers(count=len(gaps))


def refusals_of(*, needed: dict[str, int], at: dt.datetime) -> dict[str, Refusal]:
    """Gateway → why it can't begin, of those (with their cents) that can't."""
    refused: dict[str, Refusal] = {}
    for gateway, cents in needed.items():
        try:
            look_at_gateway(gateway=gateway, cents=cents, at=at)
        except NOT_NOW as no:
            refused[gateway] = no
    return refused


def look_before_sending(*, run_id: int, at: dt.datetime) -> dict[str, Refusal]:
    """Which gateways of an approved run can't begin, and why. Refuses when none can."""
    needed = queries.left_to_send(run_id)
    refused = refusals_of(needed=needed, at=at)
    if refused and len(refused) == len(needed):
        raise next(iter(refused.values()))
    return refused


def look_before_going_on(*, run_id: int, at: dt.datetime) -> dict[str, Refusal]:
    """Which of a run's stopped gateways never began and still can't. Refuses when no other one is
    stopped: then nothing goes on."""
    stops = queries.standing_stops(run_id)
    left = queries.left_to_send(run_id)
    idle = {name: left.get(name, 0) for name in stops if not queries.sending_stages(run_id, name)}
    refused = refusals_of(needed=idle, at=at)
    if refused and len(refused) == len(stops):
        raise next(iter(refused.values()))
    return refused


def order_sending(*, run_id: int, by: User | None, at: dt.datetime) -> PayRun:
    """A person starts the sending of an approved run; a worker does it. A second click, and a run
    that is on its way already, change nothing; gateways that were stopped go on."""
    if not access.may_handle(by):
        raise MayNotHandle
    is_new = queries.get_run(run_id).status == RunStatus.APPROVED
    look = look_before_sending if is_new else look_before_going_on
    return order_looked_at(run_id=run_id, refused=look(run_id=run_id, at=at), by=by, at=at)


@transaction.atomic
def order_looked_at(
    *, run_id: int, by: User | None, at: dt.datetime, refused: dict[str, Refusal] | None = None
) -> PayRun:
    """Begin, and promise the job; gateways that were `refused` stay behind."""
    run = queries.get_run(run_id, lock=True)
    if run.status == RunStatus.APPROVED:
        begin_sending(run=run, refused=refused or {}, by=by, at=at)
        start_job(Jobs.SEND, at=at, key=f"{Jobs.SEND}:{run.pk}", run_id=run.pk)
    elif run.status not in AFTER_APPROVAL:
        raise RunIsNotApproved(number=run.pk)
    else:
        stops = queries.standing_stops(run_id)
        ended = [stop for name, stop in stops.items() if name not in (refused or {})]
        for stop in ended:
            go_on(run=run, stop=stop, by=by, at=at)
        if ended:
            start_job(Jobs.SEND, at=at, run_id=run.pk)
    return run


def begin_sending(
    *, run: PayRun, refused: dict[str, Refusal], by: User | None, at: dt.datetime
) -> None:
    """Move a locked, approved run on to its sending. Gateways that were `refused` are stopped
    before they begin; the others do not wait for them."""
    refuse_while_stopped()
    run.status = RunStatus.SENDING
    run.save(update_fields=["status"])
    for gateway in sorted(queries.gateways_of(run)):
        if no := refused.get(gateway):
            stop_gateway(run=run, gateway=gateway, code=no.code, reason=no.sentence, at=at)
        else:
            begin_gateway(run=run, gateway=gateway, by=by, at=at)
    audit.record(at=at, by=by, action="send_run", subject=run, cents=run.cents)


def begin_gateway(*, run: PayRun, gateway: str, by: User | None, at: dt.datetime) -> None:
    """A gateway begins: with its canary, where it has one."""
    payments = run.transfers.filter(gateway=gateway)
    first = payments.filter(is_canary=True).count()
    name = StageName.CANARY if first else StageName.SENDING
    figures = {"payments": first or payments.count()}
    note_stage(run=run, name=name, gateway=gateway, figures=figures, at=at, by=by)


def go_on(*, run: PayRun, stop: RunStop, by: User | None, at: dt.datetime) -> None:
    """Let a gateway of a locked run that was stopped send further. Who lets it go on after its
    canary failed has looked at why."""
    stop.ended_at, stop.ended_by = at, by
    stop.save(update_fields=["ended_at", "ended_by"])
    audit.record(
        at=at, by=by, action="run_goes_on", subject=run, code=stop.code, gateway=stop.gateway
    )
    if stop.code == CANARY_FAILED:
        figures = {"in_spite_of": 1}
        note_stage(
            run=run, name=StageName.SENDING, gateway=stop.gateway, figures=figures, at=at, by=by
        )
    elif not queries.sending_stages(run.pk, stop.gateway):
        begin_gateway(run=run, gateway=stop.gateway, by=by, at=at)


def stop_gateway(*, run: PayRun, gateway: str, code: str, reason: str, at: dt.datetime) -> None:
    """A gateway takes no payment of a locked run now: stop it, and say why. What it did not send
    stays ready; other gateways go on. One that is stopped stays stopped for what stopped it."""
    if gateway in queries.standing_stops(run.pk):
        return
    stop = RunStop(run=run, gateway=gateway, code=code or "refused", reason=reason[:200])
    stop.begun_at = at
    stop.save()
    audit.record(at=at, by=None, action="run_stopped", subject=run, code=stop.code, gateway=gateway)


def may_send(*, run_id: int, gateway: str, at: dt.datetime) -> bool:
    """Whether a gateway may send for a run: it is not stopped, or what stopped it is over without
    anybody's doing, and it goes on. Waits for the network only where it is stopped."""
    stop = queries.standing_stops(run_id).get(gateway)
    if stop is None:
        return True
    if not goes_on_by_itself(stop.code) or not is_over(stop, at=at):
        return False
    with transaction.atomic():
        run = queries.get_run(run_id, lock=True)
        standing = queries.standing_stops(run_id).get(gateway)
        if standing is not None and standing.pk == stop.pk:
            go_on(run=run, stop=standing, by=None, at=at)
    return standing is None or standing.pk == stop.pk


def is_over(stop: RunStop, *, at: dt.datetime) -> bool:
    """Whether the money is there now; for a gateway that never began, whether it can begin."""
    cents = queries.left_to_send(stop.run_id).get(stop.gateway, 0)
    try:
        if queries.sending_stages(stop.run_id, stop.gateway):
            look_at_money(gateway=stop.gateway, cents=cents)
        else:
            look_at_gateway(gateway=stop.gateway, cents=cents, at=at)
    except NOT_NOW:
        return False
    return True
