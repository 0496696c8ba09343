"""Loading a file that was received: confirmed by a person or sent by a station's system."""

import datetime as dt

import structlog
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.packages.actions.uploads import (
    Progress,
    is_large,
    keep_file,
    look_at_upload,
    promise,
    read,
    refuse_upload,
    take_upload,
    unreadable,
    worded,
)
from hubshops.packages.jobs import Jobs
from hubshops.packages.models import FeedUpload, UploadStatus
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.refusals import Refusal

log = structlog.get_logger(__name__)

COUNTS = ("accepted", "updated", "withdrawn")


class LookedAtAgain(Refusal):
    code = "looked_at_again"
    message = gettext_lazy("Somebody looked at this file again. Check the counts, then load it.")


@transaction.atomic
def confirm_upload(
    *, upload_id: int, look: int, at: dt.datetime, by: User | None
) -> FeedUpload | None:
    """Promise to load a file as its dry run number `look` showed it.

    None when it is not waiting for that (any more): of two clicks one confirms. Refuses when the
    file was looked at again since, so that nobody loads what she did not see.
    """
    upload = take_upload(upload_id, UploadStatus.LOOKED_AT)
    if upload is None:
        return None
    if upload.looks != look:
        raise LookedAtAgain
    upload.status, upload.status_at = UploadStatus.LOADING, at
    upload.confirmed_by = by
    upload.save(update_fields=["status", "status_at", "confirmed_by"])
    promise(Jobs.LOAD, upload, at=at, is_waited_for=not is_large(upload))
    return upload


@transaction.atomic
def receive_and_load(
    *,
    station: Station,
    service_day: dt.date,
    content: bytes,
    file_name: str,
    is_whole_list: bool,
    at: dt.datetime,
) -> FeedUpload:
    """Take a file from a station's own system and promise to load it, without a look at it.

    The same bytes for the same station and day are the same file: under way or in force, it is
    only answered with its number.
    """
    upload, _is_new = keep_file(
        station=station, service_day=service_day, content=content, file_name=file_name, at=at
    )
    if upload.status in (UploadStatus.RECEIVED, UploadStatus.LOOKED_AT):
        upload.status, upload.status_at = UploadStatus.LOADING, at
        upload.is_whole_list, upload.report = is_whole_list, None
        upload.save(update_fields=["status", "status_at", "is_whole_list", "report"])
        promise(Jobs.LOAD, upload, at=at, is_waited_for=False)
    return upload


class DayMoved(Refusal):
    code = "day_moved"


def load_upload(*, upload_id: int, at: dt.datetime, on_progress: Progress | None = None) -> None:
    """Load the very bytes that were confirmed, in one transaction: all of it or nothing.

    When the day moved since the dry run, so that the counts would be others, nothing is loaded and
    the file waits again with the new counts. Done once, however often it is asked for.
    """
    try:
        load_once(upload_id=upload_id, at=at, on_progress=on_progress)
    except DayMoved:
        show_again(upload_id=upload_id, at=at)
    except Refusal as no:
        refuse_upload(upload_id=upload_id, problem=no.sentence, at=at)
    except DatabaseError:
        raise
    except Exception:
        log.exception("feed_not_loaded", upload=upload_id)
        refuse_upload(upload_id=upload_id, problem=unreadable(), at=at)


@transaction.atomic
def load_once(*, upload_id: int, at: dt.datetime, on_progress: Progress | None) -> None:
    """The load itself; nothing when the file does not wait for it."""
    upload = take_upload(upload_id, UploadStatus.LOADING)
    if upload is None:
        return
    report = read(upload, at=at, on_progress=on_progress)
    if upload.report is not None and counts(worded(report)) != counts(upload.report):
        raise DayMoved
    upload.report, upload.status_at = worded(report), at
    if report.batch is None:
        upload.status, upload.problem = UploadStatus.REFUSED, _("Every row was refused.")
        upload.save(update_fields=["report", "status", "status_at", "problem"])
        return
    upload.status, upload.batch_id = UploadStatus.LOADED, report.batch
    upload.save(update_fields=["batch", "report", "status", "status_at"])
    failpoint("feed_loaded")
    audit.record(
        at=at,
        by=upload.confirmed_by,
        action="load_feed",
        subject=upload.station,
        batch=report.batch,
        day=str(upload.service_day),
        counts=counts(upload.report),
    )


def counts(report: dict[str, object]) -> dict[str, object]:
    """What a load changes, as the person confirmed it."""
    return {name: report.get(name, 0) for name in COUNTS}


def show_again(*, upload_id: int, at: dt.datetime) -> None:
    """Look at a confirmed file anew, and say so on its page."""
    with transaction.atomic():
        upload = take_upload(upload_id, UploadStatus.LOADING)
        if upload is None:
            return
        upload.status, upload.status_at = UploadStatus.RECEIVED, at
        upload.save(update_fields=["status", "status_at"])
    look_at_upload(upload_id=upload_id, at=at, has_moved=True)
