"""How moments read on pages."""

import datetime as dt

import pytest

from kernel.web.templatetags.house import hour


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        (dt.datetime(2026, 11, 22, 20, 4, tzinfo=dt.UTC), "America/Chicago", "2:04 pm CST"),
        (dt.datetime(2026, 7, 1, 15, 30, tzinfo=dt.UTC), "America/New_York", "11:30 am EDT"),
    ],
)
def test_a_time_of_day_is_said_with_its_zone(at, zone, words):
    assert hour(at, zone) == words
