"""What the worker does for rewards."""

from kernel import clock
from kernel.jobs.actions import handles
from payouts.rewards import actions
from payouts.rewards.jobs import Jobs


@handles(Jobs.BOOK)
def book(**_: object) -> None:
    """Book what invitations earned."""
    actions.book_rewards(at=clock.now())
