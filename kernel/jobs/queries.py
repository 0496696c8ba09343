"""What waits, what failed, and which recurring jobs have a slot now."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from kernel.jobs.models import Heartbeat, Job

HEARTBEAT_FRESH = dt.timedelta(seconds=90)


@dataclass(frozen=True)
class Recurring:
    """A job that comes back: every so many minutes, or once a local day at an hour (on some
    weekdays, Monday is 1). Its slot is part of the job's key, so two schedulers make one job."""

    job: str
    every: dt.timedelta | None = None
    daily_at: dt.time | None = None
    weekdays: str = "1234567"
    zone: str = "UTC"
    ids: dict[str, Any] = field(default_factory=dict)

    def slot(self, at: dt.datetime) -> str | None:
        """The name of the slot that `at` falls in, or None when nothing is due yet today."""
        if self.every is not None:
            seconds = int(self.every.total_seconds())
            start = int(at.timestamp()) // seconds * seconds
            return dt.datetime.fromtimestamp(start, dt.UTC).isoformat()
        local = at.astimezone(ZoneInfo(self.zone))
        if str(local.isoweekday()) not in self.weekdays or local.time() < (
            self.daily_at or dt.time()
        ):
            return None
        return local.date().isoformat()


def recurring_due(at: dt.datetime) -> Iterator[tuple[Recurring, str]]:
    """The recurring jobs of `settings.SCHEDULE` with the slot each has now."""
    for recurring in import_string(settings.SCHEDULE):
        if slot := recurring.slot(at):
            yield recurring, slot


def failed_jobs(limit: int = 100) -> list[Job]:
    """Jobs that were given up, newest first."""
    return list(Job.objects.given_up().order_by("-gave_up_at", "-pk")[:limit])


def count_failed_jobs() -> int:
    """How many jobs were given up and wait for a person."""
    return Job.objects.given_up().count()


def late_jobs(at: dt.datetime, *, by: dt.timedelta = dt.timedelta(minutes=5)) -> int:
    """How many jobs should have run at least `by` ago."""
    return Job.objects.waiting().filter(run_after__lt=at - by).count()


def is_worker_alive(at: dt.datetime) -> bool:
    """Whether a worker showed a sign of life in the last 90 seconds."""
    return Heartbeat.objects.filter(
        who__startswith="worker@", beat_at__gte=at - HEARTBEAT_FRESH
    ).exists()
