"""What Celery calls: perform one job, or look at the clock."""

import socket

from celery import shared_task

from kernel import clock
from kernel.jobs import actions
from kernel.jobs.jobs import Jobs
from kernel.jobs.queries import recurring_due


@shared_task(name="jobs.perform", ignore_result=True)
def perform(job_id: int, **_: object) -> None:
    """Do one job, if nobody else does or did."""
    actions.perform_job(job_id=job_id, clock=clock.now)


@shared_task(name="jobs.tick", ignore_result=True)
def tick(**_: object) -> None:
    """Promise every recurring job whose slot has come and wake workers for all that waits."""
    at = clock.now()
    actions.show_heartbeat(who=f"worker@{socket.gethostname()}", at=at)
    for recurring, slot in recurring_due(at):
        actions.start_job(recurring.job, at=at, key=f"{recurring.job}@{slot}", **recurring.ids)
    actions.sweep_jobs(at=at)


@actions.handles(Jobs.FORGET)
def forget_done_jobs(**_: object) -> None:
    """Let go of jobs that were done weeks ago."""
    actions.forget_done_jobs(at=clock.now())
