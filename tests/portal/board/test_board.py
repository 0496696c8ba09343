"""The assignment board: what it shows, what a move would do, and nobody writes over another."""

import datetime as dt

import pytest
from django.urls import reverse

from hubshops.assignment.actions import move_packages
from hubshops.assignment.models import Assignment, DayBoard
from hubshops.manifests.actions import plan_and_publish
from hubshops.manifests.models import ManifestVersion
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.models import DayOff
from payouts.rates.actions import agree_rate
from portal.board.queries import difference, effect_of
from tests.factories import (
    DAY,
    MORNING,
    make_package,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def rosas(station):
    return make_shop(station=station, daily_cap=3)


@pytest.fixture
def zeds(station):
    return make_shop("Zed's Flowers", station=station, daily_cap=3, latitude=36.1)


@pytest.fixture
def olga(client):
    person = make_staff("Olga")
    client.force_login(person)
    return person


def url(station, name="day"):
    return reverse(f"board:{name}", args=[station.code, DAY])


def text(answer):
    return answer.content.decode().replace("&#x27;", "'")


def version():
    board = DayBoard.objects.first()
    return board.version if board else 0


def ask(packages, shop, **more):
    to = shop.slug if shop else "-"
    return {"package": [one.pk for one in packages], "to": to, "version": version()} | more


def test_the_board_says_what_has_no_shop_why_and_who_is_near(client, station, rosas, olga):
    make_packages(4, station=station)
    far = make_package(station=station, latitude=36.3)
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    page = text(client.get(url(station)))
    assert "Without a shop (2)" in page
    assert "Every shop near this door is full." in page
    assert "No shop goes as far as this door." in page
    assert far.tracking_id in page
    assert "too far" in page
    assert "3 of 3" in page
    assert "The portal published the day with 3 packages" in page


def test_a_shops_packages_are_listed_and_one_at_the_shop_has_no_box(client, station, rosas, olga):
    here = make_package(shop=rosas, state=State.AT_SHOP)
    coming = make_package(shop=rosas, state=State.MANIFESTED)
    page = text(client.get(url(station) + f"?shop={rosas.slug}&tick=all"))
    assert f'name="package" value="{coming.pk}" checked' in page
    assert f'name="package" value="{here.pk}"' not in page
    assert "can't be moved here" in page


def test_a_preview_says_the_effect_and_writes_nothing(client, station, rosas, zeds, olga):
    agreed = {"first_day": dt.date(2026, 10, 1), "at": MORNING - dt.timedelta(days=60)}
    agree_rate(station=station, amount_cents=200, **agreed)
    agree_rate(shop=zeds, amount_cents=225, **agreed)
    one, two = make_packages(2, station=station)
    move_packages(
        station=station,
        service_day=DAY,
        package_ids=[one.pk],
        to_shop=rosas,
        version=0,
        at=MORNING,
        by=olga,
    )
    page = text(client.get(url(station, "move"), ask([one, two], zeds)))
    assert "Move 2 packages to Zed's Flowers?" in page
    assert "0 → 2 of 3 packages" in page
    assert "1 → 0 of 3 packages" in page
    assert "The shop is open." in page
    assert "+$2.50" in page  # 2 x 2.25 instead of 1 x 2.00
    assert Assignment.objects.get().shop == rosas


def test_the_effect_is_the_difference_of_distances(station, rosas, zeds):
    package = make_package(latitude=zeds.latitude, longitude=zeds.longitude)
    Package.objects.filter(pk=package.pk).update(state=State.ASSIGNED, shop=rosas)
    effect = effect_of(station, DAY, [package.pk], zeds)
    assert effect.distance == "−1.2 mi"
    assert effect.cents is None


def test_a_confirmed_move_is_made_told_and_can_be_undone(client, station, rosas, zeds, olga):
    package = make_package()
    answer = client.post(url(station, "move"), ask([package], rosas), follow=True)
    assert "1 package goes to Rosa's Bodega now." in text(answer)
    assert "Olga moved 1 package" in text(answer)
    answer = client.post(url(station, "undo"), {"version": version()}, follow=True)
    assert "The move was undone." in text(answer)
    package.refresh_from_db()
    assert (package.state, package.shop) == (State.ANNOUNCED, None)


def test_a_stale_form_shows_the_board_of_now_with_the_choice_kept(client, station, rosas, olga):
    one, two = make_packages(2)
    kim = make_staff("Kim")
    seen = ask([one], rosas)
    move_packages(
        station=station,
        service_day=DAY,
        package_ids=[two.pk],
        to_shop=rosas,
        version=0,
        at=MORNING,
        by=kim,
    )
    for send in (client.get, client.post):
        answer = send(url(station, "move"), seen)
        assert answer.status_code == 409
        assert "Kim moved 1 package" in text(answer)
        assert f'name="package" value="{one.pk}" checked' in text(answer)
        assert f'value="{rosas.slug}" selected' in text(answer)
    one.refresh_from_db()
    assert one.shop is None
    assert client.post(url(station, "undo"), {"version": 0}).status_code == 409
    answer = client.post(url(station, "publish"), {"version": 0})
    assert answer.status_code == 409
    assert not ManifestVersion.objects.exists()


def test_over_the_cap_no_button_is_shown_and_no_post_helps(client, station, rosas, olga):
    packages = make_packages(4)
    answer = client.get(url(station, "move"), ask(packages, rosas))
    assert "it did not agree to take more than its cap" in text(answer)
    assert "Move them" not in text(answer)
    answer = client.post(url(station, "move"), ask(packages, rosas, reason="Please"))
    assert answer.status_code == 422
    assert not Assignment.objects.exists()


def test_a_day_off_asks_for_a_reason_and_keeps_it(client, station, rosas, olga):
    DayOff.objects.create(shop=rosas, day=DAY)
    package = make_package()
    answer = client.post(url(station, "move"), ask([package], rosas))
    assert answer.status_code == 422
    assert "Write why this shop gets packages" in text(answer)
    assert "(optional)" not in text(answer).partition("Why this shop all the same")[2]
    client.post(url(station, "move"), ask([package], rosas, reason="She called."))
    assert Assignment.objects.get().explanation["reason"] == "She called."


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"package": []}, "Tick at least one package."),
        ({"package": ["one"]}, "Tick the packages in the list."),
        ({"to": ""}, "Choose where they go."),
        ({"to": "nobody"}, "Choose where they go."),
    ],
)
def test_half_a_choice_is_said_on_the_board(client, station, rosas, olga, wrong, words):
    package = make_package()
    answer = client.get(url(station, "move"), ask([package], rosas) | wrong)
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_shop_of_another_station_is_no_target(client, station, olga):
    other = make_shop("Far", station=make_station("NSH"))
    answer = client.get(url(station, "move"), ask([make_package(station=station)], other))
    assert "Choose where they go." in text(answer)


