"""What the worker does for shops that leave."""

from kernel import clock
from kernel.jobs.actions import handles
from payouts.closings import actions
from payouts.closings.jobs import Jobs


@handles(Jobs.CLOSE)
def close(**_: object) -> None:
    """Close the shops from which nothing is left."""
    actions.close_shops(at=clock.now())
