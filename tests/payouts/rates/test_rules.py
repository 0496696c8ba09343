"""Which line pays, what tiers add, and whether a new card takes from anybody: values in, values
out."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts.rates import rules
from payouts.rates.rules import Line, Problem
from tests.payouts.helpers import plain, tier

FRIDAY = dt.date(2026, 11, 27)


@pytest.mark.parametrize(
    ("weight_g", "sides_mm", "size"),
    [
        (None, (None, None, None), "standard"),
        (500, (200, 100, 50), "small"),
        (1000, (350, None, 10), "small"),
        (1001, (350, 1, 1), "standard"),
        (1000, (351, 1, 1), "standard"),
        (500, (None, None, None), "standard"),
        (None, (100, 100, 100), "standard"),
        (9_999, (599, 1, 1), "standard"),
        (10_000, (1, 1, 1), "large"),
        (None, (1, 600, 1), "large"),
        (0, (700, None, None), "large"),
    ],
)
def test_sizes(weight_g, sides_mm, size):
    assert rules.size_of(weight_g, sides_mm) == size


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (dt.date(2026, 11, 26), "holiday"),
        (FRIDAY, "weekday"),
        (dt.date(2026, 11, 28), "weekend"),
        (dt.date(2026, 11, 29), "weekend"),
        (dt.date(2026, 11, 30), "weekday"),
    ],
)
def test_a_holiday_is_one_on_whatever_weekday(day, kind):
    assert rules.day_kind_of(day, {dt.date(2026, 11, 26)}) == kind


def test_a_week_runs_from_monday_to_before_monday():
    monday = dt.date(2026, 11, 23)
    for number in range(7):
        week = rules.week_of(monday + dt.timedelta(days=number))
        assert week == (monday, monday + dt.timedelta(days=7))


CARD = [
    plain(150),
    plain(130, outcome="mail_room"),
    plain(190, size="large"),
    plain(170, day_kind="weekend"),
    plain(210, size="large", day_kind="weekend"),
    tier(100, 10),
]


@pytest.mark.parametrize(
    ("package", "cents"),
    [
        ({}, 150),
        ({"outcome": "front_door"}, 150),
        ({"outcome": "mail_room"}, 130),
        ({"size": "large"}, 190),
        ({"size": "small"}, 150),
        ({"day_kind": "weekend"}, 170),
        ({"size": "large", "day_kind": "weekend"}, 210),
        ({"outcome": "mail_room", "size": "large", "day_kind": "weekend"}, 210),
        ({"outcome": "mail_room", "size": "large"}, 190),
    ],
)
def test_the_most_exact_line_pays_and_of_equals_the_better(package, cents):
    assert rules.best_line(CARD, **package).amount_cents == cents


def test_without_a_line_nothing_pays():
    assert rules.best_line([plain(150, size="large")], size="small") is None
    assert rules.best_line([tier(1, 10)]) is None


TIERS = [tier(3, 10), tier(5, 25)]


@pytest.mark.parametrize(
    ("packages", "cents"), [(0, 0), (3, 0), (4, 10), (5, 20), (6, 45), (8, 95)]
)
def test_a_tier_raises_only_the_packages_beyond_it(packages, cents):
    assert rules.tier_total(TIERS, packages) == cents


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 50)), max_size=4), st.integers(0, 60))
def test_one_more_package_never_lowers_a_week(steps, packages):
    rising = sorted({beyond for beyond, _cents in steps})
    cents = sorted(cents for _beyond, cents in steps)
    tiers = [tier(*one) for one in zip(rising, cents, strict=False)]
    assert rules.tier_total(tiers, packages) <= rules.tier_total(tiers, packages + 1)


@given(st.lists(st.integers(1, 5), max_size=8))
def test_in_whatever_portions_a_week_comes_its_tiers_add_up_the_same(portions):
    given_tiers: list[int] = []
    standing = cents = 0
    for count in portions:
        found = rules.next_tiers(TIERS, standing=standing, given=given_tiers, count=count)
        given_tiers += [one.beyond for one in found if one]
        cents += sum(one.amount_cents for one in found if one)
        standing += count
    assert cents == rules.tier_total(TIERS, standing)


@given(st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=40))
def test_taken_back_and_delivered_again_a_week_never_earns_less_and_no_tier_twice(steps):
    """None delivers one; a number takes one of the standing ones back."""
    standing: list[Line | None] = []
    most = 0
    for step in steps:
        if step is None:
            given_tiers = [one.beyond for one in standing if one]
            standing += rules.next_tiers(TIERS, standing=len(standing), given=given_tiers, count=1)
        elif standing:
            standing.pop(step % len(standing))
        most = max(most, len(standing))
        cents = sum(one.amount_cents for one in standing if one)
        assert rules.tier_total(TIERS, len(standing)) <= cents <= rules.tier_total(TIERS, most)


@pytest.mark.parametrize(
    ("promised", "earned", "missing"), [(100, 40, 60), (100, 100, 0), (100, 130, 0), (0, 0, 0)]
)
def test_a_top_up_is_what_is_missing(promised, earned, missing):
    assert rules.top_up(promised_cents=promised, earned_cents=earned) == missing


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (CARD, None),
        ([plain(150, size="large")], Problem.NO_PLAIN_LINE),
        ([], Problem.NO_PLAIN_LINE),
        ([plain(150), plain(160)], Problem.TWICE),
        ([plain(150), tier(10, 20), tier(50, 15)], Problem.TIERS_FALL),
        ([plain(150), tier(10, 20), tier(50, 20)], None),
    ],
)
def test_what_is_no_card(lines, problem):
    assert rules.problem_of(lines) == problem


@pytest.mark.parametrize(
    ("after", "is_lower"),
    [
        (CARD, False),
        ([plain(149), *CARD[1:]], True),
        ([plain(200), *CARD[1:]], False),
        # without the line for mail rooms its packages earn the plain fee, which is more
        ([CARD[0], *CARD[2:]], False),
        # without the line for large ones they earn less
        ([*CARD[:2], *CARD[3:]], True),
        # a new line that pays less than what such packages earned by a less exact one
        ([*CARD, plain(140, day_kind="holiday")], True),
        # a tier that is gone takes from the 101st
        (CARD[:5], True),
        # a tier that is gone, made up for by the fee
        (
            [
                plain(one.amount_cents + 10, **{})
                if not one.exactness
                else plain(
                    one.amount_cents + 10, outcome=one.outcome, size=one.size, day_kind=one.day_kind
                )
                for one in CARD[:5]
            ],
            False,
        ),
        ([*CARD, tier(200, 30)], False),
        ([*CARD[:5], tier(120, 50)], True),
        ([*CARD, Line("minimum", 4000)], False),
        ([*CARD, Line("over_cap", 75)], False),
    ],
)
def test_whether_somebody_could_earn_less(after, is_lower):
    assert rules.lowers(CARD, after) is is_lower


def test_a_lower_minimum_lowers_and_a_lower_extra_beyond_the_cap_does_not():
    before = [*CARD, Line("minimum", 4000), Line("over_cap", 75)]
    assert rules.lowers(before, [*CARD, Line("minimum", 3999), Line("over_cap", 75)])
    assert not rules.lowers(before, [*CARD, Line("minimum", 4000), Line("over_cap", 10)])


def test_differences_are_told_line_by_line():
    peak = Line("peak", 50, first_on=FRIDAY, end_on=FRIDAY + dt.timedelta(days=4))
    found = rules.differences(CARD, [plain(140), *CARD[1:3], *CARD[4:], tier(200, 30), peak])
    assert [(one.line.kind, one.was, one.becomes) for one in found] == [
        ("delivery", 150, 140),
        ("delivery", 170, 140),
        ("tier", None, 30),
        ("peak", None, 50),
    ]


@pytest.mark.parametrize(("is_lower", "days"), [(True, 14), (False, 1)])
def test_only_what_lowers_needs_its_notice(is_lower, days):
    first = rules.first_day_allowed(published_on=FRIDAY, notice_days=14, is_lower=is_lower)
    assert first == FRIDAY + dt.timedelta(days=days)
