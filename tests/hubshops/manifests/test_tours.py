"""The order of stops: the solver's, the shop's own, in time, and shared."""

import datetime as dt
import random
import subprocess
import sys

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from hubshops.manifests import rules
from hubshops.manifests.actions import (
    ManifestChanged,
    NotInTheTeam,
    NotTheseStops,
    TooManyTours,
    back_to_shortest,
    publish_day,
    save_own_order,
    split_day,
)
from hubshops.manifests.gateways.solver import better_tour
from hubshops.manifests.models import ManifestLine, ManifestVersion, StreetPreference, Tour
from hubshops.manifests.queries import manifest_of, stops_of, tours_of
from hubshops.manifests.rules.tours import quick_tour
from hubshops.packages.rules import State
from kernel.audit.models import Decision
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop

NOON = 12 * 3600
place = st.tuples(st.floats(35.9, 36.1), st.floats(-94.1, -93.9))


# --- The solver's order ---------------------------------------------------------------------------


def far(metres, tour):
    return sum(metres[a][b] for a, b in zip(tour, [*tour[1:], tour[0]], strict=True))


@settings(max_examples=15, deadline=None)
@given(st.lists(place, min_size=6, max_size=30, unique=True))
def test_the_solver_visits_each_place_once_and_is_never_longer_than_the_quick_tour(places):
    metres = rules.metres_between(places)
    quick = quick_tour(metres)
    tour = better_tour(metres, quick)
    assert tour[0] == 0
    assert sorted(tour) == list(range(len(places)))
    assert far(metres, tour) <= far(metres, quick)


ASK = """
import random
from hubshops.manifests.gateways.solver import better_tour
from hubshops.manifests.rules import order_stops
chance = random.Random(5)
stops = [(36 + chance.random() / 20, -94 + chance.random() / 20) for _ in range(40)]
chance.shuffle(stops)
print([stops[stop] for stop in order_stops((36.02, -93.98), stops, better_tour)])
"""


def test_the_same_stops_give_the_same_tour_in_every_process_and_sequence():
    other = ASK.replace("chance.shuffle(stops)", "stops.sort()")
    said = [
        subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
        for text in (ASK, ASK, other)
    ]
    assert len({one.stdout for one in said}) == 1
    assert said[0].stdout.count("(") == 40


# --- Times ----------------------------------------------------------------------------------------

LINE = rules.metres_between([(36.0, -94.0), (36.01, -94.0), (36.02, -94.0), (36.03, -94.0)])


def test_a_tour_takes_its_ways_and_its_doors():
    visits = [rules.Visit(1), rules.Visit(2), rules.Visit(1)]
    walk = rules.timetable(LINE, visits, [0, 1, 2], "walk", 9 * 3600)
    car = rules.timetable(LINE, visits, [0, 1, 2], "car", 9 * 3600)
    assert walk.metres == car.metres == pytest.approx(2 * 3336 * 1.3, rel=0.01)
    assert walk.seconds == pytest.approx(walk.metres / 1.25 + 3 * 90 + 4 * 30, abs=3)
    assert car.seconds < walk.seconds / 3
    assert len(walk.arrivals) == 3


def test_who_comes_too_early_waits():
    times = rules.timetable(LINE, [rules.Visit(1, opens=NOON)] * 3, [0, 1, 2], "car", 9 * 3600)
    assert times.arrivals[0].at == NOON
    assert not times.arrivals[0].is_late


def test_nobody_is_at_a_door_while_the_counter_is_busy_and_later_stops_wait():
    visits = [rules.Visit(1)] * 3
    free = rules.timetable(LINE, visits, [0, 1, 2], "walk", 9 * 3600)
    # The second door would be reached just before the busy hour and keep someone into it.
    busy = (free.arrivals[1].at + 60, free.arrivals[1].at + 3660)
    times = rules.timetable(LINE, visits, [0, 1, 2], "walk", 9 * 3600, busy=busy)
    assert times.arrivals[0] == free.arrivals[0]
    assert times.arrivals[1].at == busy[1]
    assert abs(times.back - free.back - 3660) <= 1
    assert abs(times.arrivals[2].at - free.arrivals[2].at - 3660) <= 1


