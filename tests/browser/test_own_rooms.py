"""A shop's own rooms on a phone: sound pages, and the ways through them without JavaScript."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from hubshops.shops.actions import ask_facts_change, ask_to_leave, make_team_link
from hubshops.shops.models import Leaving, Membership
from kernel import clock
from kernel.notifications.actions import send_mail
from kernel.notifications.documents import html_of
from tests.factories import PASSWORD, make_member, make_shop, make_staff

pytestmark = pytest.mark.browser
ONE = dt.timedelta(days=1)


@pytest.fixture
def shop():
    shop = make_shop(opens_at=dt.time(8), closes_at=dt.time(20), max_weight_g=9000)
    shop.today = clock.local_day(clock.now(), shop.zone)
    return shop


def test_a_shops_own_rooms_are_sound(page: Page, live_server, sound, sign_in, shop):
    rosa = make_member(shop, "Rosa")
    make_member(shop, "Mia", "manager")
    link = make_team_link(shop=shop, role="helper", at=clock.now(), by=rosa)
    ask_facts_change(shop=shop, facts={"name": "Corner"}, at=clock.now(), by=rosa)
    sign_in(page, rosa)
    for address in (
        "/shop/profile/",
        "/shop/profile/contact/",
        "/shop/profile/hours/",
        "/shop/profile/takes/",
        "/shop/profile/name/",
        "/shop/team/",
        f"/shop/team/links/{link.pk}/",
        "/shop/calendar/",
        "/shop/pause/",
        "/shop/leave/",
        "/shop/invite/",
    ):
        page.goto(live_server.url + address)
        sound(page)


def test_staffs_pages_about_shops_and_letters_are_sound(
    page: Page, live_server, sound, sign_in, shop
):
    rosa = make_member(shop, "Rosa")
    wish = ask_facts_change(shop=shop, facts={"name": "Corner"}, at=clock.now(), by=rosa)
    ask_to_leave(shop=shop, last_day=shop.today + 5 * ONE, at=clock.now(), by=rosa, reason="pay")
    sign_in(page, make_staff("Olga", "support"))
    for address in ("/ops/shops/", f"/ops/shops/changes/{wish.pk}/", "/ops/letters/"):
        page.goto(live_server.url + address)
        sound(page)


def test_somebody_joins_by_a_link_and_an_owner_leaves_without_javascript(
    browser, live_server, sign_in, shop
):
    page = browser.new_context(java_script_enabled=False, locale="en-US").new_page()
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(live_server.url + "/shop/leave/")
    page.get_by_label("Last day with packages").fill((shop.today + 5 * ONE).isoformat())
    page.get_by_role("button", name="Leave").press("Enter")
    if page.get_by_label("Password").count():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("heading", name="You are leaving")).to_be_visible()
    assert Leaving.objects.get().last_day == shop.today + 5 * ONE
    page.get_by_role("button", name="Stay after all").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You stay.")
    page.goto(live_server.url + "/shop/team/")
    page.get_by_role("button", name="Make a link").press("Enter")
    address = page.locator("p.code").inner_text()
    guest = browser.new_context(java_script_enabled=False, locale="en-US").new_page()
    guest.goto(live_server.url + address[address.index("/join/") :])
    guest.get_by_label("Your name").fill("Sam")
    guest.get_by_label("Your e-mail").fill("sam@shop.test")
    guest.get_by_label("Your e-mail").press("Enter")
    expect(guest.get_by_role("heading", name="You are on the team")).to_be_visible()
    assert Membership.objects.filter(user__email="sam@shop.test", role="helper").exists()


def test_a_letter_is_sound_by_day_and_by_night(page: Page, axe):
    words = "Hello Rosa,\n\n- one\n- two\n\nhttp://localhost:8000/shop/\n\nQuestions?\nHub"
    mail = send_mail(to="rosa@shop.test", subject="News", body=words, at=clock.now())
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.set_content(html_of(mail))
        page.set_viewport_size({"width": 320, "height": 844})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
        broken = page.evaluate("() => document.querySelectorAll('img, script').length")
        assert not broken
        axe(page)
