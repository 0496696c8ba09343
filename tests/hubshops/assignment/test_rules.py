"""The nearest open shop with room, whatever the order things come in."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubshops.assignment.rules import Cause, Door, ShopRoom, free_slots, plan
from kernel.geo import distance_m


def a_shop(slug="a", latitude=36.0, longitude=-94.0, radius_m=5000, room=10, is_open=True):
    return ShopRoom(slug, latitude, longitude, radius_m, room, is_open)


def a_door(tracking_id="P1", latitude=36.001, longitude=-94.0):
    return Door(tracking_id, latitude, longitude)


def where(result):
    return {one.tracking_id: one.slug for one in result.placed}


def test_a_package_goes_to_the_nearest_shop():
    result = plan([a_door()], [a_shop("far", latitude=36.02), a_shop("near")])
    (one,) = result.placed
    assert (one.slug, round(one.distance_m), one.nearer_full, one.reachable) == ("near", 111, (), 2)


def test_the_nearest_pair_of_all_goes_first_and_the_next_shop_takes_the_rest():
    doors = [a_door("P1", 36.002), a_door("P2", 36.001)]
    result = plan(doors, [a_shop("near", room=1), a_shop("next", latitude=36.02)])
    assert where(result) == {"P1": "next", "P2": "near"}
    assert result.placed[0].nearer_full == (("near", 222),)


def test_of_equal_distances_slug_and_then_tracking_id_decide():
    doors = [a_door("P2", 36.0), a_door("P1", 36.0)]
    shops = [a_shop("b", longitude=-94.001, room=1), a_shop("a", longitude=-93.999, room=1)]
    result = plan(doors, shops)
    assert where(result) == {"P1": "a", "P2": "b"}


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
    ],
)
def test_every_package_without_a_shop_has_a_cause(shops, cause):
    assert plan([a_door()], shops).unplaced == {"P1": cause}


def test_a_door_nobody_can_find_is_out_of_reach():
    result = plan([Door("P1", None, None)], [a_shop()])
    assert result.unplaced == {"P1": Cause.OUT_OF_REACH}


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


def test_slots_are_filled_from_one_and_gaps_first():
    assert free_slots(5, [1, 3, 9]) == [2, 4, 5]
    assert free_slots(2, [1, 2, 3]) == []


near = st.floats(-0.05, 0.05)


@given(
    st.lists(st.tuples(near, near), max_size=25),
    st.lists(
        st.tuples(near, near, st.integers(500, 6000), st.integers(0, 4), st.booleans()), max_size=5
    ),
    st.randoms(use_true_random=False),
)
def test_a_plan_keeps_every_promise_whatever_the_order(places, rooms, shuffler):
    doors = [Door(f"P{n}", 36 + a, -94 + b) for n, (a, b) in enumerate(places)]
    shops = [ShopRoom(f"s{n}", 36 + a, -94 + b, *rest) for n, (a, b, *rest) in enumerate(rooms)]
    result = plan(doors, shops)

    by_slug = {shop.slug: shop for shop in shops}
    taken = dict.fromkeys(by_slug, 0)
    for one in result.placed:
        shop = by_slug[one.slug]
        taken[one.slug] += 1
        assert shop.is_open
        assert one.distance_m <= shop.radius_m
    assert all(taken[slug] <= shop.room for slug, shop in by_slug.items())
    assert {one.tracking_id for one in result.placed} | set(result.unplaced) == {
        door.tracking_id for door in doors
    }
    for door in doors:  # nobody is left out who could have been taken
        if door.tracking_id in result.unplaced:
            for shop in shops:
                metres = distance_m(shop.latitude, shop.longitude, door.latitude, door.longitude)
                assert not shop.is_open or taken[shop.slug] == shop.room or metres > shop.radius_m
    shuffler.shuffle(doors)
    shuffler.shuffle(shops)
    assert plan(doors, shops) == result


def test_the_queue_gives_what_sorting_all_pairs_would_give():
    chance = random.Random(5)
    doors = [
        Door(f"P{n}", 36 + chance.random() / 20, -94 + chance.random() / 20) for n in range(200)
    ]
    shops = [
        a_shop(f"s{n}", 36 + chance.random() / 20, -94 + chance.random() / 20, 3000, 15)
        for n in range(12)
    ]
    pairs = sorted(
        (
            distance_m(shop.latitude, shop.longitude, door.latitude, door.longitude),
            shop.slug,
            door.tracking_id,
        )
        for shop in shops
        for door in doors
    )
    room, expected = {shop.slug: 15 for shop in shops}, {}
    for metres, slug, name in pairs:
        if metres <= 3000 and name not in expected and room[slug]:
            expected[name] = slug
            room[slug] -= 1
    assert where(plan(doors, shops)) == expected
