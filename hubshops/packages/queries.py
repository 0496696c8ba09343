"""Feeds as staff and stations' systems look at them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubshops.packages.feeds.csv_v1 import COLUMNS as FEED_COLUMNS
from hubshops.packages.models import (
    UNDER_WAY,
    ColumnMapping,
    FeedBatch,
    FeedUpload,
    Package,
    PackageEvent,
    UploadStatus,
)
from hubshops.packages.rules import IN_CUSTODY, EventKind, State, guess_mapping
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel.progress import told
from kernel.sheets import tidy_name

OUR_REMARKS = ("reason",)  # the last column of the rows to mend, passed over when they come back


def batches(station: Station | None = None, day: dt.date | None = None) -> QuerySet[FeedBatch]:
    """Every feed that was loaded, the newest first, without its complaints."""
    found = FeedBatch.objects.select_related("station", "loaded_by").defer("rejected")
    if station is not None:
        found = found.filter(station=station)
    if day is not None:
        found = found.filter(service_day=day)
    return found.order_by("-loaded_at", "-pk")


def batch_of(batch_id: int) -> FeedBatch | None:
    """One feed with its complaints."""
    return FeedBatch.objects.select_related("station", "loaded_by").filter(pk=batch_id).first()


def latest_batch(station: Station, day: dt.date) -> FeedBatch | None:
    """The list in force of one station's day: the one that was loaded last."""
    return batches(station, day).order_by("-version").first()


def new_packages(batch: FeedBatch) -> QuerySet[Package]:
    """The packages that a feed announced, and no later feed changed."""
    announced = PackageEvent.objects.filter(
        package=OuterRef("pk"), kind=EventKind.ANNOUNCED, received_at=batch.loaded_at
    )
    packages = Package.objects.of_day(batch.station, batch.service_day)
    return packages.filter(Exists(announced), batch=batch)


def undoing_of(batch: FeedBatch) -> FeedBatch | None:
    """What took this load back, if anything did."""
    return FeedBatch.objects.filter(undoes=batch).first()


def undo_obstacle(batch: FeedBatch) -> Promise | None:
    """Why a load can't be taken back, or None when it can. Two queries."""
    if batch.undoes_id is not None or not batch.accepted:
        return _("This load announced nothing that could be taken back.")
    if latest_batch(batch.station, batch.service_day) != batch:
        return _("A later list came for this day, so this load can't be undone.")
    if new_packages(batch).exclude(state=State.ANNOUNCED).exists():
        return _("Some of its packages are planned already, so this load can't be undone.")
    return None


def uploads_not_loaded() -> list[FeedUpload]:
    """Files that wait, are worked on or were refused, the newest first, without their bytes."""
    return list(
        FeedUpload.objects.select_related("station", "received_by")
        .defer("content", "report")
        .filter(status__in=[*UNDER_WAY, UploadStatus.REFUSED])
        .order_by("-received_at", "-pk")[:20]
    )


def refused_rows(feed_id: int) -> list[dict[str, Any]] | None:
    """The rows that a file, loaded or only looked at, was refused; None when there is no such."""
    batch = batch_of(feed_id)
    if batch is not None:
        return batch.rejected
    upload = upload_of(feed_id)
    return (upload.report or {}).get("complaints", []) if upload else None


def upload_of(upload_id: int) -> FeedUpload | None:
    """One file that came in, with its dry run, without its bytes."""
    return (
        FeedUpload.objects.select_related("station", "received_by")
        .defer("content")
        .filter(pk=upload_id)
        .first()
    )


def progress_name(upload_id: int) -> str:
    """What the work on one file is called, in the cache."""
    return f"feed:{upload_id}"


def progress_of(upload_id: int) -> tuple[int, int] | None:
    """How many lines of a file were read, and how many there are; None when nobody said."""
    return told(progress_name(upload_id))


@dataclass(frozen=True, slots=True)
class ForeignColumn:
    """A column of a file that has none of our names: how it is spelt, its tidy name, what the
    station's staff said it is (None: nobody said yet; empty: not used), and what it looks like."""

    spelt: str
    name: str
    answer: str | None
    guess: str


def remembered_columns(station_id: int) -> dict[str, str]:
    """What a station's foreign column names stand for; empty: not used. One query."""
    rows = ColumnMapping.objects.filter(station_id=station_id)
    return dict(rows.values_list("header", "column"))


def foreign_columns(upload: FeedUpload) -> list[ForeignColumn]:
    """The columns of a file that are not ours, in the order of its header. One query."""
    spelt = {tidy_name(name)[:80]: name for name in upload.header}
    known = remembered_columns(upload.station_id)
    guesses = guess_mapping(upload.header)
    return [
        ForeignColumn(spelt[name], name, known.get(name), guesses.get(spelt[name], ""))
        for name in spelt
        if name and name not in FEED_COLUMNS and name not in OUR_REMARKS
    ]


def free_columns(upload: FeedUpload) -> list[str]:
    """Our columns that a file does not have by name."""
    there = {tidy_name(name) for name in upload.header}
    return [name for name in FEED_COLUMNS if name not in there]


LEFT_TO_DO = sorted({*IN_CUSTODY, State.ASSIGNED, State.MANIFESTED})


def count_left_to_do(shop: Shop) -> int:
    """How many packages are on their way to a shop or in its hands. One query."""
    return Package.objects.filter(shop=shop, state__in=LEFT_TO_DO).count()
