"""Promising work, claiming it, doing it, giving up on it."""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from kernel.jobs.models import Heartbeat, Job
from kernel.refusals import Refusal

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(seconds=150)  # longer than Celery's hard time limit of 120 s
MOST_CLAIMS = 3
SWEEP_SIZE = 200
ROWS_A_WRITE = 5_000
KEEP_DONE = dt.timedelta(days=14)
BROKER_PAUSE = 15.0  # seconds without a try after the broker did not answer
broker = {"silent_until": 0.0}

Handler = Callable[..., object]
handlers: dict[str, Handler] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """Decorate the function that does the job called `name`. It takes the job's ids and `**_`."""

    def register(handler: Handler) -> Handler:
        handlers[str(name)] = handler
        return handler

    return register


def handler_of(name: str) -> Handler:
    """The function that does the job called `name`; finds every slice's tasks when first asked."""
    if name not in handlers:
        autodiscover_modules("tasks")
    return handlers[name]


def start_job(
    name: str,
    *,
    at: dt.datetime,
    key: str | None = None,
    after: dt.timedelta | None = None,
    **ids: object,
) -> Job | None:
    """Promise a job in the caller's transaction; a worker is woken once that commits.

    With a `key`, a promise already made returns None and makes no second job. `ids` are plain
    values (never personal data). Costs one INSERT.
    """
    job = Job(
        name=str(name), key=key, args=ids, created_at=at, run_after=at + (after or dt.timedelta())
    )
    Job.objects.bulk_create([job], ignore_conflicts=key is not None)
    if key is not None:
        job = Job.objects.filter(key=key, created_at=at, claims=0).first()
    if job is not None and after is None:
        transaction.on_commit(lambda: wake_worker(job.pk), robust=True)
    return job


def start_jobs(name: str, *, at: dt.datetime, many: Mapping[str, dict[str, object]]) -> list[Job]:
    """Promise many jobs of one kind, each by its key with its ids; a key that was promised before
    is left out. Costs two statements, however many."""
    known = set(Job.objects.filter(key__in=many).values_list("key", flat=True))
    jobs = [
        Job(name=str(name), key=key, args=ids, created_at=at, run_after=at)
        for key, ids in many.items()
        if key not in known
    ]
    Job.objects.bulk_create(jobs, ignore_conflicts=True, batch_size=ROWS_A_WRITE)
    transaction.on_commit(lambda: wake_workers(list(many)), robust=True)
    return jobs


def wake_workers(keys: Sequence[str]) -> None:
    """Wake workers for promises known by their keys; what is not woken is found by the sweep."""
    waiting = Job.objects.waiting().filter(key__in=keys).order_by("pk")
    for job_id in waiting.values_list("pk", flat=True)[:SWEEP_SIZE]:
        wake_worker(job_id)


def wake_worker(job_id: int) -> None:
    """Tell Celery that a job waits. A silent broker costs time, once in a while and not once a
    job: after a failure this process leaves the waking to the sweep for `BROKER_PAUSE`."""
    if not settings.JOB_WAKE_UPS or time.monotonic() < broker["silent_until"]:
        return
    try:
        current_app.send_task("jobs.perform", [job_id], retry=False)
    except Exception as problem:
        broker["silent_until"] = time.monotonic() + BROKER_PAUSE
        log.warning("job_wake_up_failed", job=job_id, problem=type(problem).__name__)


def claim_job(*, job_id: int, at: dt.datetime) -> Job | None:
    """Lease one due job, or return None when it is done, leased, too early or used up.

    One conditional UPDATE, so that of two workers one gets it. A job claimed `MOST_CLAIMS` times
    without an end (its worker was killed each time) is given up and shown to staff.
    """
    claimed = (
        Job.objects.due(at)
        .filter(pk=job_id, claims__lt=MOST_CLAIMS)
        .update(claims=F("claims") + 1, leased_until=at + LEASE)
    )
    if claimed:
        return Job.objects.get(pk=job_id)
    Job.objects.due(at).filter(pk=job_id, claims__gte=MOST_CLAIMS).update(
        gave_up_at=at, leased_until=None
    )
    return None


def perform_job(*, job_id: int, clock: Callable[[], dt.datetime]) -> bool:
    """Claim and do one job now. True when this call did it. An error is kept on the row and tried
    again later, `MOST_CLAIMS` times in all."""
    job = claim_job(job_id=job_id, at=clock())
    if job is None:
        return False
    with structlog.contextvars.bound_contextvars(job=job.pk, job_name=job.name):
        try:
            handler_of(job.name)(**job.args)
        except Exception as problem:
            log.exception("job_failed", claims=job.claims)
            note_failure(job=job, problem=problem, at=clock())
            return False
    Job.objects.filter(pk=job.pk).update(done_at=clock(), leased_until=None, last_error="")
    return True


def note_failure(*, job: Job, problem: Exception, at: dt.datetime) -> None:
    """Keep what went wrong; try again after a growing pause, or give up and show it to staff."""
    is_last = job.claims >= MOST_CLAIMS
    Job.objects.filter(pk=job.pk, done_at=None).update(
        last_error=f"{type(problem).__name__}: {problem}"[:500],
        leased_until=None,
        run_after=at + dt.timedelta(seconds=30 * 4 ** (job.claims - 1)),
        gave_up_at=at if is_last else None,
    )


def sweep_jobs(*, at: dt.datetime) -> int:
    """Wake a worker for every due job: those whose message or worker was lost included."""
    ids = list(
        Job.objects.due(at).order_by("run_after", "pk").values_list("pk", flat=True)[:SWEEP_SIZE]
    )
    for job_id in ids:
        wake_worker(job_id)
    return len(ids)


class JobIsNotOver(Refusal):
    code = "job_is_not_over"
    message = _("This job was not given up, so it needs no second start.")


@transaction.atomic
def retry_job(*, job_id: int, at: dt.datetime) -> Job:
    """Give a job that was given up its claims back. Refuses one that still runs or is done."""
    revived = (
        Job.objects.given_up().filter(pk=job_id).update(gave_up_at=None, claims=0, run_after=at)
    )
    if not revived:
        raise JobIsNotOver
    transaction.on_commit(lambda: wake_worker(job_id), robust=True)
    return Job.objects.get(pk=job_id)


def forget_done_jobs(*, at: dt.datetime) -> int:
    """Delete jobs done more than `KEEP_DONE` ago; how many. What was given up stays until a person
    saw to it. A key is free again afterwards, so keys of recurring jobs name their slot."""
    old = Job.objects.filter(done_at__lt=at - KEEP_DONE)
    deleted, _by_table = old.delete()
    return deleted


def show_heartbeat(*, who: str, at: dt.datetime) -> None:
    """Note that a worker or the scheduler is alive."""
    Heartbeat.objects.update_or_create(who=who, defaults={"beat_at": at})
