"""What a worker does for this room."""

from kernel import clock
from kernel.idempotency import actions
from kernel.idempotency.jobs import Jobs
from kernel.jobs.actions import handles


@handles(Jobs.FORGET)
def forget_answers(**_: object) -> None:
    """Let go of answers that are a day old."""
    actions.forget_answers(at=clock.now())
