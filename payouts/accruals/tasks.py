"""What the worker does for the fees."""

from kernel import clock
from kernel.jobs.actions import handles
from payouts.accruals import actions
from payouts.accruals.jobs import Jobs

MOST_A_SWEEP = 1_000_000  # some 15 s; the next minute goes on where this one stopped


@handles(Jobs.SWEEP)
def sweep(**_: object) -> None:
    """Book the fees of what was delivered since the last sweep."""
    actions.accrue_waiting(at=clock.now(), limit=MOST_A_SWEEP)


@handles(Jobs.TOP_UP)
def top_up(**_: object) -> None:
    """Top up the weeks that ended below what was promised."""
    actions.top_up_weeks(at=clock.now())
