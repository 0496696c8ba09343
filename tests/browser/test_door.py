"""Rosa and Sam work a day at the door on a phone of 390 px."""

import re

import pytest
from playwright.sync_api import Page, expect

from hubshops.deliveries.models import Delivery
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from kernel import clock
from payouts.rates.actions import agree_rate
from tests.factories import ZONE, make_member, make_packages, make_shop

pytestmark = pytest.mark.browser
DOOR_TARGET = 64


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def drop(shop) -> list[Package]:
    """Five packages on today's manifest: two of them for one door."""
    now = clock.now()
    day = clock.local_day(now, ZONE)
    agree_rate(shop=shop, amount_cents=275, first_day=day, at=now)
    streets = ["412 Franklin Ave", "412 Franklin Ave", "7 Oak St", "130 Cedar St", "2017 Elm Dr"]
    manifest = Manifest.objects.create(shop=shop, service_day=day, number="M-1", published_at=now)
    packages = []
    for stop, street in enumerate(streets, 1):
        [package] = make_packages(
            1, shop=shop, state=State.MANIFESTED, day=day, at=now, address1=street
        )
        ManifestLine.objects.create(manifest=manifest, package=package, stop=stop)
        packages.append(package)
    return packages


def states(packages: list[Package]) -> list[str]:
    ids = [package.pk for package in packages]
    return list(Package.objects.filter(pk__in=ids).order_by("pk").values_list("state", flat=True))


def test_rosa_counts_in_and_sam_delivers(page: Page, live_server, sign_in, sound, shop, drop):
    rosa, sam = make_member(shop, "Rosa"), make_member(shop, "Sam", "helper")
    sign_in(page, rosa)
    expect(page.get_by_role("heading", name="5 packages arrive today")).to_be_visible()
    page.complaints.clear()
    sound(page)
    page.get_by_role("link", name="Count in").click()
    sound(page, DOOR_TARGET)
    page.get_by_role("button", name="Count in all 5").click()
    expect(page.get_by_role("status")).to_contain_text("Counted in. 5 packages.")
    assert states(drop) == [State.AT_SHOP] * 5

    page.context.clear_cookies()
    sign_in(page, sam)
    expect(page.get_by_role("heading", name="Deliver: 5 left of 5")).to_be_visible()
    expect(page.get_by_text("$")).to_have_count(0)
    page.get_by_role("link", name="To the doors").click()
    page.get_by_role("button", name="Take all 5 along").click()
    page.complaints.clear()
    sound(page, DOOR_TARGET)

    # Two packages, one door, one answer.
    page.get_by_role("link", name="Delivered, all 2").first.click()
    expect(page.get_by_text("412 Franklin Ave")).to_have_count(2)
    sound(page, DOOR_TARGET)
    page.get_by_role("button", name="Delivered, all 2").click()
    expect(page.get_by_role("alert")).to_contain_text("Say where you left the package.")
    expect(page).to_have_title("Error: Delivered · Hub Delivery")
    page.get_by_role("link", name="Say where you left the package.").click()
    page.get_by_text("Front door").click()
    page.get_by_role("button", name="Delivered, all 2").click()
    expect(page.get_by_role("status")).to_contain_text("Delivered. 2 packages.")
    expect(page.get_by_role("progressbar", name="2 of 5 delivered")).to_be_visible()

    # Nobody home: the consequence comes before the confirmation.
    page.locator(".doors").get_by_role("link", name=re.compile("7 Oak St")).click()
    sound(page, DOOR_TARGET)
    page.get_by_role("link", name="Could not deliver").click()
    sound(page, DOOR_TARGET)
    page.get_by_role("link", name="Nobody home").click()
    expect(page.get_by_text("Keep it. Try again tomorrow.")).to_be_visible()
    sound(page, DOOR_TARGET)
    page.get_by_role("button", name="Yes, save this").click()
    assert states(drop)[2] == State.ATTEMPTED

    # A wrong tap, and the way back.
    page.get_by_role("status").get_by_role("link", name="Correct this").click()
    expect(page.get_by_text("Not delivered: Nobody home")).to_be_visible()
    sound(page, DOOR_TARGET)
    page.get_by_text("Neighbour").click()
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_role("status")).to_contain_text("Corrected.")
    assert states(drop)[:3] == [State.DELIVERED] * 3
    assert Delivery.objects.filter(outcome="neighbour").count() == 1

    # They refuse it: it goes back.
    page.get_by_role("link", name="Could not deliver").first.click()
    page.get_by_role("link", name="They refused it").click()
    expect(page.get_by_text("Give it back to the driver with the next drop.")).to_be_visible()
    page.get_by_role("button", name="Yes, save this").click()
    page.get_by_role("link", name="Delivered", exact=True).click()
    page.get_by_text("Handed to the resident").click()
    page.get_by_role("button", name="Delivered").click()
    expect(page.get_by_text("1 package goes back")).to_be_visible()
    for show in ("done", "problems"):
        page.goto(f"{live_server.url}/shop/door/?show={show}")
        sound(page, DOOR_TARGET)
    page.get_by_role("button", name="1 package given back").click()
    expect(page.get_by_text("All done")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, rosa)
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    expect(page.get_by_text("$11.00")).to_be_visible()
    page.complaints.clear()
    sound(page)


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
    page.get_by_role("button", name="Count in").click()
    assert states(drop)[3] == State.AT_SHOP


def test_two_quick_taps_are_one_act(page: Page, live_server, sign_in, shop, drop):
    sign_in(page, make_member(shop, "Sam", "helper"))
    page.goto(f"{live_server.url}/shop/door/")
    page.get_by_role("button", name="Count in all 5").dblclick()
    expect(page.get_by_role("progressbar", name="0 of 5 delivered")).to_be_visible()
    assert PackageEvent.objects.filter(kind="received").count() == 5


def test_a_stop_is_delivered_by_keyboard_alone(page: Page, live_server, sign_in, shop, drop):
    sign_in(page, make_member(shop, "Sam", "helper"))
    page.goto(f"{live_server.url}/shop/door/")
    go_with_enter(page, "Count in all 5")
    go_with_enter(page, "Delivered, all 2")
    tab_to(page, "radio")
    page.keyboard.press("ArrowDown")
    go_with_enter(page, "Delivered, all 2")
    expect(page.get_by_role("status")).to_contain_text("Delivered. 2 packages.")
    assert Delivery.objects.filter(outcome="front_door").count() == 2


def go_with_enter(page: Page, name: str) -> None:
    """Reach what is called `name` with Tab, press Enter and follow."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Page, name: str) -> None:
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
        if name in (words, kind):
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


def test_a_person_of_two_shops_chooses(page: Page, live_server, sign_in, sound, shop):
    ana = make_member(shop, "Ana", "helper")
    make_member(make_shop("Ana's Café"), "Ana")
    sign_in(page, ana)
    expect(page.get_by_role("heading", name="Which shop?")).to_be_visible()
    page.complaints.clear()
    sound(page)
    page.get_by_role("button", name="Ana's Café").click()
    expect(page.get_by_text("No packages today")).to_be_visible()
    sound(page)
