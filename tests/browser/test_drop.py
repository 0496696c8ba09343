"""The drop, the day's end and cases in a real browser: sound at every width, without JavaScript."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from hubshops.cases.actions import open_cases, reply_to_case
from hubshops.cases.models import Case
from hubshops.drops.models import Handover
from hubshops.drops.queries import driver_url
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from kernel import clock
from tests.factories import make_member, make_package, make_packages, make_shop, make_staff
from tests.hubshops.cases.test_cases import check_of, conflict_of, stray_of
from tests.hubshops.drops.helpers import give, opened, said, take

pytestmark = pytest.mark.browser


@pytest.fixture
def shop():
    """A shop that waits for the van, with a return of yesterday."""
    cache.clear()
    shop = make_shop()
    shop.now = clock.now()
    shop.today = clock.local_day(shop.now, shop.zone)
    made = {"shop": shop, "at": shop.now - dt.timedelta(hours=2)}
    make_packages(5, state=State.MANIFESTED, day=shop.today, **made)
    make_package(state=State.RETURN_PENDING, day=shop.today - dt.timedelta(days=1), **made)
    return shop


def show(page: Page, name: str) -> None:
    """Keep pictures of a page, when somebody wants to look (`SHOTS=folder`)."""
    if folder := os.environ.get("SHOTS"):
        usual = page.viewport_size
        for width, scheme in ((390, "light"), (390, "dark"), (1280, "light")):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
        page.set_viewport_size(usual)


def drivers_page(live_server, handover) -> str:
    return f"{live_server.url}/H/{driver_url(handover).rpartition('/')[2]}"


def test_a_drop_is_signed_from_both_sides_without_javascript(browser, live_server, sign_in, shop):
    rosas = browser.new_context(java_script_enabled=False, locale="en-US").new_page()
    lees = browser.new_context(java_script_enabled=False, locale="en-US").new_page()
    sign_in(rosas, make_member(shop, "Rosa"))
    rosas.goto(f"{live_server.url}/shop/drop/")
    handover = Handover.objects.get()

    lees.goto(drivers_page(live_server, handover))
    lees.get_by_label("How many packages do you hand over?").fill("5")
    lees.get_by_label("How many returns do you take back?").fill("1")
    lees.get_by_label("Your name").fill("Lee")
    lees.get_by_role("button", name="Sign").click()
    digits = lees.locator(".digits").inner_text()

    rosas.get_by_text("One is not there, damaged or too big").click()
    rosas.get_by_label("Not here").first.check()
    rosas.get_by_role("button", name="All 5 here, except what is marked").click()
    expect(rosas.get_by_text("4 packages counted in.")).to_be_visible()
    rosas.get_by_role("button", name="The driver has them").click()
    expect(rosas.get_by_text("1 return given back.")).to_be_visible()
    expect(rosas.get_by_text("Lee signed: 5 packages, returns: 1")).to_be_visible()
    rosas.get_by_label("Six digits").fill(digits)
    rosas.get_by_role("button", name="Sign", exact=True).click()
    expect(rosas.get_by_role("heading", name="Drop of")).to_be_visible()
    expect(rosas.get_by_text("Your count and the driver's differ")).to_be_visible()
    handover.refresh_from_db()
    assert (handover.status, handover.given_how) == ("disputed", "code")
    assert Package.objects.filter(state=State.SHORT).count() == 1

    rosas.goto(f"{live_server.url}/shop/close/")
    rosas.get_by_role("button", name="Close the day").click()
    expect(rosas.get_by_text("The day is closed.")).to_be_visible()


def test_the_counter_is_sound(page: Page, live_server, sound, sign_in, shop):
    rosa = make_member(shop, "Rosa")
    sign_in(page, rosa)
    page.goto(f"{live_server.url}/shop/drop/")
    sound(page)
    show(page, "drop")
    page.get_by_text("One is not there, damaged or too big").click()
    page.get_by_text("One is not on the list").click()
    page.get_by_text("The driver can't sign on a phone").click()
    sound(page)
    show(page, "drop-open")
    make_packages(3, shop=shop, state=State.DELIVERED, day=shop.today, at=shop.now)
    handover = give(opened(shop, day=shop.today, at=shop.now), 9, 1, at=shop.now)
    page.goto(f"{live_server.url}/shop/drop/")
    show(page, "drop-given")
    short = Package.objects.filter(state=State.MANIFESTED).first()
    remarks = [said("short", short, at=shop.now), said("over", "NOBODYS1", at=shop.now)]
    taken = {"day": shop.today, "counted_at": shop.now, "at": shop.now}
    take(shop, rosa, packages=8, returns=1, remarks=remarks, **taken)
    for address in (
        "/shop/drop/",
        f"/shop/drops/{handover.pk}/",
        "/shop/drops/",
        "/shop/close/",
        "/shop/",
    ):
        page.goto(live_server.url + address)
        sound(page)
        show(page, f"counter-{address.strip('/').replace('/', '-')}")


def test_the_drivers_page_is_sound(page: Page, live_server, sound, shop):
    handover = opened(shop, day=shop.today, at=shop.now)
    page.goto(drivers_page(live_server, handover))
    sound(page)
    show(page, "driver")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.complaints.clear()  # Chromium logs a 422 as an error
    sound(page)
    give(handover, 24, 2, at=shop.now)
    page.goto(drivers_page(live_server, handover))
    sound(page)
    show(page, "driver-signed")


def test_cases_are_sound_for_a_shop_and_for_staff(page: Page, live_server, sound, sign_in, shop):
    rosa, olga = make_member(shop, "Rosa"), make_staff("Olga")
    give(opened(shop, day=shop.today, at=shop.now), 5, at=shop.now)
    short = Package.objects.filter(state=State.MANIFESTED).first()
    remarks = [said("short", short, at=shop.now), said("damaged", "NOBODYS1", at=shop.now)]
    taken = {"day": shop.today, "counted_at": shop.now, "at": shop.now}
    take(shop, rosa, packages=4, remarks=remarks, **taken)
    conflict_of(shop, at=shop.now - dt.timedelta(hours=1))
    stray_of(shop, rosa, at=shop.now)
    check_of(shop, day=shop.today, at=shop.now, received=5, delivered=4, not_counted_in=2)
    open_cases(at=shop.now)
    case = Case.objects.get(kind="drop")
    reply_to_case(case_id=case.pk, by=olga, text="Is it there?", at=shop.now, is_question=True)
    sign_in(page, rosa)
    page.goto(f"{live_server.url}/shop/")
    show(page, "today-with-case")
    page.goto(f"{live_server.url}/shop/cases/")
    sound(page)
    show(page, "cases")
    for one in Case.objects.all():
        page.goto(f"{live_server.url}/shop/cases/{one.pk}/")
        sound(page)
    page.goto(f"{live_server.url}/shop/cases/{case.pk}/")
    show(page, "case")
    page.context.clear_cookies()
    sign_in(page, olga)
    handover = Handover.objects.get()
    for address in (
        "/ops/",
        "/ops/cases/",
        f"/ops/cases/{case.pk}/",
        "/ops/drops/",
        f"/ops/drops/{handover.pk}/",
    ):
        page.goto(live_server.url + address)
        sound(page)
        show(page, f"staff-{address.strip('/').replace('/', '-')}")
