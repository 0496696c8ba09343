"""What the worker does for shops that practiced."""

from hubshops.practice import actions
from hubshops.practice.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.GO_LIVE)
def go_live(**_: object) -> None:
    """Let shops go live whose last paper was accepted."""
    actions.let_ready_shops_go_live(at=clock.now())