def test_a_door_that_is_done_before_the_busy_hour_does_not_wait():
    free = rules.timetable(LINE, [rules.Visit(1)] * 3, [0, 1, 2], "walk", 9 * 3600)
    for busy in ((free.arrivals[2].at + 121, free.back), (8 * 3600, 9 * 3600)):
        times = rules.timetable(LINE, [rules.Visit(1)] * 3, [0, 1, 2], "walk", 9 * 3600, busy=busy)
        assert times.arrivals == free.arrivals


def test_a_stop_that_the_busy_hours_push_past_its_time_is_marked_late():
    visits = [rules.Visit(1), rules.Visit(1), rules.Visit(1, closes=NOON)]
    busy = (10 * 3600, NOON + 60)
    assert not rules.timetable(LINE, visits, [0, 1, 2], "walk", 9 * 3600).late_seconds
    times = rules.timetable(LINE, visits, [0, 1, 2], "walk", 9 * 3600, busy=busy)
    assert [one.is_late for one in times.arrivals] == [False, False, True]


def test_busy_hours_are_a_span_or_none():
    assert rules.busy_span(dt.time(12), dt.time(13)) == (NOON, NOON + 3600)
    assert rules.busy_span(None, dt.time(13)) is None


def test_a_stop_that_closes_early_comes_first():
    visits = [rules.Visit(1), rules.Visit(1), rules.Visit(1, closes=9 * 3600 + 3500)]
    assert rules.in_time(LINE, visits, [0, 1, 2], "walk", 9 * 3600)[0] == 2


def test_a_stop_that_opens_late_comes_last():
    visits = [rules.Visit(1, opens=NOON), rules.Visit(1), rules.Visit(1)]
    assert rules.in_time(LINE, visits, [0, 1, 2], "car", 9 * 3600)[-1] == 0


def test_a_stop_that_no_order_can_reach_in_time_stays_and_is_marked():
    visits = [rules.Visit(1), rules.Visit(1, closes=8 * 3600), rules.Visit(1)]
    order = rules.in_time(LINE, visits, [0, 1, 2], "walk", 9 * 3600)
    times = rules.timetable(LINE, visits, order, "walk", 9 * 3600)
    assert sorted(order) == [0, 1, 2]
    assert [one.is_late for one in times.arrivals].count(True) == 1


def test_without_wishes_the_order_stays():
    assert rules.in_time(LINE, [rules.Visit(1)] * 3, [2, 0, 1], "walk", 0) == [2, 0, 1]


def test_nobody_leaves_while_the_counter_is_busy():
    assert rules.leaving(None, None) == 9 * 3600
    assert rules.leaving(dt.time(8), dt.time(10, 30)) == 10.5 * 3600
    assert rules.leaving(dt.time(12), dt.time(14)) == 9 * 3600
    assert rules.leaving(dt.time(8), dt.time(9)) == 9 * 3600


# --- Own order ------------------------------------------------------------------------------------


def test_remembered_streets_come_in_the_remembered_sequence_and_others_keep_their_places():
    streets = ["oak", "elm", "fir", "oak", "ash"]
    assert rules.by_streets([0, 1, 2, 3, 4], streets, ["elm", "oak"]) == [1, 0, 2, 3, 4]
    assert rules.by_streets([0, 1, 2, 3, 4], streets, ["ash", "oak"]) == [4, 1, 2, 0, 3]
    assert rules.by_streets([0, 1, 2, 3, 4], streets, []) == [0, 1, 2, 3, 4]
    assert rules.by_streets([3, 1, 0], streets, ["pine"]) == [3, 1, 0]


