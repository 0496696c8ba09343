"""Feeds, for stations' own systems: send a day's list, ask what became of it."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from hubshops.packages import actions, queries
from hubshops.packages.models import FeedBatch, FeedUpload, UploadStatus
from hubshops.packages.rules import is_plausible_day
from kernel import clock
from kernel.idempotency.rules import takes_up_to

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = ("text/csv", "application/json", EXCEL)

router = Router(tags=["Feeds"])  # whoever adds it says who may come in


class FeedTaken(Schema):
    batch: int = Field(description="The number of the feed, from its receipt on")


class ProgressOut(Schema):
    rows: int = Field(description="Read so far")
    total: int


class ComplaintOut(Schema):
    """What is wrong with one row. `line` is the line of the file it starts on."""

    line: int
    field: str
    reason: str


class FeedOut(Schema):
    """One feed. The counts are of what was loaded; before that they are null, or what a dry run
    said."""

    batch: int
    station: str
    day: dt.date
    status: UploadStatus
    version: int | None = Field(description="Its place among the feeds of its day, once loaded")
    problem: str = Field(description="Why the file as a whole was refused")
    progress: ProgressOut | None = Field(description="While it is read or loaded")
    accepted: int | None
    updated: int | None
    unchanged: int | None
    withdrawn: int | None
    rejected: list[ComplaintOut]
    warnings: list[ComplaintOut]
    unknown_columns: list[str]
    loaded_at: dt.datetime | None


class Problem(Schema):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


def problems(*codes: int) -> dict[int, Any]:
    """The refusals of an operation, in its description."""
    return dict.fromkeys(codes, Problem)


@router.post(
    "/stations/{code}/feeds",
    response={202: FeedTaken} | problems(400, 401, 404, 409, 411, 413, 415, 422, 429),
    operation_id="send_feed",
    summary="Send the packages of a day",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {name: {"schema": {"type": "string"}} for name in TYPES},
        }
    },
)
@takes_up_to(settings.FEED_MAX_BYTES)
def send_feed(
    request: HttpRequest, code: str, day: dt.date, whole_list: bool = False
) -> tuple[int, dict[str, int]]:
    """A CSV, JSON or Excel body becomes a feed; it is loaded within seconds, in the background.

    With `whole_list=true`, packages of the day that it does not name are withdrawn. The same bytes
    for the same day are the same feed and get the same number.
    """
    at = clock.now()
    if not is_plausible_day(day, today=clock.local_day(at, request.station.zone)):
        raise HttpError(422, _("This day is more than a year away. Check the year."))
    upload = actions.receive_and_load(
        station=request.station,
        service_day=day,
        content=body_of(request),
        file_name=request.station_key.name,
        is_whole_list=whole_list,
        at=at,
    )
    return 202, {"batch": upload.pk}


def body_of(request: HttpRequest) -> bytes:
    """What was sent. Refuses what is no table by its type, what is empty and what is too large."""
    if request.content_type not in TYPES:
        words = _("Send the feed as one of these types: %(types)s.")
        raise HttpError(415, words % {"types": ", ".join(TYPES)})
    most = settings.FEED_MAX_BYTES
    content = request.body if hasattr(request, "_body") else request.read(most + 1)
    if len(content) > most:
        words = _("A feed has at most %(most)s MB. Split it.")
        raise HttpError(413, words % {"most": most // 1_000_000})
    if not content and request.headers.get("Transfer-Encoding"):
        raise HttpError(411, _("Send the feed in one piece, with its Content-Length."))
    if not content.strip():
        raise HttpError(422, _("The file is empty."))
    return content


@router.get(
    "/feeds/{batch}",
    response={200: FeedOut} | problems(401, 404, 422, 429),
    operation_id="feed",
    summary="What became of a feed",
)
def feed(request: HttpRequest, batch: int) -> dict[str, Any]:
    """Its status, how far it is, its counts and what is wrong with its rows."""
    loaded, upload = queries.batch_of(batch), queries.upload_of(batch)
    found = loaded or upload
    if found is None or found.station_id != request.station.pk:
        raise Http404
    return as_sent(upload) if upload else as_loaded(loaded)


def as_sent(upload: FeedUpload) -> dict[str, Any]:
    """A file that came in today, wherever it is on its way."""
    report = upload.report or {}
    done, total = queries.progress_of(upload.pk) or (0, 0)
    is_at_work = upload.status in (UploadStatus.RECEIVED, UploadStatus.LOADING)
    loaded = upload.batch
    if loaded is not None and not report:
        return as_loaded(loaded)
    return {
        "batch": upload.pk,
        "station": upload.station.code,
        "day": upload.service_day,
        "status": upload.status,
        "version": loaded and loaded.version,
        "problem": upload.problem,
        "progress": {"rows": done, "total": total} if is_at_work else None,
        "rejected": loaded.rejected if loaded else report.get("complaints", []),
        "warnings": report.get("warnings", []),
        "unknown_columns": report.get("unknown_columns", []),
        "loaded_at": loaded and loaded.loaded_at,
    } | {name: report.get(name) for name in ("accepted", "updated", "unchanged", "withdrawn")}


def as_loaded(batch: FeedBatch) -> dict[str, Any]:
    """A feed whose file is no longer kept, or that was loaded in a terminal."""
    return {
        "batch": batch.pk,
        "station": batch.station.code,
        "day": batch.service_day,
        "status": UploadStatus.LOADED,
        "version": batch.version,
        "problem": "",
        "progress": None,
        "accepted": batch.accepted,
        "updated": batch.updated,
        "unchanged": batch.unchanged,
        "withdrawn": batch.withdrawn,
        "rejected": batch.rejected,
        "warnings": [],
        "unknown_columns": [],
        "loaded_at": batch.loaded_at,
    }
