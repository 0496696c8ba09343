"""What the worker does for agreements."""

from hubshops.agreements import actions
from hubshops.agreements.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.SEND)
def send_agreements(**_: object) -> None:
    """Ask the owners of shops that were approved to sign."""
    actions.send_agreements(at=clock.now())
