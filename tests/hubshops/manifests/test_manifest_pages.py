"""The plan for staff, the manifest for the shop."""

import datetime as dt

import pytest
from django.urls import reverse

from hubshops.manifests.actions import plan_and_publish
from hubshops.manifests.models import Manifest
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from tests.factories import (
    DAY,
    MORNING,
    make_member,
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
def shop(station):
    return make_shop(station=station)


def publish(station):
    return plan_and_publish(station=station, service_day=DAY, at=MORNING)


def test_staff_plan_a_day_and_see_what_came_of_it(client, station, shop):
    make_packages(3, station=station)
    far = make_package(station=station, latitude=40.0, longitude=-80.0)
    client.force_login(make_staff("Olga"))
    url = reverse("manifests:plan", args=[station.code, DAY])
    assert "4 packages wait for a shop" in client.get(url).content.decode()

    answer = client.post(url, follow=True)

    page = answer.content.decode()
    assert "Planned: 3 more packages have a shop" in page
    assert far.tracking_id in page
    assert "No shop goes as far as this door." in page
    sheet = reverse("manifests:sheet", args=[station.code, DAY, shop.slug])
    assert sheet in page
    assert "Rosa&#x27;s Bodega" in client.get(sheet).content.decode()
    paper = client.get(reverse("manifests:sheet_pdf", args=[station.code, DAY, shop.slug]))
    assert paper.content.startswith(b"%PDF")


def test_planning_again_says_that_nothing_was_left(client, station, shop):
    make_packages(2, station=station)
    client.force_login(make_staff("Olga"))
    url = reverse("manifests:plan", args=[station.code, DAY])
    client.post(url)

    page = client.post(url, follow=True).content.decode()

    assert "Nothing was left" in page
    assert Manifest.objects.get().version == 1


def test_the_planning_page_opens_on_a_station_and_today(client, station, time_machine):
    time_machine.move_to(MORNING)
    client.force_login(make_staff("Olga"))
    url = reverse("manifests:plans")
    assert client.get(url).url == reverse("manifests:plan", args=["FAY", DAY])
    chosen = client.get(url, {"station": "FAY", "day": "2026-11-22"})
    assert chosen.url == reverse("manifests:plan", args=["FAY", dt.date(2026, 11, 22)])
    wrong = client.get(url, {"station": "FAY", "day": "soon"})
    assert wrong.status_code == 422
    assert "Write the day like 2026-11-20." in wrong.content.decode()


def test_the_planning_page_without_any_station_says_so(client):
    client.force_login(make_staff("Olga"))
    assert "There is no station yet" in client.get(reverse("manifests:plans")).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_plan_costs_the_same_queries_for_one_shop_and_thirty(
    client, station, count, django_assert_num_queries
):
    for number in range(count):
        make_shop(f"Shop {number}", station=station)
    make_packages(20, station=station)
    publish(station)
    client.force_login(make_staff("Olga"))
    with django_assert_num_queries(13):
        client.get(reverse("manifests:plan", args=[station.code, DAY]))


def test_a_shop_reads_its_list_by_stops(client, station, shop):
    make_package(
        station=station,
        recipient_name="Maria del Carmen Lopez",
        address1="418 Oak St",
        address2="Apt 3",
        phone="479-555-0199",
        instructions="Ring twice",
        requires="signature",
    )
    publish(station)
    client.force_login(make_member(shop, "Sam", role="helper"))

    page = client.get(reverse("manifests:day", args=[DAY])).content.decode()

    for words in ("418", "Oak St", "Maria L.", "Apt 3", "Ring twice", "a signature"):
        assert words in page
    assert "Carmen" not in page
    assert "0199" not in page


def test_the_list_can_be_narrowed_to_what_is_left(client, station, shop):
    make_packages(2, station=station)
    publish(station)
    client.force_login(make_member(shop))
    url = reverse("manifests:day", args=[DAY])
    assert "Nothing is done yet" in client.get(url, {"show": "done"}).content.decode()
    assert "College Ave" in client.get(url, {"show": "left"}).content.decode()


def test_the_list_says_how_many_of_those_left_wait_for_another_day(client, station, shop):
    tried, _waiting = make_packages(2, station=station)
    publish(station)
    Package.objects.filter(pk=tried.pk).update(state=State.ATTEMPTED, shop=shop)
    client.force_login(make_member(shop))
    page = client.get(reverse("manifests:day", args=[DAY])).content.decode()
    assert "<b>2</b>" in page
    assert "1 of them to try again" in page


def test_a_day_without_a_list_is_a_page_that_says_so(client, station, shop):
    make_packages(1, station=station)
    publish(station)
    client.force_login(make_member(shop))
    empty = DAY + dt.timedelta(days=1)
    page = client.get(reverse("manifests:day", args=[empty])).content.decode()
    assert "No packages for this day" in page
    assert reverse("manifests:day", args=[DAY]) in page
    assert client.get(reverse("manifests:pdf", args=[empty])).status_code == 404
    assert client.get("/shop/manifests/2026-02-30/").status_code == 404


def test_a_shop_prints_its_manifest(client, station, shop):
    make_packages(1, station=station)
    publish(station)
    client.force_login(make_member(shop))
    answer = client.get(reverse("manifests:pdf", args=[DAY]))
    assert answer["Content-Type"] == "application/pdf"
    assert 'filename="FAY-2026-11-20-rosas-bodega.pdf"' in answer["Content-Disposition"]


def test_the_list_costs_the_same_queries_for_one_package_and_fifty(
    client, station, shop, django_assert_num_queries
):
    client.force_login(make_member(shop))
    url = reverse("manifests:day", args=[DAY])
    make_packages(1, station=station)
    publish(station)
    with django_assert_num_queries(9):
        client.get(url)
    make_packages(40, station=station)
    publish(station)
    with django_assert_num_queries(11):  # two more tell what the new version changed
        client.get(url)


def test_a_stranger_sees_nothing_of_another_shop(client, station, shop):
    make_packages(1, station=station, recipient_name="Canary Bird")
    publish(station)
    other = make_shop("Zed's Deli", station=station, latitude=10.0)
    client.force_login(make_member(other, "Zed"))
    page = client.get(reverse("manifests:day", args=[DAY])).content.decode()
    assert "Canary" not in page
    for name in ("plan", "sheet", "sheet_pdf"):
        args = [station.code, DAY] + ([shop.slug] if name != "plan" else [])
        assert client.get(reverse(f"manifests:{name}", args=args)).status_code == 404
    client.logout()
    assert client.get(reverse("manifests:day", args=[DAY])).status_code == 302
