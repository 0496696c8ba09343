"""The days to come in a real browser: sound at every width, by keyboard, without JavaScript."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from hubshops.shops.models import DayOff
from kernel import clock
from tests.factories import make_member, make_shop, make_staff
from tests.hubshops.forecasts.helpers import give, weeks

pytestmark = pytest.mark.browser


@pytest.fixture
def shop():
    """A shop with three weeks behind it, a day off and packages planned for another."""
    shop = make_shop()
    today = clock.local_day(clock.now(), shop.zone)
    give(shop, weeks(3, until=today) | {today + dt.timedelta(days=5): 12})
    DayOff.objects.create(shop=shop, day=today + dt.timedelta(days=3))
    DayOff.objects.create(shop=shop, day=today)
    shop.today = today
    return shop


def test_a_shops_days_to_come_are_sound(page: Page, live_server, sound, sign_in, shop):
    sign_in(page, make_member(shop, "Rosa"))
    for address in ("/shop/", "/shop/tomorrow/", "/shop/calendar/"):
        page.goto(live_server.url + address)
        sound(page)
    page.get_by_label("First day off").fill((shop.today + dt.timedelta(days=5)).isoformat())
    page.get_by_role("button", name="Take off").click()
    expect(page.get_by_text("12 packages are planned for you on that day")).to_be_visible()
    sound(page)


def test_a_stations_week_is_sound(page: Page, live_server, sound, sign_in, shop):
    sign_in(page, make_staff("Olga"))
    page.goto(f"{live_server.url}/ops/forecast/{shop.station.code}/")
    sound(page)


def test_a_day_is_taken_off_and_given_back_by_keyboard_without_javascript(
    browser, live_server, sign_in, shop
):
    page = browser.new_context(java_script_enabled=False, locale="en-US").new_page()
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(live_server.url + "/shop/calendar/")
    page.get_by_label("First day off").fill((shop.today + dt.timedelta(days=8)).isoformat())
    page.get_by_label("Last day off").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is off.")
    page.get_by_role("button", name="Work after all").last.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You work on")
    assert DayOff.objects.filter(shop=shop).count() == 2
