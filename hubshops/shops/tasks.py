"""What the worker does for shops."""

from hubshops.shops import actions
from hubshops.shops.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.TURN)
def turn(**_: object) -> None:
    """Begin and end pauses, begin leavings."""
    actions.turn_shops(at=clock.now())
