"""What the worker does for recipients."""

from hubshops.recipients import actions
from hubshops.recipients.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.SWEEP)
def sweep(**_: object) -> None:
    """Say what was not said yet."""
    actions.tell_recipients(at=clock.now())
