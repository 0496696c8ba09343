"""What staff do from the portal's own pages."""

import datetime as dt

from django.db import transaction

from kernel.accounts.models import User
from kernel.audit.actions import record
from kernel.jobs import actions as jobs
from kernel.jobs.models import Job


@transaction.atomic
def try_job_again(*, job_id: int, by: User, at: dt.datetime) -> Job:
    """Give a job that was given up another three tries. Audited. Refuses one that is not over."""
    job = jobs.retry_job(job_id=job_id, at=at)
    record(at=at, by=by, action="retry_job", subject=job, job=job.name)
    return job
