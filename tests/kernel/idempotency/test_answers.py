"""A key is used once a caller, and forgotten after a day."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from kernel.idempotency import tasks
from kernel.idempotency.actions import (
    KeyIsBusy,
    KeyMeansAnother,
    forget_answers,
    keep_answer,
    take_key,
)
from kernel.idempotency.models import IdempotentAnswer
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
ANSWER = {
    "caller": "station_key:1",
    "key": "a",
    "fingerprint": "f" * 64,
    "status": 202,
    "content_type": "application/json",
    "body": b"{}",
    "at": MORNING,
}


def take(caller="station_key:1", key="a", fingerprint="f" * 64):
    return take_key(caller=caller, key=key, fingerprint=fingerprint)


def test_the_first_time_there_is_no_answer_and_then_there_is():
    assert take() is None
    keep_answer(**ANSWER)
    known = take()
    assert (known.status, known.content_type, known.body) == (202, "application/json", b"{}")


def test_a_key_means_one_request():
    keep_answer(**ANSWER)
    with pytest.raises(KeyMeansAnother) as no:
        take(fingerprint="e" * 64)
    assert "Use a new key for a new one." in no.value.sentence


def test_each_caller_has_keys_of_its_own():
    keep_answer(**ANSWER)
    assert take(caller="station_key:2") is None


def test_an_answer_that_came_between_is_never_written_over():
    keep_answer(**ANSWER)
    with pytest.raises(KeyIsBusy), transaction.atomic():
        keep_answer(**ANSWER | {"status": 200})
    assert IdempotentAnswer.objects.get().status == 202


def test_answers_are_forgotten_after_a_day():
    keep_answer(**ANSWER)
    day = dt.timedelta(days=1)
    assert forget_answers(at=MORNING + day) == 0
    assert forget_answers(at=MORNING + day + dt.timedelta(seconds=1)) == 1
    assert take() is None


def test_the_scheduled_job_forgets_them():
    keep_answer(**ANSWER | {"at": MORNING - dt.timedelta(days=400)})
    tasks.forget_answers()
    assert not IdempotentAnswer.objects.exists()


def test_law_a_key_is_used_once_a_caller():
    keep_answer(**ANSWER)
    again = {name: value for name, value in ANSWER.items() if name != "at"}
    with pytest.raises(IntegrityError, match="idempotency_key_once"), transaction.atomic():
        IdempotentAnswer.objects.create(**again, answered_at=MORNING)


def test_law_a_failure_is_never_kept():
    failed = {name: value for name, value in ANSWER.items() if name != "at"} | {"status": 500}
    with pytest.raises(IntegrityError, match="is_no_failure"), transaction.atomic():
        IdempotentAnswer.objects.create(**failed, answered_at=MORNING)
