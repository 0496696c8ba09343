"""What the worker does for the pay runs."""

from django.conf import settings

from kernel import clock
from kernel.jobs.actions import handles
from payouts.payruns import actions
from payouts.payruns.jobs import Jobs


@handles(Jobs.SEND)
def send(run_id: int, **_: object) -> None:
    """Send one approved run."""
    actions.send_run(run_id=run_id, at=clock.now())


@handles(Jobs.SWEEP)
def sweep(**_: object) -> None:
    """Go on with runs whose sending was cut off."""
    actions.send_waiting(at=clock.now())


@handles(Jobs.DRAFT_WEEKLY)
def draft_weekly(**_: object) -> None:
    """Draft each zone's week that is over, where the portal is set to."""
    if settings.WEEKLY_DRAFTS:
        actions.draft_weekly(at=clock.now())


@handles(Jobs.REVERSE)
def reverse(reversal_id: int, **_: object) -> None:
    """Take money back from one transfer."""
    actions.send_reversal(reversal_id=reversal_id, at=clock.now())


@handles(Jobs.RECONCILE)
def reconcile(**_: object) -> None:
    """Hold the provider's list against our books."""
    actions.reconcile(at=clock.now())
