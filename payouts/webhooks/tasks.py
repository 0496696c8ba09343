"""What the worker does with news from providers."""

from django.conf import settings

from kernel import clock
from kernel.jobs.actions import handles
from payouts.webhooks import actions
from payouts.webhooks.jobs import Jobs


@handles(Jobs.APPLY)
def apply(event_id: int, **_: object) -> None:
    """Act on one event."""
    actions.apply_event(event_id=event_id, at=clock.now())


@handles(Jobs.SWEEP)
def sweep(**_: object) -> None:
    """Act on every event whose turn has come."""
    actions.apply_waiting(at=clock.now())


@handles(Jobs.CATCH_UP)
def catch_up(**_: object) -> None:
    """Find events that nobody told us."""
    if settings.STRIPE_SECRET_KEY:
        actions.catch_up(at=clock.now())
