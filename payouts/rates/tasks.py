"""What the worker does for cards."""

from kernel import clock
from kernel.jobs.actions import handles
from payouts.rates import actions
from payouts.rates.jobs import Jobs


@handles(Jobs.SWEEP)
def sweep(**_: object) -> None:
    """Take back what nobody approved in time; begin pauses that shops asked for."""
    actions.lapse_changes(at=clock.now())
    actions.begin_pauses(at=clock.now())
