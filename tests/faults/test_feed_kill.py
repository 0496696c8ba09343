"""A process killed while it loads a feed leaves all of it or nothing, and the next one ends it."""

import datetime as dt
import os
import signal

import pytest
from django.db import connections

from hubshops.packages.actions import confirm_upload, look_at_upload, receive_upload
from hubshops.packages.models import FeedBatch, FeedUpload, Package, PackageEvent
from kernel import clock, failpoints
from kernel.jobs import actions as jobs
from kernel.jobs.models import Job
from tests.factories import DAY, make_station
from tests.races.test_intake import feed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]


def killed_worker(job_id: int, at: dt.datetime, failpoint: str) -> int:
    """Perform a job in a fork of this process that dies at the failpoint; how it ended."""
    child = os.fork()
    if not child:
        for one in connections.all():
            one.connection = None  # the open one is the tests' own, and stays theirs
        os.environ["FAILPOINT"] = failpoint
        failpoints.seen.clear()
        try:
            jobs.perform_job(job_id=job_id, clock=lambda: at)
        finally:
            os._exit(0)
    _child, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


@pytest.fixture
def confirmed():
    """A file that was looked at and confirmed, as a large one is."""
    at = clock.now()
    upload = receive_upload(
        station=make_station(), service_day=DAY, content=feed(0, 300), file_name="f.csv", at=at
    )
    look_at_upload(upload_id=upload.pk, at=at)
    confirm_upload(upload_id=upload.pk, look=1, at=at, by=None)
    return upload


@pytest.mark.parametrize("failpoint", ["feed_copied", "feed_loaded"])
def test_a_worker_killed_while_loading_loads_nothing_and_the_next_one_all(confirmed, failpoint):
    job = Job.objects.get(name="packages.load")
    later = job.run_after + dt.timedelta(seconds=1)

    assert killed_worker(job.pk, later, failpoint) == -signal.SIGKILL

    confirmed.refresh_from_db()
    assert confirmed.status == "loading"
    assert not Package.objects.exists()
    assert not FeedBatch.objects.exists()
    after_the_lease = later + jobs.LEASE + dt.timedelta(seconds=1)
    assert jobs.perform_job(job_id=job.pk, clock=lambda: after_the_lease)
    assert FeedUpload.objects.get().status == "loaded"
    assert (Package.objects.count(), PackageEvent.objects.count()) == (300, 300)
