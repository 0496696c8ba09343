"""When a paper runs out, and what is said before."""

import datetime as dt

import pytest

from hubshops.documents import rules

TODAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("left", "status", "reminder"),
    [
        (-1, "expired", None),
        (0, "expiring", 3),
        (3, "expiring", 3),
        (4, "expiring", 14),
        (14, "expiring", 14),
        (15, "expiring", 30),
        (30, "expiring", 30),
        (31, "valid", None),
    ],
)
def test_a_paper_is_good_on_its_last_day(left, status, reminder):
    ends = TODAY + dt.timedelta(days=left)
    assert rules.status_on(ends, TODAY) == status
    assert rules.reminder_due(ends, TODAY) == reminder


def test_a_paper_without_an_end_is_good():
    assert rules.status_on(None, TODAY) == "valid"


def test_two_spellings_of_a_name_are_one_person():
    assert rules.holder_key(" Rosa  MARTE ") == rules.holder_key("Rosa Marte")
