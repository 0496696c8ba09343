"""What a day asks for next."""

import datetime as dt

import pytest

from hubshops.shops.rules import next_day
from portal.home.rules import Job, job_now

FRIDAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("total", "coming", "left", "to_give_back", "job"),
    [
        (0, 0, 0, 0, Job.REST),
        (24, 24, 0, 0, Job.COUNT_IN),
        (24, 4, 20, 0, Job.COUNT_IN),
        (24, 0, 18, 2, Job.DELIVER),
        (24, 0, 0, 2, Job.GIVE_BACK),
        (24, 0, 0, 0, Job.DONE),
    ],
)
def test_one_job_at_a_time(total, coming, left, to_give_back, job):
    assert job_now(total=total, coming=coming, left=left, to_give_back=to_give_back) == job


@pytest.mark.parametrize(
    ("left", "to_give_back", "has_worked", "is_closed", "job"),
    [
        (3, 0, True, False, Job.DELIVER),
        (0, 0, True, False, Job.CLOSE),
        (0, 2, True, False, Job.CLOSE),
        (0, 2, False, False, Job.GIVE_BACK),
        (0, 2, True, True, Job.GIVE_BACK),
        (0, 0, True, True, Job.DONE),
        (3, 0, True, True, Job.DELIVER),
    ],
)
def test_a_day_of_work_is_closed_before_anything_else(
    left, to_give_back, has_worked, is_closed, job
):
    assert (
        job_now(
            total=24,
            coming=0,
            left=left,
            to_give_back=to_give_back,
            has_worked=has_worked,
            is_closed=is_closed,
        )
        == job
    )


@pytest.mark.parametrize(
    ("weekdays", "ahead"), [("1234567", 1), ("12345", 3), ("5", 7), ("7", 2), ("", None)]
)
def test_the_next_day_a_shop_works(weekdays, ahead):
    expected = FRIDAY + dt.timedelta(days=ahead) if ahead else None
    assert next_day(FRIDAY, weekdays) == expected


def test_the_next_day_is_none_that_was_taken_off():
    monday = FRIDAY + dt.timedelta(days=3)
    off = {monday - dt.timedelta(days=1), monday}
    assert next_day(FRIDAY, "17", off) == FRIDAY + dt.timedelta(days=9)
