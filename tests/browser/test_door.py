"""Rosa and Sam work a day at the door on a phone of 390 px: in the application, and without it."""

import re

import pytest
from playwright.sync_api import Page, expect

from hubshops.deliveries.models import Delivery
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from tests.browser.at_the_door import (
    all_saved,
    deliver,
    done,
    installed,
    make_drop,
    say_label,
    states,
    tick,
)
from tests.factories import make_member, make_shop

pytestmark = pytest.mark.browser
DOOR_TARGET = 64


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def drop(shop) -> list[Package]:
    """Five packages on today's manifest: two of them for one door."""
    return make_drop(shop)


def test_rosa_counts_in_and_sam_delivers(
    page: Page, live_server, sign_in_by_form, sound, shop, drop
):
    rosa, sam = make_member(shop, "Rosa"), make_member(shop, "Sam", "helper")
    sign_in_by_form(page, rosa)
    expect(page.get_by_role("heading", name="5 packages arrive today")).to_be_visible()
    page.goto(f"{live_server.url}/shop/door/")
    screen = page.locator(
        "#door-screen"
    )  # the list without JavaScript is there, too, until it came
    expect(screen.get_by_text("5 packages come with the van")).to_be_visible()
    page.complaints.clear()
    sound(page, DOOR_TARGET)
    page.get_by_role("link", name="Count in").first.click()
    sound(page, DOOR_TARGET)
    page.get_by_role("button", name="All 5 are here").click()
    expect(page.get_by_role("heading", name="Hand-over with the driver")).to_be_visible()
    all_saved(page)
    assert states(drop) == [State.AT_SHOP] * 5

    page.context.clear_cookies()
    sign_in_by_form(page, sam)
    expect(page.get_by_role("heading", name="Deliver: 5 left of 5")).to_be_visible()
    page.get_by_role("link", name="To the doors").click()
    page.get_by_role("button", name="Take all 5 along").click()
    expect(tick(page)).to_contain_text("5 packages taken along.")
    expect(page.get_by_text("$")).to_have_count(0)
    page.complaints.clear()
    sound(page, DOOR_TARGET)

    # Two packages, one door, one answer.
    page.locator(".doors").get_by_role("link", name=re.compile("412")).click()
    page.get_by_role("button", name="Delivered, all 2").click()
    expect(page.get_by_role("alert")).to_contain_text("Say where you left the package.")
    sound(page, DOOR_TARGET)
    deliver(page, "Delivered, all 2")
    expect(tick(page)).to_contain_text("Delivered, 2 packages. 412 Franklin Ave")

    # The next door is there at once. Nobody home: the consequence comes before the confirmation.
    expect(page.get_by_role("heading", name="7 Oak St")).to_be_visible()
    page.get_by_role("link", name="Could not deliver").click()
    sound(page, DOOR_TARGET)
    page.get_by_role("link", name="Nobody home").click()
    expect(page.get_by_text("Keep it. Try again tomorrow.")).to_be_visible()
    expect(page.get_by_text("This try is not paid.")).to_be_visible()
    sound(page, DOOR_TARGET)
    done(page, "Yes, save this")
    expect(tick(page)).to_contain_text("Not delivered: Nobody home. 7 Oak St")
    all_saved(page)
    assert states(drop)[2] == State.ATTEMPTED

    # A wrong tap, and the way back.
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="7 Oak St")).to_be_visible()
    deliver(page, where="Neighbor")
    all_saved(page)
    assert states(drop)[:3] == [State.DELIVERED] * 3
    assert Delivery.objects.filter(outcome="neighbour").count() == 1

    # They refuse it: it goes back.
    expect(page.get_by_role("heading", name="130 Cedar St")).to_be_visible()
    page.get_by_role("link", name="Could not deliver").click()
    page.get_by_role("link", name="They refused it").click()
    expect(page.get_by_text("Give it back to the driver")).to_be_visible()
    done(page, "Yes, save this")
    expect(page.get_by_role("heading", name="2017 Elm Dr")).to_be_visible()
    deliver(page, where="Handed to the resident")
    expect(page.get_by_text("1 package goes back")).to_be_visible()
    for show in ("done", "problems"):
        page.goto(f"{live_server.url}/shop/door/#/{show}")
        expect(page.get_by_role("link", name=re.compile(show, re.I)).first).to_be_visible()
        sound(page, DOOR_TARGET)
    page.goto(f"{live_server.url}/shop/door/#/returns")
    sound(page, DOOR_TARGET)
    page.get_by_role("button", name="1 package given back").click()
    expect(page.get_by_role("heading", name="Nothing goes back")).to_be_visible()
    all_saved(page)
    assert states(drop)[3] == State.RETURNED_TO_STATION
    page.get_by_role("link", name="List").click()
    expect(page.get_by_text("All done")).to_be_visible()

    page.context.clear_cookies()
    sign_in_by_form(page, rosa)
    expect(page.get_by_role("heading", name="Close the day")).to_be_visible()
    expect(page.get_by_text("$11.00")).to_be_visible()
    page.complaints.clear()
    sound(page)


