"""Done jobs are let go after two weeks; failed ones wait for a person."""

import datetime as dt

import pytest

from kernel.jobs.actions import KEEP_DONE, forget_done_jobs, start_job
from kernel.jobs.models import Job
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


def test_only_what_was_done_long_ago_is_forgotten():
    long_ago = MORNING - KEEP_DONE - dt.timedelta(seconds=1)
    for name in ("old", "fresh", "waiting", "given_up"):
        start_job(name, at=long_ago)
    Job.objects.filter(name="old").update(done_at=long_ago)
    Job.objects.filter(name="fresh").update(done_at=MORNING)
    Job.objects.filter(name="given_up").update(gave_up_at=long_ago)
    assert forget_done_jobs(at=MORNING) == 1
    assert set(Job.objects.values_list("name", flat=True)) == {"fresh", "waiting", "given_up"}
