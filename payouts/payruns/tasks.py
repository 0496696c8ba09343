"""What the worker does for the pay runs."""

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
