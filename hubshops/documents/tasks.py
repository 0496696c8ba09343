"""What the worker does for documents."""

from hubshops.documents import actions
from hubshops.documents.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.SWEEP)
def sweep(**_: object) -> None:
    """Remind of papers that run out, and stop and resume shops by them."""
    actions.sweep_documents(at=clock.now())


@handles(Jobs.FORGET)
def forget(**_: object) -> None:
    """Delete pictures that nobody needs any more."""
    actions.forget_pages(at=clock.now())