@pytest.mark.parametrize(
    ("known", "seen", "learned"),
    [
        ([], ["b", "a", "b"], ["b", "a"]),
        (["a", "b"], ["b", "a"], ["b", "a"]),
        (["a", "x", "b"], ["b", "a"], ["b", "a", "x"]),
        (["x", "a"], ["a"], ["x", "a"]),
        (["a", "x", "y"], ["a"], ["a", "x", "y"]),
    ],
)
def test_streets_that_were_not_there_today_stay_behind_the_one_before_them(known, seen, learned):
    assert rules.learn(known, seen) == learned


@pytest.mark.parametrize(
    ("places", "order"),
    [({3: 1}, [3, 1, 2]), ({1: 99}, [2, 3, 1]), ({2: 0}, [2, 1, 3]), ({}, [1, 2, 3])],
)
def test_a_typed_position_moves_one_stop(places, order):
    assert rules.moved([1, 2, 3], places) == order


def test_what_was_typed_is_kept_for_the_stops_that_stand():
    assert rules.carried_over([3, 1, 2], [1, 3, 4]) == [3, 1, 4]


def test_a_split_is_even():
    chance = random.Random(3)
    for people in (2, 3, 5):
        effort = [chance.uniform(60, 600) for _ in range(23)]
        tours = rules.split_evenly(range(23), effort, people)
        loads = [sum(effort[stop] for stop in tour) for tour in tours]
        assert [stop for tour in tours for stop in tour] == list(range(23))
        assert len(tours) == people
        assert max(loads) <= sum(effort) / people + max(effort)


def test_everybody_gets_a_stop_when_one_is_far():
    assert rules.split_evenly([7, 8, 9], [1, 1, 1000], 3) == [[7], [8], [9]]
    with pytest.raises(ValueError, match="needs a stop"):
        rules.split_evenly([7], [1], 2)


# --- On the manifest ------------------------------------------------------------------------------


@pytest.fixture
def shop(db):
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop)


def published(shop, doors, day=DAY):
    for number, street in enumerate(doors, 1):
        where = shop.latitude + number / 1000
        make_packages(
            1,
            shop=shop,
            state=State.ASSIGNED,
            day=day,
            address1=street,
            latitude=where,
            longitude=shop.longitude,
        )
    publish_day(station=shop.station, service_day=day, at=MORNING)
    return manifest_of(shop, day)


def doors(manifest):
    return [stop.address1 for stop in stops_of(manifest)]


def reverse_order(manifest, by):
    order = [stop.number for stop in stops_of(manifest)][::-1]
    return save_own_order(
        manifest=manifest, version=manifest.version, order=order, at=MORNING, by=by
    )


def test_an_own_order_is_a_new_version_and_is_remembered_for_the_next_day(shop, rosa):
    manifest = published(shop, ["1 Oak St", "2 Elm St", "3 Fir St"])
    before = doors(manifest)

    saved = reverse_order(manifest, rosa)

    assert doors(saved) == before[::-1]
    assert (saved.version, saved.has_own_order) == (2, True)
    assert ManifestVersion.objects.filter(manifest=saved).count() == 2
    assert Decision.objects.get(action="save_own_order").by == rosa
    streets = [rules.street_key(door) for door in before[::-1]]
    assert list(StreetPreference.objects.values_list("street", flat=True)) == streets
    tomorrow = published(
        shop, ["11 Oak St", "12 Elm St", "13 Fir St"], day=DAY + dt.timedelta(days=1)
    )
    assert [rules.street_key(door) for door in doors(tomorrow)] == streets


def test_an_order_that_stands_already_makes_no_version_and_remembers_nothing(shop, rosa):
    manifest = published(shop, ["1 Oak St", "2 Elm St", "3 Fir St"])
    order = [stop.number for stop in stops_of(manifest)]
    saved = save_own_order(manifest=manifest, version=1, order=order, at=MORNING, by=rosa)
    assert (saved.version, saved.has_own_order) == (1, False)
    assert not StreetPreference.objects.exists()


