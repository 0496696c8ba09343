"""What the worker does for applications."""

from hubshops.applications import actions, queries
from hubshops.applications.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.SCREEN)
def screen(application_id: int, **_: object) -> None:
    """Look at one new application before a person does."""
    actions.screen_application(application_id=application_id, at=clock.now())


@handles(Jobs.APOLOGISE)
def apologise(**_: object) -> None:
    """Say first where a promised date has passed."""
    at = clock.now()
    for application_id in queries.lapsed(at):
        actions.apologise(application_id=application_id, at=at)


@handles(Jobs.TELL_WHO_WAITS)
def tell_who_waits(**_: object) -> None:
    """Write to those on the waiting list whose ZIP code a van reaches now."""
    at = clock.now()
    for entry_id in queries.reached_by_a_van(at):
        actions.tell_who_waits(entry_id=entry_id, at=at)


@handles(Jobs.TIDY)
def tidy(**_: object) -> None:
    """Remind of drafts and of our questions, end old ones, and drop what nobody confirmed."""
    at = clock.now()
    actions.tidy_drafts(at=at)
    actions.tidy_waitlist(at=at)
    for application_id in queries.unanswered(at):
        actions.chase_answer(application_id=application_id, at=at)
