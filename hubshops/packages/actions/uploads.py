"""A feed's way in: received, looked at, or put aside. How it is loaded stands in `loading`."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import asdict

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hubshops.packages.actions.feeds import FeedReport, ingest_feed
from hubshops.packages.jobs import Jobs
from hubshops.packages.models import UNDER_WAY, FeedBatch, FeedUpload, UploadStatus
from hubshops.packages.queries import latest_batch, remembered_columns
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.jobs.actions import start_job
from kernel.refusals import Refusal

log = structlog.get_logger(__name__)

KEEP_UPLOADS = dt.timedelta(days=1)
# More than one of these is looked at and loaded by a job, so that no request works for seconds.
LARGE_BYTES = 2_000_000
LARGE_WORKBOOK = 150_000  # it unpacks to a hundred times as much at most
LARGE_ROWS = 20_000
BACKSTOP = dt.timedelta(seconds=60)  # when a job takes over what a request left unfinished
MOST_SHOWN = 2_000  # complaints and warnings kept for the page; the file itself is kept whole
WAITING = (UploadStatus.RECEIVED, UploadStatus.LOOKED_AT, UploadStatus.REFUSED)
NEXT_NUMBER = "SELECT nextval(pg_get_serial_sequence('feed_batch', 'id'))"

Progress = Callable[[int, int], None]


@transaction.atomic
def receive_upload(
    *,
    station: Station,
    service_day: dt.date,
    content: bytes,
    file_name: str,
    at: dt.datetime,
    by: User | None = None,
) -> FeedUpload:
    """Keep a file that a person sent and promise to look at it. Nothing of it is loaded.

    The same bytes for the same station and day are the same file: one that is under way stays as it
    is, one that is in force says so (`loaded`), and one that was refused, put aside or overtaken by
    a later list is received anew.
    """
    upload, is_new = keep_file(
        station=station,
        service_day=service_day,
        content=content,
        file_name=file_name,
        at=at,
        by=by,
    )
    if is_new:
        promise(Jobs.LOOK, upload, at=at, is_waited_for=not is_large(upload))
    return upload


def keep_file(
    *,
    station: Station,
    service_day: dt.date,
    content: bytes,
    file_name: str,
    at: dt.datetime,
    by: User | None = None,
) -> tuple[FeedUpload, bool]:
    """A file and whether it waits to be read from now on; its number is that of the batch it
    becomes. Holds the station's row."""
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    facts = {
        "station": station,
        "service_day": service_day,
        "fingerprint": hashlib.sha256(content).hexdigest(),
    }
    known = FeedUpload.objects.filter(**facts).first()
    if known is not None and known.status in UNDER_WAY:
        return known, False
    batch = FeedBatch.objects.filter(**facts).first()
    in_force = batch if batch and batch == latest_batch(station, service_day) else None
    number = (known or batch).pk if known or batch else next_number()
    upload = FeedUpload(
        **facts,
        pk=number,
        file_name=file_name[:200],
        content=content,
        size=len(content),
        status=UploadStatus.LOADED if in_force else UploadStatus.RECEIVED,
        batch=in_force,
        status_at=at,
        received_at=at,
        received_by=by,
    )
    upload.save()
    return upload, in_force is None


def next_number() -> int:
    """A number that no batch has or will draw."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER)
        return int(cursor.fetchone()[0])


def is_large(upload: FeedUpload) -> bool:
    """Whether reading the file is work for a job: by its bytes, and by the rows it may hold, since
    many short rows with something wrong are more work than a long list."""
    if upload.size > LARGE_BYTES:
        return True
    content = bytes(upload.content)
    if content.startswith(b"PK"):
        return upload.size > LARGE_WORKBOOK
    a_row = (b"\n", b"\r", b"{")
    values = content.count(b",")  # a row has some 16; in JSON it may be one
    return max(values // 16, *(content.count(mark) for mark in a_row)) > LARGE_ROWS


def promise(job: Jobs, upload: FeedUpload, *, at: dt.datetime, is_waited_for: bool) -> None:
    """Promise to look at a file or to load it. When a request does that itself, the job only stands
    behind it, should it die."""
    after = BACKSTOP if is_waited_for else None
    start_job(job, at=at, after=after, upload_id=upload.pk, language=get_language() or "en")


@transaction.atomic
def ask_to_look(
    *, upload_id: int, at: dt.datetime, is_whole_list: bool | None = None
) -> FeedUpload | None:
    """Have a file looked at (again): as the whole list of its day or not, when that is said.
    None when it is no longer there to be looked at."""
    upload = take_upload(upload_id, *WAITING)
    if upload is None:
        return None
    if is_whole_list is not None:
        upload.is_whole_list = is_whole_list
    upload.status, upload.status_at, upload.problem = UploadStatus.RECEIVED, at, ""
    upload.save(update_fields=["status", "status_at", "problem", "is_whole_list"])
    promise(Jobs.LOOK, upload, at=at, is_waited_for=not is_large(upload))
    return upload


def look_at_upload(
    *,
    upload_id: int,
    at: dt.datetime,
    on_progress: Progress | None = None,
    has_moved: bool = False,
) -> None:
    """Keep with a received file what it would do; nothing of it is loaded. `has_moved`: it was
    about to be loaded when the day turned out to be another.

    A file that is no feed, or that breaks our reader, is refused with a sentence and kept. Done
    once: a second look finds the first one's answer.
    """
    try:
        with transaction.atomic():
            # Nothing is written to the day: the station stays free while the file is read.
            upload = lock_upload(upload_id, UploadStatus.RECEIVED)
            if upload is not None:
                report = read(upload, at=at, is_dry_run=True, on_progress=on_progress)
                keep_report(upload, report, at=at, has_moved=has_moved)
    except Refusal as no:
        header = no.details.get("header")
        refuse_upload(upload_id=upload_id, problem=no.sentence, at=at, header=header)
    except DatabaseError:
        raise
    except Exception:
        log.exception("feed_not_read", upload=upload_id)
        refuse_upload(upload_id=upload_id, problem=unreadable(), at=at)


def unreadable() -> str:
    """What is said when our reader broke on a file."""
    return _(
        "We could not read this file. We keep it for a day: call support, and we look into it."
    )


def read(
    upload: FeedUpload,
    *,
    at: dt.datetime,
    is_dry_run: bool = False,
    on_progress: Progress | None = None,
) -> FeedReport:
    """Judge a file's rows as they are told to be read, and write them unless it is a dry run."""
    return ingest_feed(
        station=upload.station,
        service_day=upload.service_day,
        content=bytes(upload.content),
        file_name=upload.file_name,
        at=at,
        by=upload.confirmed_by,
        mapping=remembered_columns(upload.station_id),
        is_whole_list=upload.is_whole_list,
        is_dry_run=is_dry_run,
        number=upload.pk,
        on_progress=on_progress,
    )


