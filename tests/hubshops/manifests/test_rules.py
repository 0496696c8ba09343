"""Doors, names and short tours."""

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubshops.manifests.rules import (
    door_key,
    metres_between,
    order_stops,
    short_name,
    split_street,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("418 Oak Street", "418 oak st."),
        ("418 N. Oak St", "418 North Oak Street"),
        ("418 Oak St Apt 3", "418 Oak St #12"),
        ("418 Oak St, Suite 5B", "418  Oak   St"),
        ("12 MARTIN LUTHER KING BLVD", "12 Martin Luther King Boulevard"),
    ],
)
def test_spellings_of_one_door_are_one_stop(one, other):
    assert door_key(one, "72701") == door_key(other, "72701-1234")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("418 Oak St", "72701"), ("420 Oak St", "72701")),
        (("418 Oak St", "72701"), ("418 Oak St", "72703")),
        (("418 Oak St", "72701"), ("418 Oak Ave", "72701")),
        (("418 N Oak St", "72701"), ("418 S Oak St", "72701")),
    ],
)
def test_different_doors_are_different_stops(one, other):
    assert door_key(*one) != door_key(*other)


@pytest.mark.parametrize(
    ("street", "parts"),
    [
        ("418 Oak St", ("418", "Oak St")),
        ("37-21 74th St", ("37-21", "74th St")),
        ("12B Elm Ave", ("12B", "Elm Ave")),
        ("100 1/2 Main St", ("100 1/2", "Main St")),
        ("Rural Route 5", ("", "Rural Route 5")),
        ("  7 A St ", ("7", "A St")),
    ],
)
def test_the_house_number_stands_apart(street, parts):
    assert split_street(street) == parts


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Maria del Carmen Lopez", "Maria L."),
        ("ines bell", "ines B."),
        ("Cher", "Cher"),
        ("王小明", "王小明"),
        ("  Bo   Lind ", "Bo L."),
    ],
)
def test_paper_and_phones_carry_a_first_name_and_an_initial(name, shown):
    assert short_name(name) == shown


def length_of(order, places):
    metres = metres_between(places)
    tour = [0, *[stop + 1 for stop in order]]
    return sum(metres[a][b] for a, b in itertools.pairwise([*tour, 0]))


def test_stops_along_a_street_are_visited_along_it():
    stops = [(36.0, -94.0 + n / 1000) for n in (5, 1, 4, 2, 3)]
    assert order_stops((36.0, -94.0), stops) in ([1, 3, 4, 2, 0], [0, 2, 4, 3, 1])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_very_short_tours(count):
    stops = [(36.0 + n / 100, -94.0) for n in range(count)]
    assert order_stops((36.0, -94.0), stops) == list(range(count))


place = st.tuples(st.floats(35.9, 36.1), st.floats(-94.1, -93.9))


@settings(max_examples=40, deadline=None)
@given(place, st.lists(place, max_size=7))
def test_short_tours_are_near_the_best_and_always_the_same(start, stops):
    order = order_stops(start, stops)
    assert sorted(order) == list(range(len(stops)))
    assert order_stops(start, stops) == order
    best = min(length_of(way, [start, *stops]) for way in itertools.permutations(range(len(stops))))
    assert length_of(order, [start, *stops]) <= best * 1.15 + 1e-9


def test_a_tour_of_sixty_is_much_shorter_than_going_to_the_nearest():
    chance = random.Random(7)
    places = [(36 + chance.random() / 20, -94 + chance.random() / 20) for _ in range(61)]
    metres = metres_between(places)
    here, left, greedy = 0, set(range(1, 61)), 0.0
    while left:
        following = min(left, key=lambda place: metres[here][place])
        greedy += metres[here][following]
        left.remove(following)
        here = following
    greedy += metres[here][0]
    assert length_of(order_stops(places[0], places[1:]), places) < greedy * 0.93
    assert math.isfinite(greedy)
