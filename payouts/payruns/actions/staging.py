"""The stages of a run, each a row, and the switch that stops every payment."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from payouts.payruns import access, queries
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.models import PaymentsStop, PayRun, RunStage, StageName


class SayWhyPaymentsStop(Refusal):
    code = "say_why_payments_stop"
    message = _("Say why payments stop.")


class PaymentsAreStopped(Refusal):
    code = "payments_are_stopped"
    message = _("All payments are stopped: {reason}")


class MayNotLetGoOn(Refusal):
    code = "may_not_let_go_on"
    message = _("Only people who approve pay runs may let payments go on.")


def note_stage(
    *,
    run: PayRun,
    name: StageName,
    at: dt.datetime,
    by: User | None = None,
    figures: dict[str, Any] | None = None,
) -> None:
    """Note that a locked run reached a stage; the first time counts."""
    stage = RunStage(run=run, name=name, reached_at=at, by=by, figures=figures or {})
    RunStage.objects.bulk_create([stage], ignore_conflicts=True)


def refuse_while_stopped() -> None:
    """Refuse to begin anything while payments are stopped."""
    stop = queries.standing_stop()
    if stop is not None:
        raise PaymentsAreStopped(reason=stop.reason)


@transaction.atomic
def stop_payments(*, reason: str, by: User | None, at: dt.datetime) -> PaymentsStop:
    """Stop every payment of every run, now; a second call changes nothing. What a worker had
    claimed before goes out, at most one batch of it. `by` is nobody when a check of the books calls
    it. Audited. Refuses other people, and a stop without a reason."""
    if by is not None and not access.may_handle(by):
        raise MayNotHandle
    if not reason.strip():
        raise SayWhyPaymentsStop
    standing = queries.standing_stop()
    if standing is not None:
        return standing
    try:
        with transaction.atomic():
            stop = PaymentsStop.objects.create(
                reason=reason.strip()[:200], begun_at=at, begun_by=by
            )
    except IntegrityError:  # somebody was faster
        return PaymentsStop.objects.get(ended_at=None)
    audit.record(at=at, by=by, action="stop_payments", subject=stop, reason=stop.reason)
    return stop


@transaction.atomic
def let_payments_go_on(*, by: User, at: dt.datetime) -> bool:
    """Let payments go on; False when they were not stopped. Audited. Refuses people who don't
    approve runs."""
    if not access.may_approve(by):
        raise MayNotLetGoOn
    stop = PaymentsStop.objects.select_for_update().filter(ended_at=None).first()
    if stop is None:
        return False
    stop.ended_at, stop.ended_by = at, by
    stop.save(update_fields=["ended_at", "ended_by"])
    audit.record(at=at, by=by, action="let_payments_go_on", subject=stop, reason=stop.reason)
    return True
