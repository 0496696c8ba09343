"""The assignment board and the maps in a real browser: sound, by keyboard, without JavaScript, and
asking no other host than the one an operator names."""

import copy
import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from hubshops.assignment.actions import move_packages
from hubshops.assignment.models import Assignment, DayBoard
from hubshops.manifests.actions import plan_and_publish
from hubshops.packages.models import Package
from kernel import clock
from tests.factories import make_member, make_packages, make_shop, make_staff

pytestmark = pytest.mark.browser


@pytest.fixture
def day():
    """A planned morning: Rosa's shop is full, Zed has room, two packages have no shop."""
    rosas = make_shop(daily_cap=4, latitude=36.066, longitude=-94.15, radius_m=9000)
    zeds = make_shop(
        "Zed's Flowers", station=rosas.station, latitude=36.112, longitude=-94.135, radius_m=400
    )
    make_member(rosas, "Rosa")
    at = clock.now()
    today = clock.local_day(at, rosas.zone)
    places = [(36.108, -94.182), (36.056, -94.19), (36.045, -94.16), (36.09, -94.12)]
    for latitude, longitude in [*places, (36.105, -94.21), (36.04, -94.13)]:
        place = {"latitude": latitude, "longitude": longitude}
        make_packages(1, station=rosas.station, day=today, at=at, **place)
    plan_and_publish(station=rosas.station, service_day=today, at=at)
    return {"rosas": rosas, "zeds": zeds, "today": today, "station": rosas.station}


def board(live_server, day, name="day"):
    return live_server.url + reverse(f"board:{name}", args=[day["station"].code, day["today"]])


def hosts_asked(page: Page) -> set[str]:
    """Fills with the hosts that a page asks."""
    hosts: set[str] = set()
    page.on("request", lambda asked: hosts.add(urlsplit(asked.url).netloc))
    return hosts


def test_the_board_and_the_maps_are_sound_and_ask_no_other_host(
    page: Page, live_server, sign_in, sound, day
):
    hosts = hosts_asked(page)
    sign_in(page, make_staff("Olga"))
    sheet = reverse("manifests:sheet", args=[day["station"].code, day["today"], day["rosas"].slug])
    package = Package.objects.filter(shop=None).first()
    version = DayBoard.objects.get().version
    for address in (
        board(live_server, day),
        board(live_server, day) + f"?shop={day['rosas'].slug}&tick=all",
        board(live_server, day, "move")
        + f"?package={package.pk}&to={day['zeds'].slug}&version={version}",
        board(live_server, day, "publish"),
        live_server.url + sheet + "?view=map",
    ):
        page.goto(address)
        sound(page)
    expect(page.locator(".map .pin-left")).not_to_have_count(0)
    assert hosts == {urlsplit(live_server.url).netloc}


def test_a_pin_is_opened_by_keyboard_and_leads_to_the_list(
    page: Page, live_server, sign_in, axe, day
):
    sign_in(page, make_staff("Olga"))
    page.goto(board(live_server, day))
    pin = page.get_by_role("button", name=re.compile(r"^!, "))
    pin.first.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Show in the list")
    expect(link).to_be_visible()
    axe(page)
    link.click()
    expect(page).to_have_url(re.compile(r"#package-\d+$"))
    assert page.complaints == []


def test_a_package_is_moved_undone_and_published_without_javascript(
    browser, live_server, sign_in, day
):
    page = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    ).new_page()
    sign_in(page, make_staff("Olga"))
    page.goto(board(live_server, day))
    expect(page.get_by_text("The map needs scripts")).to_be_visible()
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Move the ticked packages to").select_option(day["zeds"].slug)
    page.get_by_role("button", name="See what it does").click()
    expect(page.get_by_text("The door lies beyond the shop's radius.")).to_be_visible()
    page.get_by_role("button", name="Move them").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.get_by_label("Why this shop all the same").fill("Zed lives next door.")
    page.get_by_role("button", name="Move them").click()
    expect(page.get_by_text("1 package goes to Zed's Flowers now.")).to_be_visible()
    assert Assignment.objects.get(shop=day["zeds"]).explanation["reason"] == "Zed lives next door."

    page.get_by_role("link", name="Publish: 1 shop changes").click()
    page.get_by_role("button", name="Publish the day").click()
    expect(page.get_by_text("The day is published.")).to_be_visible()


def test_news_of_another_dispatcher_reach_the_page(page: Page, live_server, sign_in, day):
    sign_in(page, make_staff("Olga"))
    page.goto(board(live_server, day))
    package = Package.objects.filter(shop=day["rosas"]).first()
    move_packages(
        station=day["station"],
        service_day=day["today"],
        package_ids=[package.pk],
        to_shop=None,
        version=DayBoard.objects.get().version,
        at=clock.now(),
        by=make_staff("Kim"),
    )
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    news = page.get_by_role("status").filter(has_text="Kim took 1 package off its shop")
    expect(news).to_contain_text("Load it again before you move anything.")


def test_with_a_map_server_only_its_host_is_asked(page: Page, live_server, sign_in, settings, day):
    settings.MAP_TILES_URL = "https://tiles.example/{z}/{x}/{y}.png"
    settings.MAP_TILES_ATTRIBUTION = "Example <b>Maps</b>"
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["img-src"].append("https://tiles.example")
    settings.CONTENT_SECURITY_POLICY = policy
    page.route("https://tiles.example/**", lambda route: route.fulfill(status=204))
    hosts = hosts_asked(page)
    sign_in(page, make_staff("Olga"))
    page.goto(board(live_server, day))
    expect(page.get_by_text("Example <b>Maps</b>")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert hosts == {urlsplit(live_server.url).netloc, "tiles.example"}
