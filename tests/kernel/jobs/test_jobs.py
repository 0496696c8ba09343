"""Promised work: claimed by one, tried again, given up, never lost."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.jobs import actions, queries
from kernel.jobs.models import Heartbeat, Job
from kernel.jobs.queries import Recurring
from kernel.jobs.tasks import tick
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
done = []


@pytest.fixture(autouse=True)
def _handlers():
    done.clear()

    @actions.handles("test.note")
    def note(word, **_):
        done.append(word)

    @actions.handles("test.fail")
    def fail(**_):
        raise ValueError("no luck")

    yield
    for name in ("test.note", "test.fail"):
        del actions.handlers[name]


def promise(name="test.note", *, at=MORNING, **ids):
    return actions.start_job(name, at=at, **ids)


def perform(job, at=MORNING):
    return actions.perform_job(job_id=job.pk, clock=lambda: at)


def test_a_job_is_done_once():
    job = promise(word="bread")
    assert perform(job)
    assert not perform(job)
    assert done == ["bread"]
    job.refresh_from_db()
    assert job.done_at == MORNING


def test_handlers_ignore_ids_they_do_not_know():
    assert perform(promise(word="bread", added_by_a_newer_release=7))


def test_a_promise_that_is_rolled_back_was_never_made():
    with pytest.raises(RuntimeError), transaction.atomic():
        promise(word="bread")
        raise RuntimeError
    assert not Job.objects.exists()


def test_a_key_is_promised_once():
    first = promise(key="bread@monday", word="bread")
    assert promise(key="bread@monday", word="more bread", at=MORNING + MINUTE) is None
    assert promise(key="bread@monday", word="more bread") in (None, first)
    assert Job.objects.get() == first
    assert first.args == {"word": "bread"}


def test_the_table_itself_refuses_a_second_key():
    promise(key="bread@monday", word="bread")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(name="x", key="bread@monday", created_at=MORNING, run_after=MORNING)


def test_a_job_waits_for_its_time():
    job = promise(word="bread", after=MINUTE)
    assert not perform(job)
    assert perform(job, MORNING + MINUTE)


def test_a_leased_job_is_nobody_elses():
    job = promise(word="bread")
    assert actions.claim_job(job_id=job.pk, at=MORNING)
    assert actions.claim_job(job_id=job.pk, at=MORNING + MINUTE) is None


def test_a_killed_workers_job_is_claimed_again_after_its_lease():
    job = promise(word="bread")
    actions.claim_job(job_id=job.pk, at=MORNING)
    assert perform(job, MORNING + actions.LEASE)
    assert done == ["bread"]


def test_a_job_whose_worker_is_killed_each_time_is_given_up_and_shown():
    job = promise(word="bread")
    at = MORNING
    for _ in range(actions.MOST_CLAIMS):
        assert actions.claim_job(job_id=job.pk, at=at)
        at += actions.LEASE
    assert actions.claim_job(job_id=job.pk, at=at) is None
    assert queries.failed_jobs() == [job]
    assert not perform(job, at)
    assert done == []


def test_an_error_is_kept_and_tried_again_after_growing_pauses():
    job, at, pauses = promise("test.fail"), MORNING, []
    for _ in range(actions.MOST_CLAIMS):
        assert not perform(job, at)
        job.refresh_from_db()
        pauses.append((job.run_after - at).total_seconds())
        assert not perform(job, at + dt.timedelta(seconds=1))
        at = job.run_after
    assert pauses == [30, 120, 480]
    assert job.last_error == "ValueError: no luck"
    assert job.gave_up_at
    assert queries.failed_jobs() == [job]


def test_a_job_that_works_at_last_forgets_its_error():
    job = promise("test.fail")
    perform(job)
    Job.objects.filter(pk=job.pk).update(name="test.note", args={"word": "bread"})
    assert perform(job, MORNING + MINUTE)
    job.refresh_from_db()
    assert job.last_error == ""


def test_a_job_without_a_handler_fails_like_any_other():
    job = promise("test.nobody_does_this")
    assert not perform(job)
    job.refresh_from_db()
    assert "KeyError" in job.last_error


def test_a_given_up_job_gets_three_more_tries():
    job = promise("test.fail")
    Job.objects.filter(pk=job.pk).update(gave_up_at=MORNING, claims=3)
    actions.retry_job(job_id=job.pk, at=MORNING + MINUTE)
    job.refresh_from_db()
    assert (job.gave_up_at, job.claims, job.run_after) == (None, 0, MORNING + MINUTE)


@pytest.mark.parametrize("state", ["waiting", "done"])
def test_a_job_that_is_not_over_needs_no_second_start(state):
    job = promise(word="bread")
    if state == "done":
        perform(job)
    with pytest.raises(actions.JobIsNotOver, match="was not given up"):
        actions.retry_job(job_id=job.pk, at=MORNING)


def test_done_and_given_up_exclude_each_other():
    promise(word="bread")
    with pytest.raises(IntegrityError, match="job_done_or_given_up"), transaction.atomic():
        connection.cursor().execute("UPDATE job SET done_at = now(), gave_up_at = now()")


def test_the_sweep_finds_what_lost_its_message(monkeypatch):
    woken = []
    monkeypatch.setattr(actions, "wake_worker", lambda job_id: woken.append(job_id) or True)
    late, leased, finished = promise(word="a"), promise(word="b"), promise(word="c")
    future = promise(word="d", after=MINUTE)
    actions.claim_job(job_id=leased.pk, at=MORNING)
    perform(finished)
    actions.sweep_jobs(at=MORNING)
    assert woken == [late.pk]
    woken.clear()
    actions.sweep_jobs(at=MORNING + actions.LEASE)
    assert set(woken) == {late.pk, leased.pk, future.pk}


def test_a_broker_that_is_down_fails_nobody(settings, django_capture_on_commit_callbacks):
    settings.JOB_WAKE_UPS = True
    from portal.celery import app

    app.conf.broker_url = "redis://127.0.0.1:1/0"
    try:
        with django_capture_on_commit_callbacks(execute=True):
            job = promise(word="bread")
    finally:
        app.conf.broker_url = settings.CELERY_BROKER_URL
    assert perform(job)


def test_late_jobs_are_counted():
    promise(word="bread")
    assert queries.late_jobs(MORNING + 5 * MINUTE) == 0
    assert queries.late_jobs(MORNING + 6 * MINUTE) == 1


@pytest.mark.parametrize(("seconds", "alive"), [(90, True), (91, False)])
def test_a_worker_is_alive_for_ninety_seconds_after_its_heartbeat(seconds, alive):
    Heartbeat.objects.create(who="worker@one", beat_at=MORNING)
    assert queries.is_worker_alive(MORNING + dt.timedelta(seconds=seconds)) is alive


DAILY = Recurring("test.note", daily_at=dt.time(2, 30), zone="America/Chicago")
WEEKLY = Recurring("test.note", daily_at=dt.time(6), weekdays="1", zone="America/Chicago")


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("recurring", "at", "slot"),
    [
        (Recurring("x", every=MINUTE), utc(2026, 11, 20, 9, 0, 59), "2026-11-20T09:00:00+00:00"),
        (Recurring("x", every=MINUTE), utc(2026, 11, 20, 9, 1, 0), "2026-11-20T09:01:00+00:00"),
        (DAILY, utc(2026, 11, 20, 8, 29), None),
        (DAILY, utc(2026, 11, 20, 8, 30), "2026-11-20"),
        (DAILY, utc(2026, 11, 21, 5, 59), "2026-11-20"),
        # 2:30 does not exist on 8 March 2026: the job runs at 3:00, the first moment after it.
        (DAILY, utc(2026, 3, 8, 7, 59), None),
        (DAILY, utc(2026, 3, 8, 8, 0), "2026-03-08"),
        # 1:30 comes twice on 1 November 2026; 2:30 once, after both.
        (DAILY, utc(2026, 11, 1, 7, 30), None),
        (DAILY, utc(2026, 11, 1, 8, 30), "2026-11-01"),
        (WEEKLY, utc(2026, 11, 20, 18, 0), None),
        (WEEKLY, utc(2026, 11, 23, 12, 0), "2026-11-23"),
    ],
)
def test_a_recurring_job_has_one_slot_a_local_day(recurring, at, slot):
    assert recurring.slot(at) == slot


def test_a_local_day_has_one_slot_however_long_it_is():
    twice = Recurring("x", daily_at=dt.time(1, 30), zone="America/Chicago")
    hours = [utc(2026, 11, 1, 5, 0) + dt.timedelta(minutes=30 * step) for step in range(50)]
    assert {twice.slot(at) for at in hours} == {None, "2026-11-01"}


SCHEDULE = [Recurring("test.note", every=MINUTE, ids={"word": "bread"})]


def test_two_schedulers_promise_one_job(settings, time_machine):
    settings.SCHEDULE = f"{__name__}.SCHEDULE"
    time_machine.move_to(MORNING, tick=False)
    tick()
    tick()
    time_machine.move_to(MORNING + MINUTE, tick=False)
    tick()
    assert Job.objects.count() == 2
    assert Heartbeat.objects.get().beat_at == MORNING + MINUTE
