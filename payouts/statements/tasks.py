"""What the worker does for statements and books."""

from kernel import clock
from kernel.jobs.actions import handles
from payouts.statements import actions
from payouts.statements.jobs import Jobs


@handles(Jobs.ISSUE)
def issue(**_: object) -> None:
    """Give every sent transfer its statement."""
    actions.issue_statements(at=clock.now())


@handles(Jobs.CHECK_BOOKS)
def check_books(**_: object) -> None:
    """Look at all books, once a night."""
    actions.check_books(at=clock.now())


@handles(Jobs.CHECK_RUNS)
def check_runs(**_: object) -> None:
    """Check the books before and after every run."""
    actions.check_books_for_runs(at=clock.now())
