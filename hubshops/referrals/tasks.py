"""What the worker does for referrals."""

from hubshops.referrals import actions
from hubshops.referrals.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.SWEEP)
def sweep(**_: object) -> None:
    """Note who came by whose link, and who is live."""
    at = clock.now()
    actions.note_referrals(at=at)
    actions.note_live(at=at)