def keep_report(
    upload: FeedUpload, report: FeedReport, *, at: dt.datetime, has_moved: bool
) -> None:
    """Note what a dry run said."""
    upload.report, upload.header = worded(report), names_in(report.header)
    upload.report["has_moved"] = has_moved
    upload.status, upload.status_at = UploadStatus.LOOKED_AT, at
    upload.looks += 1
    upload.save(update_fields=["report", "header", "status", "status_at", "looks"])


def worded(report: FeedReport) -> dict[str, object]:
    """A report as the page shows it, without the rows beyond the first ones."""
    loaded_before = report.loaded_before
    return {
        "accepted": report.accepted,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "withdrawn": report.withdrawn,
        "withdrawn_ids": list(report.withdrawn_ids),
        "refused": len(report.complaints),
        "complaints": [asdict(one) for one in report.complaints[:MOST_SHOWN]],
        "warnings": [asdict(one) for one in report.warnings[:MOST_SHOWN]],
        "unknown_columns": list(report.unknown_columns),
        "loaded_before": loaded_before.isoformat() if loaded_before else None,
    }


@transaction.atomic
def refuse_upload(*, upload_id: int, problem: str, at: dt.datetime, header: object = None) -> None:
    """Note why a file can't be loaded, and its header when that was read; the bytes are kept."""
    upload = take_upload(upload_id, UploadStatus.RECEIVED, UploadStatus.LOADING)
    if upload is not None:
        upload.status, upload.status_at = UploadStatus.REFUSED, at
        upload.problem, upload.header = problem[:500], names_in(header)
        upload.save(update_fields=["status", "status_at", "problem", "header"])


def names_in(header: object) -> list[str]:
    """The names of a header as they can be kept; none when there was no header."""
    names = header if isinstance(header, list | tuple) else ()
    return [str(name).encode(errors="replace").decode().replace("\0", "") for name in names]


@transaction.atomic
def put_upload_aside(*, upload_id: int, at: dt.datetime) -> FeedUpload | None:
    """Leave a file that was not loaded; None when it was, or is gone."""
    upload = take_upload(upload_id, *UNDER_WAY, UploadStatus.REFUSED)
    if upload is not None:
        upload.status, upload.status_at = UploadStatus.PUT_ASIDE, at
        upload.problem = ""
        upload.save(update_fields=["status", "status_at", "problem"])
    return upload


def take_upload(upload_id: int, *statuses: str) -> FeedUpload | None:
    """Lock a file, its station before it (docs/locking.md); None unless it is in one of these
    statuses."""
    seen = FeedUpload.objects.filter(pk=upload_id).values_list("station_id", flat=True).first()
    if seen is None:
        return None
    Station.objects.select_for_update(no_key=True).get(pk=seen)
    return lock_upload(upload_id, *statuses)


def lock_upload(upload_id: int, *statuses: str) -> FeedUpload | None:
    """Lock a file alone; None unless it is in one of these statuses."""
    uploads = FeedUpload.objects.select_for_update(of=["self"]).select_related("station")
    uploads = uploads.defer("content")
    return uploads.filter(pk=upload_id, status__in=statuses).first()


def forget_uploads(*, at: dt.datetime) -> int:
    """Delete files that came in more than a day ago; how many."""
    deleted, _by_table = FeedUpload.objects.filter(received_at__lt=at - KEEP_UPLOADS).delete()
    return deleted
