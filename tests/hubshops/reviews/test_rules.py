"""Five business days, and what has to be so before a yes."""

import datetime as dt

import pytest

from hubshops.reviews import rules


@pytest.mark.parametrize(
    ("sent", "last"),
    [
        ("2026-11-02", "2026-11-09"),  # Monday to Monday
        ("2026-11-06", "2026-11-16"),  # Friday; Veterans Day does not count
        ("2026-11-07", "2026-11-16"),  # Saturday
        ("2026-11-20", "2026-11-30"),  # Thanksgiving does not count
        ("2026-12-24", "2027-01-04"),  # neither Christmas nor New Year
        ("2027-06-30", "2027-07-08"),  # Independence Day, on a Sunday, is kept on Monday
    ],
)
def test_a_person_has_five_business_days_to_their_end(sent, last):
    sent, last = dt.date.fromisoformat(sent), dt.date.fromisoformat(last)
    assert rules.last_day_to_answer(sent) == last
    assert rules.adverse_from(sent) == last + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("statuses", "is_settled"),
    [
        ([], False),
        (["clear"], True),
        (["clear", "cleared", "excused"], True),
        (["clear", ""], False),
        *((["clear", one], False) for one in rules.CHECK_MOVES.keys() - rules.SETTLED),
    ],
)
def test_a_yes_needs_somebody_and_nobody_open(statuses, is_settled):
    assert rules.is_settled(statuses) is is_settled


def test_the_checklist_says_what_is_missing():
    known = rules.Known(
        is_screened=True,
        is_placed=False,
        has_question=False,
        grave_findings=1,
        people=2,
        checks=["clear"],
        papers_missing=1,
    )
    missing = {name for name, is_so in rules.checklist(known).items() if not is_so}
    assert missing == {"placed", "sound", "checked", "papers"}


@pytest.mark.parametrize(
    ("named", "typed", "is_hers"),
    [
        ("Hank Helper", "hank  HELPER", True),
        ("Hank Helper", "Hank J. Helper", True),
        ("Hank", "Hank Helper", True),
        ("Hank Helper", "Mickey Mouse", False),
        ("Hank Helper", "Hank", False),
    ],
)
def test_a_typed_name_is_that_of_who_was_named(named, typed, is_hers):
    assert rules.is_name_of(named, typed) is is_hers
