"""Stops are moved so that wishes are met, also on a long tour."""

import random

import pytest

from hubshops.manifests import rules
from hubshops.manifests.rules import wishes

NINE = 9 * 3600


def tour(seed, stops):
    """Some doors around a shop, half of them with a time."""
    dice = random.Random(seed)
    places = [(40.7 + dice.random() * 0.03, -74 + dice.random() * 0.03) for _ in range(stops + 1)]
    return rules.metres_between(places), [visit(dice) for _ in range(stops)]


def visit(dice):
    opens, closes = dice.randrange(8, 13) * 3600, dice.randrange(10, 15) * 3600
    return rules.Visit(
        dice.randrange(1, 4),
        opens=opens if dice.random() < 0.4 else 0,
        closes=max(opens, closes) if dice.random() < 0.4 else rules.DAY,
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_stop_is_put_where_all_positions_tried_one_by_one_would_put_it(seed):
    metres, visits = tour(seed, 12)
    seconds = [[step * wishes.STREETS / 1.25 for step in row] for row in metres]
    town = wishes.Town(seconds, visits, NINE)
    for stop in range(12):
        rest = [other for other in range(12) if other != stop]
        ways = [[*rest[:at], stop, *rest[at:]] for at in range(12)]
        costs = [cost(metres, visits, way) for way in ways]
        worst = max(costs)[0] + 1, 0
        at, least, _steps = wishes.best_position(town, wishes.timed(town, rest), stop, worst)
        assert (costs[at], least) == (min(costs), min(costs))


def cost(metres, visits, way):
    times = rules.timetable(metres, visits, way, "walk", NINE)
    return times.late_seconds, times.back


def test_a_long_tour_with_many_wishes_is_better_than_before_when_its_steps_run_out(monkeypatch):
    metres, visits = tour(1, 60)
    monkeypatch.setattr(wishes, "MOST_STEPS", 5_000)
    order = rules.in_time(metres, visits, range(60), "walk", NINE)
    assert sorted(order) == list(range(60))
    few = cost(metres, visits, order)
    monkeypatch.setattr(wishes, "MOST_STEPS", 5_000_000)
    many = cost(metres, visits, rules.in_time(metres, visits, range(60), "walk", NINE))
    assert many < few < cost(metres, visits, range(60))
