"""What a QR code on paper opens: the stop as it stands now, for its shop's people only."""

import datetime as dt

import pytest
import time_machine

from hubshops.manifests.actions import publish_day
from hubshops.manifests.models import ManifestLine
from hubshops.manifests.queries import manifest_of, paper_of
from hubshops.manifests.rules import stop_code
from hubshops.packages.actions import move_custody
from hubshops.packages.rules import EventKind, Move, State
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(client, shop):
    rosa = make_member(shop, "Rosa")
    client.force_login(rosa)
    with time_machine.travel(MORNING, tick=False):
        yield rosa


def published(shop, count=1, **fields):
    packages = make_packages(count, shop=shop, state=State.ASSIGNED, **fields)
    publish_day(station=shop.station, service_day=DAY, at=MORNING)
    return packages


def codes(shop) -> list[str]:
    """What the squares of the shop's paper say, their addresses without the host."""
    paper = paper_of(manifest_of(shop, DAY))
    return [paper.address_of(row).removeprefix("HTTP://127.0.0.1:8000") for row in paper.rows]


def move(package, kind, to_state) -> None:
    one = Move(
        package_id=package.pk,
        kind=kind,
        to_state=to_state,
        happened_at=MORNING,
        shop_id=package.shop_id,
    )
    move_custody(moves=[one], at=MORNING)


def test_a_code_says_nothing_about_the_door(shop):
    published(shop, address1="418 Oak St", recipient_name="Canary Bird")
    (code,) = codes(shop)
    line = ManifestLine.objects.get()
    assert code == f"/S/{stop_code(line.pk, 1)}"
    assert len(code) < 14


def test_the_form_offers_what_can_be_done_with_all_packages_of_the_stop(client, shop, rosa):
    packages = published(shop, 2, address1="418 Oak St")
    for package in packages:
        move(package, EventKind.RECEIVED, State.AT_SHOP)
    page = client.get(codes(shop)[0]).content.decode()
    query = f"?package={packages[0].pk}&amp;package={packages[1].pk}"
    assert f"/shop/door/deliver/{query}" in page
    assert f"/shop/door/attempt/{query}" in page
    assert "Delivered, all 2" in page


def test_before_the_van_came_it_counts_in_first(client, shop, rosa):
    published(shop)
    page = client.get(codes(shop)[0]).content.decode()
    assert "First count in what the van brought" in page
    assert "/shop/door/deliver/" not in page


def test_what_is_logged_already_is_told(client, shop, rosa):
    (package,) = published(shop)
    move(package, EventKind.DELIVERED, State.DELIVERED)
    assert "Already logged" in client.get(codes(shop)[0]).content.decode()


def test_a_stop_taken_off_says_so_kindly(client, shop, rosa):
    (package,) = published(shop)
    (code,) = codes(shop)
    move(package, EventKind.WITHDRAWN, State.CANCELLED)
    publish_day(station=shop.station, service_day=DAY, at=MORNING)
    page = client.get(code)
    assert page.status_code == 200
    assert "Nothing is to be delivered here any more" in page.content.decode()


def test_a_stop_that_lost_one_of_two_packages_shows_the_other(client, shop, rosa):
    first, second = published(shop, 2, address1="418 Oak St")
    code = codes(shop)[0]
    move(first, EventKind.WITHDRAWN, State.CANCELLED)
    publish_day(station=shop.station, service_day=DAY, at=MORNING)
    page = client.get(code).content.decode()
    assert "1 package was taken off this stop" in page
    assert second.tracking_id[-4:] in page


def test_an_old_paper_of_a_tour_numbered_anew_finds_its_door(client, shop, rosa):
    published(shop, address1="418 Oak St")
    (code,) = codes(shop)
    ManifestLine.objects.update(stop=7)
    page = client.get(code).content.decode()
    assert "On your paper this door is stop 1. It is stop 7 now." in page
    assert "418" in page


def test_who_is_signed_out_signs_in_and_comes_back(client, shop):
    published(shop)
    (code,) = codes(shop)
    answer = client.get(code)
    assert (answer.status_code, answer.url) == (302, f"/account/login/?next={code}")


@pytest.mark.parametrize("code", ["/S/zzz", "/S/0-0", "/S/ZZZZZZZ-1", "/S/1-1-1"])
def test_what_is_no_code_is_not_found(client, shop, rosa, code):
    assert client.get(code).status_code == 404


def test_another_shops_code_is_not_found(client, shop):
    published(shop)
    client.force_login(make_member(make_shop("Zed's"), "Zed"))
    assert client.get(codes(shop)[0]).status_code == 404


def test_who_works_for_both_shops_is_told_to_change_the_shop(client, shop):
    published(shop)
    first = make_shop("A First Shop", opened_at=MORNING - dt.timedelta(days=90))
    ana = make_member(first, "Ana")
    make_member(shop, "Ana")
    client.force_login(ana)
    page = client.get(codes(shop)[0]).content.decode()
    assert "This paper is of Rosa&#x27;s Bodega" in page
    assert "/account/shops/" in page