def test_publishing_shows_the_difference_first_and_the_versions_after(
    client, station, rosas, zeds, olga
):
    at_the_counter = {"latitude": rosas.latitude, "longitude": rosas.longitude}
    moved, _stays = make_packages(2, station=station, **at_the_counter)
    plan_and_publish(station=station, service_day=DAY, at=MORNING)
    old, new = rosas, zeds
    client.post(url(station, "move"), ask([moved], new))
    changes = {one.shop: one for one in difference(station, DAY)}
    assert [one.tracking_id for one in changes[old].gone] == [moved.tracking_id]
    assert [one.tracking_id for one in changes[new].added] == [moved.tracking_id]
    page = text(client.get(url(station, "publish")))
    assert "2 shops get a new list" in page
    assert "its first list of the day" in page
    answer = client.post(url(station, "publish"), {"version": version()}, follow=True)
    page = text(answer)
    assert "The day is published." in page
    assert "The shops have the newest lists" in page
    assert "version 2" in page
    moved.refresh_from_db()
    assert moved.state == State.MANIFESTED


def test_the_fragment_tells_number_and_words_and_costs_little(
    client, station, rosas, olga, django_assert_max_num_queries
):
    client.post(url(station, "move"), ask([make_package()], rosas))
    with django_assert_max_num_queries(6):
        answer = client.get(url(station, "changes"))
    assert answer.json() == {"version": 1, "words": "Olga moved 1 package"}


@pytest.mark.parametrize("count", [1, 40])
def test_the_board_costs_the_same_queries_for_one_package_and_forty(
    client, station, rosas, zeds, olga, count, django_assert_num_queries
):
    make_packages(count, station=station)
    make_packages(count, shop=rosas, state=State.MANIFESTED)
    with django_assert_num_queries(21):
        client.get(url(station))


@pytest.mark.parametrize("count", [1, 40])
def test_a_preview_costs_the_same_queries_for_one_package_and_forty(
    client, station, rosas, zeds, olga, count, django_assert_num_queries
):
    packages = make_packages(count, shop=rosas, state=State.MANIFESTED)
    with django_assert_num_queries(14):
        client.get(url(station, "move"), ask(packages, zeds))
