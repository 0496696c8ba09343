"""Loading a feed in two steps: look at what it would do, then load the very same bytes."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.packages.actions.feeds import FeedReport, ingest_feed
from hubshops.packages.models import FeedUpload
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal

KEEP_UPLOADS = dt.timedelta(days=1)
MOST_SHOWN = 500  # complaints and warnings kept for the page; the file itself is kept whole


@transaction.atomic
def stage_upload(
    *,
    station: Station,
    service_day: dt.date,
    content: bytes,
    file_name: str,
    at: dt.datetime,
    by: User | None,
) -> FeedUpload:
    """Keep a file with what a dry run says about it. Nothing of it is loaded yet.

    Refuses a file that is no feed. Uploads older than a day are forgotten on the way.
    """
    report = ingest_feed(
        station=station,
        service_day=service_day,
        content=content,
        file_name=file_name,
        at=at,
        is_dry_run=True,
    )
    FeedUpload.objects.filter(uploaded_at__lt=at - KEEP_UPLOADS).delete()
    return FeedUpload.objects.create(
        station=station,
        service_day=service_day,
        file_name=file_name[:200],
        content=content,
        report=worded(report),
        uploaded_at=at,
        uploaded_by=by,
    )


def worded(report: FeedReport) -> dict[str, object]:
    """A report as the page shows it, without the rows beyond the first hundreds."""
    loaded_before = report.loaded_before
    return {
        "accepted": report.accepted,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": len(report.complaints),
        "complaints": [asdict(one) for one in report.complaints[:MOST_SHOWN]],
        "warnings": [asdict(one) for one in report.warnings[:MOST_SHOWN]],
        "unknown_columns": list(report.unknown_columns),
        "loaded_before": loaded_before.isoformat() if loaded_before else None,
    }


class UploadIsGone(Refusal):
    code = "upload_is_gone"
    message = _("This file was loaded or put aside already. Choose it again to load it.")


@transaction.atomic
def load_upload(*, upload_id: int, at: dt.datetime, by: User | None) -> FeedReport:
    """Load the very bytes that were looked at. Of two clicks one loads, the other is refused."""
    upload = take_upload(upload_id)
    report = ingest_feed(
        station=upload.station,
        service_day=upload.service_day,
        content=bytes(upload.content),
        file_name=upload.file_name,
        at=at,
        by=by,
    )
    audit.record(
        at=at,
        by=by,
        action="load_feed",
        subject=upload.station,
        batch=report.batch,
        day=str(upload.service_day),
        accepted=report.accepted,
        updated=report.updated,
    )
    upload.delete()
    return report


@transaction.atomic
def discard_upload(*, upload_id: int) -> FeedUpload:
    """Forget a file that was only looked at."""
    upload = take_upload(upload_id)
    upload.delete()
    return upload


def take_upload(upload_id: int) -> FeedUpload:
    """The upload, its station locked before it (docs/locking.md), then itself."""
    seen = FeedUpload.objects.filter(pk=upload_id).values_list("station_id", flat=True).first()
    if seen is None:
        raise UploadIsGone
    Station.objects.select_for_update(no_key=True).get(pk=seen)
    upload = FeedUpload.objects.select_for_update(of=["self"]).filter(pk=upload_id).first()
    if upload is None:
        raise UploadIsGone
    return upload
