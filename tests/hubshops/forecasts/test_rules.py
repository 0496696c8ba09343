"""What usually comes, within what fits: small cases, properties, and a judgement beside naive
peers."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import forecast_band
from hubshops.forecasts import rules
from hubshops.forecasts.rules import Band, Record, Said, forecast, worked_days
from tests.factories import DAY

WEEK = rules.days_after(DAY)
TOMORROW = WEEK[0]


def past(days: int, count=lambda day: 20) -> dict[dt.date, int]:
    """A past that ends today, a Friday."""
    found = [DAY - dt.timedelta(days=ago) for ago in range(days)]
    return {day: count(day) for day in found}


def test_the_week_begins_tomorrow():
    assert WEEK[0] == DAY + dt.timedelta(days=1)
    assert len(WEEK) == 7


def test_nothing_is_said_before_the_first_package():
    assert forecast({}, WEEK, cap=50) == []
    assert forecast(past(5, lambda day: 0), WEEK, cap=50) == []


def test_what_always_came_is_expected():
    bands = forecast(past(56), WEEK, cap=50)
    assert [band.middle for band in bands] == [20] * 7
    assert all(band.high - band.low <= 6 for band in bands)


def test_few_days_make_a_wide_band():
    [few] = forecast(past(3), [TOMORROW], cap=100)
    [many] = forecast(past(56), [TOMORROW], cap=100)
    assert few.middle == many.middle == 20
    assert few.high - few.low > 2 * (many.high - many.low)


def test_weekdays_differ():
    history = past(56, lambda day: 30 if day.isoweekday() < 6 else 12)
    bands = {band.day.isoweekday(): band for band in forecast(history, WEEK, cap=50)}
    assert bands[6].middle == bands[7].middle
    assert bands[6].middle < 17
    assert 26 < bands[1].middle < 32


def test_newer_days_count_more():
    grown = past(56, lambda day: 20 if day < DAY - dt.timedelta(days=14) else 40)
    [band] = forecast(grown, [TOMORROW], cap=100)
    assert 34 < band.middle <= 40


def test_one_holiday_hardly_moves_it():
    holiday = DAY - dt.timedelta(days=7)
    history = past(56) | {holiday: 0}
    middles = [band.middle for band in forecast(history, WEEK, cap=50)]
    assert all(18 <= middle <= 20 for middle in middles)


def test_the_band_stays_within_the_cap():
    history = past(56, lambda day: 40 + day.day % 7)
    assert forecast(history, [TOMORROW], cap=30) == [Band(TOMORROW, 30, 30, 30)]


def test_what_is_planned_is_the_least_that_comes_also_above_the_cap():
    [band] = forecast(past(56), [TOMORROW], cap=50, planned={TOMORROW: 35})
    assert (band.low, band.middle, band.high, band.planned) == (35, 35, 35, 35)
    [above] = forecast(past(56), [TOMORROW], cap=30, planned={TOMORROW: 35})
    assert (above.low, above.high) == (35, 35)


def test_a_little_that_is_planned_changes_nothing():
    [plain] = forecast(past(56), [TOMORROW], cap=50)
    [band] = forecast(past(56), [TOMORROW], cap=50, planned={TOMORROW: 3})
    assert (band.low, band.high) == (plain.low, plain.high)


def test_a_closed_day_expects_nothing_and_still_shows_what_is_planned():
    bands = forecast(past(56), WEEK, cap=50, closed={TOMORROW}, planned={TOMORROW: 4})
    assert bands[0] == Band(TOMORROW, 0, 0, 0, planned=4, is_closed=True)
    assert bands[1].middle == 20


def test_the_same_past_says_the_same_in_any_order():
    history = past(40, lambda day: random.Random(day.toordinal()).randrange(9, 30))
    again = dict(sorted(history.items()))
    assert forecast(history, WEEK, cap=50) == forecast(again, WEEK, cap=50)


def test_days_without_a_package_count_once_the_first_came():
    days = [DAY - dt.timedelta(days=ago) for ago in range(5, -1, -1)]
    counts = {days[1]: 4, days[3]: 6}
    known = worked_days(counts, fed=set(days), weekdays="1234567", off=set(), today=DAY)
    assert known == {days[1]: 4, days[2]: 0, days[3]: 6, days[4]: 0}


def test_today_counts_once_it_brought_something():
    days = {DAY, DAY - dt.timedelta(days=1)}
    assert worked_days(dict.fromkeys(days, 5), days, "1234567", set(), DAY).keys() == days


@pytest.mark.parametrize(
    ("fed", "weekdays", "off"),
    [
        (set(), "1234567", set()),  # the station sent nothing
        ({DAY - dt.timedelta(days=1)}, "12367", set()),  # a Thursday
        ({DAY - dt.timedelta(days=1)}, "1234567", {DAY - dt.timedelta(days=1)}),
    ],
)
def test_days_on_which_nothing_could_come_are_no_past(fed, weekdays, off):
    counts = {DAY - dt.timedelta(days=2): 5}
    assert worked_days(counts, fed, weekdays, off, DAY) == counts


def test_what_is_planned_for_tomorrow_is_no_past():
    assert worked_days({TOMORROW: 5}, {TOMORROW}, "1234567", set(), DAY) == {}


def test_a_weekday_without_lists_is_silent_once_two_weeks_are_known():
    weekdays = {day for day in past(21) if day.isoweekday() != 7}
    assert rules.silent_weekdays(weekdays, DAY) == {7}
    young = {day for day in weekdays if day > DAY - dt.timedelta(days=14)}
    assert rules.silent_weekdays(young, DAY) == rules.silent_weekdays(set(), DAY) == set()


def test_the_record_counts_days_within_the_band_and_how_far_the_middle_was():
    right = [
        Said(day, 8, 10, 12, came)
        for day, came in zip(WEEK, [8, 9, 10, 11, 12, 10, 10], strict=True)
    ]
    wrong = Said(TOMORROW, 8, 10, 12, 26)
    assert rules.record_of([*right, wrong]) == Record(inside=7, days=8, off_by=3)


def test_nothing_is_claimed_before_a_week_has_passed():
    assert rules.record_of([Said(DAY, 1, 2, 3, 2)] * 6) is None


counts = st.integers(0, 400)
histories = st.dictionaries(
    st.integers(0, 56).map(lambda ago: DAY - dt.timedelta(days=ago)), counts, max_size=57
)
plans = st.dictionaries(st.sampled_from(WEEK), counts)


@given(histories, st.integers(1, 300), plans, st.sets(st.sampled_from(WEEK)))
def test_a_band_is_a_band_within_the_cap_whatever_the_past(history, cap, planned, closed):
    for band in forecast(history, WEEK, cap=cap, planned=planned, closed=closed):
        most = max(cap, planned.get(band.day, 0))
        assert 0 <= band.low <= band.middle <= band.high <= most
        if band.day in closed:
            assert band.high == 0
        else:
            assert band.low >= planned.get(band.day, 0)


@given(histories)
def test_more_room_never_means_fewer_packages(history):
    small, large = (forecast(history, WEEK, cap=cap) for cap in (20, 200))
    assert all(one.middle <= two.middle for one, two in zip(small, large, strict=True))


def test_bands_hold_what_they_promise_and_beat_naive_ones(monkeypatch):
    monkeypatch.setattr(forecast_band, "SHOPS", 20)
    loss, inside = forecast_band.judged(forecast_band.ours)
    peers = [forecast_band.judged(peer)[0] for peer in forecast_band.PEERS.values()]
    assert 74 <= inside <= 88
    assert loss < 0.95 * min(peers)
