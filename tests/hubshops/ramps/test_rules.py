import pytest

from hubshops.ramps.rules import days_in_a_row, is_good_day, next_cap
from hubshops.shops.rules import least_cap

DAY = {"received": 15, "delivered": 15, "not_counted_in": 0, "missing": 0, "gap": 0}
G, B = True, False


@pytest.mark.parametrize(
    ("facts", "good"),
    [
        ({}, True),
        ({"delivered": 12}, True),
        ({"delivered": 11}, False),
        ({"received": 0, "delivered": 0}, False),
        ({"not_counted_in": 1}, False),
        ({"missing": 1}, False),
        ({"gap": 1}, False),
        ({"gap": -1}, False),
    ],
)
def test_a_good_day(facts, good):
    assert is_good_day(**DAY | facts) is good


@pytest.mark.parametrize(
    ("days", "count"), [([], 0), ([G], 1), ([G, B], 0), ([B, G, G], 2), ([G, G, G, G], 4)]
)
def test_good_days_in_a_row(days, count):
    assert days_in_a_row(days) == count


@pytest.mark.parametrize(
    ("cap", "agreed", "days", "then"),
    [
        (15, 40, [], 15),
        (15, 40, [G, G], 15),
        (15, 40, [G, G, G], 20),
        (15, 40, [G, G, B, G, G], 15),  # a bad day holds
        (15, 40, [B, G, G, G], 20),
        (15, 40, [G] * 9, 20),  # one step at a time
        (38, 40, [G, G, G], 40),
        (40, 40, [G, G, G], 40),
        (25, 20, [G, G, G], 20),  # it agreed to fewer since
    ],
)
def test_the_next_cap(cap, agreed, days, then):
    assert next_cap(cap, agreed, days) == then


def test_the_least_of_what_holds():
    assert least_cap(40, None) == 40
    assert least_cap(40, 15, None) == 15
