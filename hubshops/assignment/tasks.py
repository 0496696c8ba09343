"""What the worker does for assignments."""

from hubshops.assignment import actions
from hubshops.assignment.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.LAPSE)
def lapse(**_: object) -> None:
    """End the offers that no shop answered in time."""
    actions.lapse_offers(at=clock.now())