def test_back_to_the_shortest_undoes_and_forgets(shop, rosa):
    manifest = published(shop, ["1 Oak St", "2 Elm St", "3 Fir St"])
    before = doors(manifest)
    saved = reverse_order(manifest, rosa)
    back = back_to_shortest(manifest=saved, version=2, at=MORNING, by=rosa)
    assert doors(back) == before
    assert (back.version, back.has_own_order) == (3, False)
    assert not StreetPreference.objects.exists()


def test_a_late_package_keeps_an_own_order_and_comes_last(shop, rosa):
    manifest = published(shop, ["1 Oak St", "2 Elm St", "3 Fir St"])
    mine = doors(reverse_order(manifest, rosa))
    later = published(shop, ["9 Ash St"])
    assert doors(later) == [*mine, "9 Ash St"]


def test_an_old_version_or_other_stops_are_refused_and_nothing_is_written(shop, rosa):
    manifest = published(shop, ["1 Oak St", "2 Elm St"])
    before = doors(manifest)
    with pytest.raises(ManifestChanged, match="version 1 now"):
        save_own_order(manifest=manifest, version=7, order=[2, 1], at=MORNING, by=rosa)
    for order in ([1], [1, 1], [1, 2, 3]):
        with pytest.raises(NotTheseStops):
            save_own_order(manifest=manifest, version=1, order=order, at=MORNING, by=rosa)
    assert doors(manifest) == before
    assert not StreetPreference.objects.exists()
    assert manifest_of(shop, DAY).version == 1


def test_a_day_is_shared_evenly_and_put_together_again(shop, rosa):
    sam = make_member(shop, "Sam", role="helper")
    manifest = published(shop, [f"{number} Oak St" for number in range(1, 9)])
    before = doors(manifest)

    shared = split_day(manifest=manifest, version=1, helpers=[rosa.pk, sam.pk], at=MORNING, by=rosa)

    tours = tours_of(shared)
    assert [(tour.number, tour.helper) for tour in tours] == [(1, "Rosa"), (2, "Sam")]
    assert sorted(door for tour in tours for door in [one.stop.address1 for one in tour.stops]) == (
        sorted(before)
    )
    assert [one.stop.number for tour in tours for one in tour.stops] == list(range(1, 9))
    again = split_day(manifest=shared, version=2, helpers=[], at=MORNING, by=rosa)
    assert doors(again) == before
    assert not Tour.objects.exists()
    assert len(tours_of(again)) == 1


def test_an_own_order_keeps_each_stop_in_its_tour(shop, rosa):
    sam = make_member(shop, "Sam", role="helper")
    manifest = published(shop, [f"{number} Oak St" for number in range(1, 7)])
    shared = split_day(manifest=manifest, version=1, helpers=[rosa.pk, sam.pk], at=MORNING, by=rosa)
    mine = [{one.stop.address1 for one in tour.stops} for tour in tours_of(shared)]
    saved = reverse_order(shared, rosa)
    assert [{one.stop.address1 for one in tour.stops} for tour in tours_of(saved)] == mine


def test_strangers_and_crowds_get_no_tour(shop, rosa):
    zed = make_member(make_shop("Next Door", station=shop.station), "Zed")
    sam = make_member(shop, "Sam", role="helper")
    manifest = published(shop, ["1 Oak St"])
    for helpers in ([rosa.pk, zed.pk], [rosa.pk], [rosa.pk, rosa.pk]):
        with pytest.raises(NotInTheTeam):
            split_day(manifest=manifest, version=1, helpers=helpers, at=MORNING, by=rosa)
    with pytest.raises(TooManyTours):
        split_day(manifest=manifest, version=1, helpers=[rosa.pk, sam.pk], at=MORNING, by=rosa)
    assert not Tour.objects.exists()


# --- Laws -----------------------------------------------------------------------------------------


