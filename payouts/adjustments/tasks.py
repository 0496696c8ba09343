"""What the worker does for adjustments."""

from kernel import clock
from kernel.jobs.actions import handles
from payouts.adjustments.actions import end_holds, settle_disputes
from payouts.adjustments.jobs import Jobs


@handles(Jobs.LAPSE)
def lapse(**_: object) -> None:
    """End what had its time: objections nobody answered, amounts set aside for thirty days."""
    at = clock.now()
    settle_disputes(at=at)
    end_holds(at=at)
