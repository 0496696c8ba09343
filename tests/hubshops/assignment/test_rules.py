"""The best day for the whole network, whatever the order things come in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from benchmarks.greedy import greedy
from hubshops.assignment.rules import Cause, Door, Nearer, ShopRoom, Why, free_slots, plan
from hubshops.assignment.rules.best import FAIR_METRES, FAMILIAR_METRES, MOST_FOR_FAMILIARITY
from kernel.geo import distance_m

METRE = 1 / 111_195  # of latitude, in degrees
NOWHERE = 1e9  # metres to a shop that can't take a package, for the witness


def a_shop(slug="a", latitude=36.0, longitude=-94.0, radius_m=5000, room=10, **facts):
    return ShopRoom(slug, latitude, longitude, radius_m, room, **facts)


def a_door(tracking_id="P1", latitude=36.001, longitude=-94.0, **facts):
    return Door(tracking_id, latitude, longitude, **facts)


def where(result):
    return {one.tracking_id: one.slug for one in result.placed}


def metres(result):
    return sum(one.distance_m for one in result.placed)


def test_a_package_goes_to_the_nearest_shop():
    result = plan([a_door()], [a_shop("far", latitude=36.02), a_shop("near")])
    (one,) = result.placed
    assert (one.slug, round(one.distance_m), one.nearer, one.reachable) == ("near", 111, (), 2)


def test_room_goes_where_it_saves_the_network_most():
    """Both doors are nearest to a; giving it to the nearer door would cost 400 m more."""
    shops = [a_shop("a", room=1), a_shop("b", 36 + 800 * METRE, room=1)]
    doors = [a_door("P1", 36 + 100 * METRE), a_door("P2", 36 - 200 * METRE, -94.0)]
    result = plan(doors, shops)
    assert where(result) == {"P1": "b", "P2": "a"}
    assert result.placed[0].nearer == (Nearer("a", 100, Why.GIVEN),)


def test_a_package_gives_way_when_only_so_another_one_finds_a_shop():
    shops = [a_shop("a", room=1), a_shop("b", 36 + 2000 * METRE, room=1, radius_m=2500)]
    doors = [a_door("P1", 36 + 10 * METRE), a_door("P2", 36 - 3000 * METRE)]
    assert where(plan(doors, shops)) == {"P1": "b", "P2": "a"}


def test_of_equal_ways_the_same_one_is_taken_each_time():
    doors = [a_door("P2", 36.0), a_door("P1", 36.0)]
    shops = [a_shop("b", longitude=-94.001, room=1), a_shop("a", longitude=-93.999, room=1)]
    assert plan(doors, shops) == plan(doors[::-1], shops[::-1])


@pytest.mark.parametrize(
    ("shops", "cause"),
    [
        ([], Cause.NO_SHOP),
        ([a_shop(latitude=37.0)], Cause.OUT_OF_REACH),
        ([a_shop(radius_m=100)], Cause.OUT_OF_REACH),
        ([a_shop(is_open=False)], Cause.CLOSED_TODAY),
        ([a_shop(room=0)], Cause.FULL),
        ([a_shop(room=0), a_shop("b", is_open=False)], Cause.FULL),
        ([a_shop(is_open=False), a_shop("b", latitude=37.0)], Cause.CLOSED_TODAY),
        ([a_shop(max_weight_g=999)], Cause.TOO_LARGE),
        ([a_shop(max_side_mm=299), a_shop("b", takes_code=False)], Cause.TOO_LARGE),
        ([a_shop(takes_code=False)], Cause.KIND_NOT_TAKEN),
        ([a_shop(takes_code=False), a_shop("b", is_open=False)], Cause.KIND_NOT_TAKEN),
        ([a_shop(takes_code=False), a_shop("b", room=0)], Cause.FULL),
    ],
)
def test_every_package_without_a_shop_has_a_cause(shops, cause):
    door = a_door(weight_g=1000, side_mm=300, requires="code")
    assert plan([door], shops).unplaced == {"P1": cause}


def test_a_door_nobody_can_find_is_out_of_reach():
    result = plan([Door("P1", None, None)], [a_shop()])
    assert result.unplaced == {"P1": Cause.OUT_OF_REACH}


def test_measures_that_are_unknown_and_those_just_small_enough_pass():
    shop = a_shop(max_weight_g=1000, max_side_mm=300, takes_signature=False)
    doors = [a_door("P1"), a_door("P2", weight_g=1000, side_mm=300), a_door("P3", requires="code")]
    assert set(where(plan(doors, [shop]))) == {"P1", "P2", "P3"}


def test_each_nearer_shop_is_named_with_what_kept_the_package_from_it():
    shops = [
        a_shop("shut", is_open=False),
        a_shop("small", 36 - METRE, max_weight_g=1),
        a_shop("picky", 36 - 2 * METRE, takes_signature=False),
        a_shop("full", 36 - 3 * METRE, room=0),
        a_shop("takes", 36 - 500 * METRE),
    ]
    door = a_door("P1", 36 + METRE, weight_g=5, requires="signature")
    for left_out in (Why.CLOSED, Why.TOO_LARGE, Why.KIND_NOT_TAKEN, Why.FULL):
        (one,) = plan([door], shops).placed
        assert one.slug == "takes"
        assert one.nearer[0].why == left_out
        assert len(one.nearer) == min(3, len(shops) - 1)
        shops.pop(0)


@pytest.mark.parametrize(
    ("shop", "door"),
    [
        ((0.0, 179.999), (0.0, -179.999)),  # across the date line
        ((89.99, 0.0), (89.99, 180.0)),  # around the pole
        ((-89.999, 10.0), (-89.999, -170.0)),
    ],
)
def test_odd_corners_of_the_globe_are_within_reach(shop, door):
    result = plan([Door("P1", *door)], [a_shop(latitude=shop[0], longitude=shop[1])])
    assert where(result) == {"P1": "a"}


def test_a_shop_gets_what_it_was_promised_before_a_nearer_one_gets_more():
    doors = [a_door(f"P{n}") for n in range(6)]
    shops = [a_shop("near"), a_shop("promised", 36 + 400 * METRE, minimum=4)]
    result = plan(doors, shops)
    assert sorted(where(result).values()) == ["near"] * 2 + ["promised"] * 4
    assert {one.why for each in result.placed for one in each.nearer} == {Why.MINIMUM}


def test_a_promise_is_worth_only_so_many_metres():
    beyond = 36.001 + (FAIR_METRES + 130) * METRE
    result = plan([a_door()], [a_shop("near"), a_shop("promised", beyond, minimum=4)])
    assert where(result) == {"P1": "near"}


def test_a_shop_that_knows_the_door_delivers_when_another_is_only_steps_nearer():
    known = frozenset({"known"})
    doors = [a_door(f"P{n}", 36 + 4000 * METRE) for n in range(40)]
    doors.append(a_door("P99", 36 + 5 * METRE, known_to=known))
    shops = [
        a_shop("near", room=60),
        a_shop("known", 36 - (FAMILIAR_METRES - 1) * METRE, room=60),
    ]
    result = plan(doors, shops)
    assert where(result)["P99"] == "known"
    assert result.placed[-1].nearer == (Nearer("near", 5, Why.FAMILIAR),)
    shops[1] = a_shop("known", 36 - (FAMILIAR_METRES + 2) * METRE, room=60)
    assert where(plan(doors, shops))["P99"] == "near"


def test_slots_are_filled_from_one_and_gaps_first():
    assert free_slots(5, {1, 3, 9}) == [2, 4, 5]
    assert free_slots(2, {1, 2, 3}) == []


near = st.floats(-0.05, 0.05)
rooms = st.tuples(near, near, st.integers(500, 6000), st.integers(0, 4), st.booleans())
towns = st.builds(
    lambda places, rooms: (
        [Door(f"P{n:02}", 36 + a, -94 + b) for n, (a, b) in enumerate(places)],
        [ShopRoom(f"s{n}", 36 + a, -94 + b, *rest) for n, (a, b, *rest) in enumerate(rooms)],
    ),
    st.lists(st.tuples(near, near), max_size=25),
    st.lists(rooms, max_size=12),
)


def best_of_all(doors, shops):
    """How many can be placed and the fewest metres for that: every slot beside every door."""
    slots = [shop for shop in shops if shop.is_open for _ in range(shop.room)]
    cost = np.full((len(doors), max(len(slots), 1)), NOWHERE)
    for row, door in enumerate(doors):
        for column, shop in enumerate(slots):
            way = distance_m(shop.latitude, shop.longitude, door.latitude, door.longitude)
            if way <= shop.radius_m:
                cost[row, column] = way
    found = cost[linear_sum_assignment(cost)]
    placed = found[found < NOWHERE]
    return len(placed), placed.sum()


@settings(deadline=None)
@given(towns, st.randoms(use_true_random=False))
def test_a_plan_keeps_every_promise_and_is_the_best_whatever_the_order(town, shuffler):
    doors, shops = town
    result = plan(doors, shops)

    by_slug = {shop.slug: shop for shop in shops}
    by_id = {door.tracking_id: door for door in doors}
    for one in result.placed:
        shop, door = by_slug[one.slug], by_id[one.tracking_id]
        way = distance_m(shop.latitude, shop.longitude, door.latitude, door.longitude)
        assert shop.is_open
        assert one.distance_m == pytest.approx(way, abs=1e-6)
        assert way <= shop.radius_m
    taken = list(where(result).values())
    assert all(taken.count(slug) <= shop.room for slug, shop in by_slug.items())
    assert sorted([*where(result), *result.unplaced]) == sorted(by_id)
    assert len(result.placed) + len(result.unplaced) == len(doors)

    count, fewest = best_of_all(doors, shops)
    assert len(result.placed) == count
    assert metres(result) == pytest.approx(fewest, abs=0.02 * len(doors))
    old = greedy(doors, shops)
    assert len(old) <= count
    if len(old) == count:
        assert metres(result) <= sum(way for _, way in old.values()) + 0.02 * len(doors)

    shuffler.shuffle(doors)
    shuffler.shuffle(shops)
    assert plan(doors, shops) == result


@settings(deadline=None, max_examples=40)
@given(towns, st.data())
def test_familiarity_costs_no_place_and_next_to_no_metres(town, data):
    doors, shops = town
    slugs = [shop.slug for shop in shops]
    known = [
        Door(
            one.tracking_id,
            one.latitude,
            one.longitude,
            known_to=frozenset(data.draw(st.sets(st.sampled_from(slugs), max_size=2)))
            if slugs
            else frozenset(),
        )
        for one in doors
    ]
    plain, familiar = plan(doors, shops), plan(known, shops)
    assert len(familiar.placed) == len(plain.placed)
    assert metres(familiar) <= metres(plain) * (1 + MOST_FOR_FAMILIARITY) + 0.02


def test_the_nearest_eight_are_where_the_search_begins_not_where_it_ends():
    """Ten shops beside the doors are full; the one that has room is the farthest in reach."""
    shops = [a_shop(f"s{n}", 36 + n * METRE, room=1) for n in range(10)]
    shops.append(a_shop("last", 36 + 4000 * METRE, room=50))
    doors = [a_door(f"P{n:02}", 36.0) for n in range(40)]
    result = plan(doors, shops)
    assert not result.unplaced
    assert list(where(result).values()).count("last") == 30
