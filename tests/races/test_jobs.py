"""Two workers at one job."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from kernel.jobs import actions
from kernel.jobs.models import Job
from tests.factories import MORNING

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number, act):
    """Run `act(place)` in so many threads at the same moment."""
    start = Barrier(number)

    def run(place):
        try:
            start.wait()
            return act(place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))


def test_of_six_workers_one_claims_a_job():
    job = actions.start_job("test.race", at=MORNING)
    claims = at_once(6, lambda _: actions.claim_job(job_id=job.pk, at=MORNING))
    assert sum(claim is not None for claim in claims) == 1


def test_of_six_schedulers_one_promises_a_slot():
    def promise(place):
        moment = MORNING + dt.timedelta(microseconds=place)
        return actions.start_job("test.race", at=moment, key="test.race@slot")

    jobs = at_once(6, promise)
    assert Job.objects.filter(key="test.race@slot").count() == 1
    assert sum(job is not None for job in jobs) == 1
