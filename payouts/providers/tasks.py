"""What the worker does about how shops are paid."""

from kernel import clock
from kernel.jobs.actions import handles
from payouts.providers import actions
from payouts.providers.jobs import Jobs


@handles(Jobs.REVIEW_HOLDS)
def review_holds(**_: object) -> None:
    """Tell staff about holds at which somebody has to look."""
    actions.ring_about_holds(at=clock.now())
