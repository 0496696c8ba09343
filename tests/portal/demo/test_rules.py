"""The sample network's story: seeded, in order, and never ahead of the clock."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from portal.demo import rules

DAY = dt.date(2026, 11, 20)
DOORS = [
    {
        "address1": f"{number} Main Street",
        "address2": "",
        "city": "Nashville",
        "state": "TN",
        "postal_code": "37211",
        "latitude": "36.1",
        "longitude": "-86.7",
    }
    for number in range(9)
]
NAMES = [{"first": "Ada", "last": "Holm"}, {"first": "Ben", "last": "Xu"}]


def feed(day: dt.date = DAY) -> list[dict[str, str]]:
    return rules.feed_rows(code="NSH", day=day, usual=100, doors=DOORS, names=NAMES)


def test_the_same_day_tells_the_same_story():
    assert feed() == feed()
    assert feed() != feed(DAY + dt.timedelta(days=1))
    ids = [row["tracking_id"] for row in feed()]
    assert len(set(ids)) == len(ids) >= 90


def test_weekends_bring_fewer_packages():
    assert len(feed(dt.date(2026, 11, 22))) < len(feed(DAY)) * 0.8


@pytest.mark.parametrize("hour", [0, 3, 9, 14, 23])
def test_todays_window_is_open_at_any_hour(hour):
    now = dt.datetime(2026, 11, 20, hour, 30, tzinfo=ZoneInfo("America/Chicago"))
    opening, closing = rules.day_window(DAY, "America/Chicago", now)
    assert opening.date() == DAY
    assert opening < now < closing


def test_a_day_gives_back_first_then_counts_in_then_delivers():
    opening = dt.datetime(2026, 11, 20, 8, 30, tzinfo=ZoneInfo("America/Chicago"))
    window = opening, opening + dt.timedelta(hours=8)
    drop = [f"T{number}" for number in range(20)]
    acts = rules.acts_of_day(drop=drop, kept={"OLD": -1, "TRY": 1}, window=window, day=DAY)
    assert [one.act for one in acts[:2]] == ["return", "receive"]
    assert [one.happened_at for one in acts] == sorted(one.happened_at for one in acts)
    assert {one.tracking_id for one in acts if one.act in {"deliver", "attempt"}} == {*drop, "TRY"}
    assert len({one.id for one in acts}) == len(acts)
    assert all(one.outcome for one in acts if one.act == "deliver")
    assert all(one.reason for one in acts if one.act == "attempt")


@pytest.mark.parametrize(
    ("day", "saturday", "monday"),
    [
        (dt.date(2026, 11, 21), dt.date(2026, 11, 14), dt.date(2026, 11, 16)),
        (dt.date(2026, 11, 22), dt.date(2026, 11, 21), dt.date(2026, 11, 16)),
        (dt.date(2026, 11, 23), dt.date(2026, 11, 21), dt.date(2026, 11, 23)),
    ],
)
def test_pay_weeks_end_on_saturday_and_are_drafted_on_monday(day, saturday, monday):
    assert rules.last_saturday(day) == saturday
    assert rules.last_monday(day) == monday