def test_law_tours(shop, rosa):
    sam = make_member(shop, "Sam", role="helper")
    manifest = published(shop, ["1 Oak St"])
    Tour.objects.create(manifest=manifest, number=1, helper=rosa)
    for name, number, helper in [
        ("tour_once", 1, sam),
        ("tour_once_a_person", 2, rosa),
        ("tours_start_at_one", 0, sam),
    ]:
        with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
            Tour.objects.create(manifest=manifest, number=number, helper=helper)
    with pytest.raises(IntegrityError, match="is_on_a_tour"), transaction.atomic():
        ManifestLine.objects.update(tour=0)


def test_law_street_preferences(shop):
    StreetPreference.objects.create(shop=shop, street="oak st", rank=1)
    for name, street, rank in [
        ("street_preference_once", "oak st", 2),
        ("street_preference_rank_once", "elm st", 1),
    ]:
        with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
            StreetPreference.objects.create(shop=shop, street=street, rank=rank)


# --- The page -------------------------------------------------------------------------------------


def fields(manifest, **more):
    stops = [stop.number for stop in stops_of(manifest)]
    places = {f"place-{number}": at for at, number in enumerate(stops, 1)}
    return {"version": manifest.version, "stop": stops, **places, **more}


@pytest.fixture
def page(client, shop, rosa):
    manifest = published(shop, ["1 Oak St", "2 Elm St", "3 Fir St"])
    client.force_login(rosa)
    return manifest, reverse("manifests:order", args=[DAY])


def test_stops_are_moved_by_buttons_and_positions_without_a_script(client, page):
    manifest, url = page
    before = doors(manifest)
    html = client.post(url, fields(manifest, move="down-1")).content.decode()
    assert "This order is not saved yet." in html
    assert html.index(before[1]) < html.index(before[0])
    assert doors(manifest) == before
    assert "not saved" not in client.get(url).content.decode()

    data = fields(manifest, do="save") | {"place-3": "1"}
    answer = client.post(url, data, follow=True)

    assert "Saved." in answer.content.decode()
    assert doors(manifest) == [before[2], before[0], before[1]]


def test_a_list_that_changed_meanwhile_keeps_what_was_typed(client, shop, page):
    manifest, url = page
    before = doors(manifest)
    stale = fields(manifest, do="save") | {"place-3": "1"}
    published(shop, ["9 Ash St"])

    answer = client.post(url, stale)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "This list changed meanwhile (it is version 2 now)" in html
    assert html.index(before[2]) < html.index(before[0]) < html.index("9 Ash St")
    assert 'name="version" value="2"' in html
    assert doors(manifest) == [*before, "9 Ash St"]


def test_nonsense_in_the_fields_moves_nothing(client, page):
    manifest, url = page
    before = doors(manifest)
    data = fields(manifest, do="save", move="sideways-x") | {"place-1": "soon", "version": "x"}
    assert client.post(url, data).status_code == 409
    assert doors(manifest) == before


def test_the_page_says_how_long_and_who_comes_too_late(client, shop, page):
    manifest, url = page
    manifest.lines.first().package.__class__.objects.filter(address1="3 Fir St").update(
        deliver_until=dt.time(8)
    )
    html = client.get(url).content.decode()
    assert "3 stops, about" in html
    assert html.count("be there before") == 1
    assert "wanted –08:00" in html
    assert "3 stops, about" in client.get(reverse("manifests:day", args=[DAY])).content.decode()


def test_a_helper_shares_the_stops_and_undoes_it(client, shop, rosa, page):
    _manifest, url = page
    sam = make_member(shop, "Sam", role="helper")
    client.force_login(sam)
    data = {"version": 1, "do": "share", "helper": [rosa.pk, sam.pk]}
    html = client.post(url, data, follow=True).content.decode()
    assert "Tour 2: Sam" in html
    html = client.post(url, {"version": 2, "do": "join"}, follow=True).content.decode()
    assert "It is one tour again." in html
    assert "Tour 2" not in html


def test_a_day_without_a_list_has_no_order(client, rosa):
    client.force_login(rosa)
    assert client.get(reverse("manifests:order", args=[DAY])).status_code == 404
