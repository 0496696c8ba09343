"""One switch that stops every payment, by whatever way."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.access import has_role
from kernel.accounts.models import Role, User
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from payouts.providers.models import PaymentsStop
from payouts.providers.queries import standing_stop


class PaymentsAreStopped(Refusal):
    code = "payments_are_stopped"
    message = _("All payments are stopped: {reason}")


def refuse_while_stopped() -> None:
    """Refuse to begin anything while payments are stopped."""
    stop = standing_stop()
    if stop is not None:
        raise PaymentsAreStopped(reason=stop.reason)


class MayNotStop(Refusal):
    code = "may_not_stop_payments"
    message = _("Only people who draft or approve pay runs may do this.")


class SayWhyPaymentsStop(Refusal):
    code = "say_why_payments_stop"
    message = _("Say why payments stop.")


@transaction.atomic
def stop_payments(*, reason: str, by: User | None, at: dt.datetime) -> PaymentsStop:
    """Stop every payment of every run, now; a second call changes nothing. What a worker had
    claimed before goes out, at most one batch of it; no payment file is closed or handed out. `by`
    is nobody when a check of the books calls it. Audited. Refuses other people, and a stop without
    a reason."""
    if by is not None and not has_role(by, Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER):
        raise MayNotStop
    if not reason.strip():
        raise SayWhyPaymentsStop
    standing = standing_stop()
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


class MayNotLetGoOn(Refusal):
    code = "may_not_let_go_on"
    message = _("Only people who approve pay runs may let payments go on.")


@transaction.atomic
def let_payments_go_on(*, by: User, at: dt.datetime) -> bool:
    """Let payments go on; False when they were not stopped. Audited. Refuses people who don't
    approve runs."""
    if not has_role(by, Role.FINANCE_APPROVER):
        raise MayNotLetGoOn
    stop = PaymentsStop.objects.select_for_update().filter(ended_at=None).first()
    if stop is None:
        return False
    stop.ended_at, stop.ended_by = at, by
    stop.save(update_fields=["ended_at", "ended_by"])
    audit.record(at=at, by=by, action="let_payments_go_on", subject=stop, reason=stop.reason)
    return True
