"""What the worker does for new shops' caps."""

from hubshops.ramps import actions
from hubshops.ramps.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.GROW)
def grow_caps(**_: object) -> None:
    """Let new shops have more after good days."""
    actions.grow_caps(at=clock.now())
