"""What the worker does for feeds. Both jobs stand behind the page as well: what a request began and
did not end, because its process died, they finish."""

from django.utils import translation

from hubshops.packages import actions
from hubshops.packages.jobs import Jobs
from hubshops.packages.queries import progress_name
from kernel import clock
from kernel.jobs.actions import handles
from kernel.progress import teller


@handles(Jobs.LOOK)
def look(upload_id: int, language: str = "en", **_: object) -> None:
    """Say what a received file would do."""
    with translation.override(language):
        actions.look_at_upload(
            upload_id=upload_id, at=clock.now(), on_progress=teller(progress_name(upload_id))
        )


@handles(Jobs.LOAD)
def load(upload_id: int, language: str = "en", **_: object) -> None:
    """Load a file that was confirmed."""
    with translation.override(language):
        actions.load_upload(
            upload_id=upload_id, at=clock.now(), on_progress=teller(progress_name(upload_id))
        )


@handles(Jobs.FORGET)
def forget_uploads(**_: object) -> None:
    """Let go of files that came in more than a day ago."""
    actions.forget_uploads(at=clock.now())
