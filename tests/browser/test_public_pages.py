"""The pages everybody sees, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_person

pytestmark = pytest.mark.browser

OPEN_PAGES = [
    "/",
    "/?packages_low=0&fee_low=3&fee_high=2",
    "/?zip=65201",
    "/?zip=1",
    "/?zip=10001",
    "/apply/",
    "/apply/fit/",
    "/apply/fit/?place=yes&person=yes&way=yes",
    "/apply/fit/?place=yes&person=yes&way=yes&age=yes",
    "/apply/fit/?place=no&person=no&way=no&age=no",
    "/apply/links/",
    "/waitlist/?zip=10001",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/1-abc/",
    "/account/inactive/",
]


@pytest.mark.parametrize("address", OPEN_PAGES)
def test_public_page_is_sound(page: Page, live_server, sound, address):
    page.goto(live_server.url + address)
    page.complaints.clear()  # Chromium complains about a page that says what is wrong
    sound(page)


def test_pages_of_a_signed_in_person_are_sound(page: Page, live_server, sound, sign_in_by_form):
    sign_in_by_form(page, make_person("Rosa"))
    for address in (
        "/shop/help/",
        "/account/email/",
        "/account/password/change/",
        "/account/logout/",
        "/account/reauthenticate/",
    ):
        page.goto(live_server.url + address)
        page.complaints.clear()
        sound(page)


def test_a_missing_page_is_sound_and_names_its_reference(page: Page, live_server, axe):
    answer = page.goto(live_server.url + "/nothing/")
    axe(page)
    expect(page.get_by_text(answer.headers["x-request-id"])).to_be_visible()


def test_the_estimate_follows_the_visitors_numbers_without_javascript(browser, live_server):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(live_server.url)
    page.get_by_label("Packages on a slow day").fill("10")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator(".receipt")).to_contain_text("57 to 228")
    page.get_by_label("Packages on a slow day").fill("none")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page).to_have_title("Error: Deliver the packages of your own streets · Hub Delivery")
    page.get_by_role("link", name="Enter a number from 1 to 150.").click()
    expect(page.get_by_label("Packages on a slow day")).to_be_focused()


def test_the_language_menu_leads_back_to_the_same_page(page: Page, live_server):
    page.goto(live_server.url + "/?packages_low=20#estimate")
    page.locator("summary").filter(has_text="Language:").click()
    page.get_by_role("button", name="Español").click()
    expect(page).to_have_url(live_server.url + "/?packages_low=20")
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_the_keyboard_reaches_the_page_past_the_menus(page: Page, live_server):
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('main') !== null")