def test_todays_page_leads_to_the_count_of_the_application_on_a_phone_that_holds_it(
    page: Page, live_server, sign_in, shop, drop
):
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(f"{live_server.url}/shop/")
    page.get_by_role("link", name="Count in").click()
    expect(page).to_have_url(f"{live_server.url}/shop/drop/")
    page.goto(f"{live_server.url}/shop/door/")
    installed(page)
    with page.expect_response("**/js/to_app*"):
        page.goto(f"{live_server.url}/shop/")
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Count in").click()
    expect(page).to_have_url(f"{live_server.url}/shop/door/#/count")
    expect(page.get_by_role("heading", name="5 packages come with the van")).to_be_visible()


def test_a_package_is_found_by_the_end_of_its_label(
    page: Page, live_server, sign_in, sound, shop, drop
):
    sign_in(page, make_member(shop, "Sam", "helper"))
    page.goto(f"{live_server.url}/shop/door/")
    tail = drop[3].tracking_id[-4:]
    page.get_by_label("Last 4 of the tracking id").fill(tail)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"1 package ends in {tail}")).to_be_visible()
    page.complaints.clear()
    sound(page, DOOR_TARGET)
    page.get_by_role("link", name=re.compile("130 Cedar St")).click()
    page.get_by_role("link", name="Count in").click()
    say_label(page, drop[3])
    expect(tick(page)).to_contain_text("Counted in.")
    all_saved(page)
    assert states(drop)[3] == State.AT_SHOP


def test_two_quick_taps_are_one_act(page: Page, live_server, sign_in, shop, drop):
    sign_in(page, make_member(shop, "Sam", "helper"))
    page.goto(f"{live_server.url}/shop/door/#/count")
    page.get_by_role("button", name="All 5 are here").dblclick()
    expect(page.get_by_role("heading", name="Hand-over with the driver")).to_be_visible()
    all_saved(page)
    assert PackageEvent.objects.filter(kind="received").count() == 5


def test_a_stop_is_delivered_by_keyboard_alone(page: Page, live_server, sign_in, shop, drop):
    sign_in(page, make_member(shop, "Sam", "helper"))
    page.goto(f"{live_server.url}/shop/door/")
    for name in ("Count in", "All 5 are here", "List", "Go on to the driver", "List"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
        go_with_enter(page, name)
    expect(page.get_by_role("heading", name="Door", exact=True)).to_be_focused()
    tab_to(page, "412", starts=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="412 Franklin Ave")).to_be_focused()
    tab_to(page, "radio")
    page.keyboard.press("ArrowDown")
    go_with_enter(page, "Delivered, all 2")
    expect(tick(page)).to_contain_text("Delivered, 2 packages.")
    all_saved(page)
    assert Delivery.objects.filter(outcome="front_door").count() == 2


def go_with_enter(page: Page, name: str) -> None:
    """Reach what is called `name` with Tab and press Enter."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def tab_to(page: Page, name: str, *, starts: bool = False) -> None:
    """Press Tab until what is called `name`, or is of this type, has the focus; it must show."""
    for _ in range(60):
        page.keyboard.press("Tab")
        words, kind, outline = page.evaluate(
            """() => {
                const here = document.activeElement, card = here.closest('.card') ?? here;
                const {outlineStyle} = getComputedStyle(card);
                return [here.textContent.trim(), here.type ?? '', outlineStyle];
            }"""
        )
        if name in (words, kind) or (starts and words.startswith(name)):
            assert outline != "none", f"the focus on {name} can't be seen"
            return
    raise AssertionError(f"nothing called {name} can be reached with the keyboard")


def test_the_whole_flow_works_without_javascript(browser, live_server, sign_in, shop, drop):
    page = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    ).new_page()
    sign_in(page, make_member(shop, "Sam", "helper"))
    page.goto(f"{live_server.url}/shop/door/")
    page.get_by_role("button", name="Count in all 5").click()
    page.get_by_role("link", name="Delivered, all 2").first.click()
    page.get_by_text("Mail room").click()
    page.get_by_role("button", name="Delivered, all 2").click()
    expect(page.get_by_role("status")).to_contain_text("Delivered. 2 packages.")
    assert Delivery.objects.filter(outcome="mail_room").count() == 2


def test_the_api_is_described_on_a_page_that_loads_nothing_foreign(page, live_server, sound):
    hosts = set()
    page.on("request", lambda asked: hosts.add(asked.url.split("/")[2]))
    page.goto(f"{live_server.url}/api/v1/docs")
    expect(page.get_by_role("heading", name="Record acts")).to_be_visible()
    sound(page)
    assert hosts == {live_server.url.split("/")[2]}


def test_a_person_of_two_shops_chooses(page: Page, live_server, sign_in_by_form, sound, shop):
    ana = make_member(shop, "Ana", "helper")
    make_member(make_shop("Ana's Café"), "Ana")
    sign_in_by_form(page, ana)
    expect(page.get_by_role("heading", name="Which shop?")).to_be_visible()
    page.complaints.clear()
    sound(page)
    page.get_by_role("button", name="Ana's Café").click()
    expect(page.get_by_text("No packages today")).to_be_visible()
    sound(page)
