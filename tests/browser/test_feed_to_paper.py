"""A station's feed becomes a plan, a list and a paper, in a real browser."""

import datetime as dt

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from hubshops.manifests.actions import plan_and_publish, publish_day
from hubshops.manifests.queries import manifest_of, paper_of
from hubshops.packages.rules import State
from kernel.clock import local_day, now
from payouts.rates.actions import agree_rate
from tests.factories import (
    DAY,
    MORNING,
    PASSWORD,
    make_member,
    make_package,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)

pytestmark = [pytest.mark.browser, pytest.mark.suite]
FEED = """\
tracking_id,recipient_name,address1,address2,postal_code,latitude,longitude,colour
T1,Ines Bell,12 Oak St,Apt 3,72701,36.0830,-94.1710,red
T2,王小明,14 Oak St,,72701,36.0835,-94.1712,red
T3,,16 Oak St,,72701,36.0840,-94.1714,red
T4,Far Away,1 Nowhere Rd,,72701,46.0,-104.0,red
"""


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def shop(station):
    return make_shop(station=station)


def test_a_feed_becomes_a_manifest_on_paper(page: Page, live_server, sound, sign_in, shop):
    rosa = make_member(shop, "Rosa")
    sign_in(page, make_staff("Olga"))
    page.goto(f"{live_server.url}/ops/feeds/")
    sound(page)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.complaints.clear()

    page.get_by_label("Station", exact=True).select_option(label="FAY Fayetteville North")
    day = dt.date.fromisoformat(page.get_by_label("Service day", exact=True).input_value())
    file = {"name": "today.csv", "mimeType": "text/csv", "buffer": FEED.encode()}
    page.get_by_label("List of packages").set_input_files(file)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="What are these columns?")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Remember, and show what it would do").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.complaints.clear()
    page.get_by_label("colour").select_option(label="Don't use it")
    page.get_by_role("button", name="Remember, and show what it would do").click()
    expect(page.get_by_text("There is no recipient name.")).to_be_visible()
    expect(page.get_by_text("not used")).to_be_visible()
    sound(page)
    page.get_by_label("This is the whole list of the day").check()
    page.get_by_role("button", name="Show that").click()
    expect(page.get_by_text("Nothing would be withdrawn.")).to_be_visible()
    page.get_by_role("button", name="Load 3 new, 0 changed").click()
    expect(page.get_by_text("Version 1")).to_be_visible()
    expect(page.get_by_role("button", name="Undo this load")).to_be_visible()
    sound(page)

    page.get_by_role("link", name="Plan this day").click()
    page.get_by_role("button", name="Plan the day").click()
    expect(page.get_by_text("Planned: 2 more packages have a shop")).to_be_visible()
    expect(page.get_by_text("No shop goes as far as this door.").first).to_be_visible()
    sound(page)
    page.get_by_role("link", name="List, version 1").click()
    expect(page.get_by_text("Ines B.")).to_be_visible()
    sound(page)

    page.context.clear_cookies()
    sign_in(page, rosa)
    page.goto(f"{live_server.url}/shop/manifests/{day}/")
    expect(page.get_by_text("王小明")).to_be_visible()
    sound(page)
    paper = page.request.get(f"{live_server.url}/shop/manifests/{day}.pdf")
    text = pypdfium2.PdfDocument(paper.body())[0].get_textpage().get_text_range()
    assert "王小明" in text
    assert "Ines B." in text


def test_the_list_narrows_to_what_is_left(page: Page, live_server, sign_in, shop):
    make_packages(3, station=shop.station)
    plan_and_publish(station=shop.station, service_day=DAY, at=MORNING)
    sign_in(page, make_member(shop, "Sam", role="helper"))
    page.goto(f"{live_server.url}/shop/manifests/{DAY}/")
    page.get_by_role("link", name="Done (0)").click()
    expect(page.get_by_text("Nothing is done yet")).to_be_visible()
    page.get_by_role("link", name="Left (3)").click()
    expect(page.locator(".stops > li")).to_have_count(3)


def test_team_and_fees_are_sound(page: Page, live_server, sound, sign_in, shop):
    make_member(shop, "Sam", role="helper")
    make_package(shop=shop, state=State.DELIVERED)
    agree_rate(station=shop.station, amount_cents=150, first_day=DAY, at=MORNING)
    sign_in(page, make_member(shop, "Rosa"))
    page.goto(f"{live_server.url}/shop/team/")
    sound(page)
    page.get_by_role("link", name="Remove Sam").click()
    sound(page)
    page.get_by_role("button", name="Remove this person").click()
    sound(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Sam no longer works for the shop.")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, make_staff("Olga", "finance_drafter"))
    page.goto(f"{live_server.url}/ops/rates/")
    sound(page)
    page.get_by_role("link", name=shop.name).click()
    sound(page)
    page.get_by_label("Fee for a delivered package, in dollars").fill("1.75")
    page.get_by_role("button", name="Agree this fee").click()
    expect(page.get_by_role("alert")).to_contain_text("Write a sentence.")
    page.get_by_label("Why").fill("A far round.")
    page.get_by_role("button", name="Agree this fee").click()
    expect(page.get_by_text("once another person approved it")).to_be_visible()


def test_a_square_on_paper_opens_the_entry_form_after_signing_in(
    page: Page, live_server, sound, shop
):
    sam = make_member(shop, "Sam", role="helper")
    day = local_day(now(), shop.zone)
    make_packages(2, shop=shop, state=State.ASSIGNED, address1="418 Oak St", day=day)
    publish_day(station=shop.station, service_day=day, at=now())
    (code, _same) = {row.code: 0 for row in paper_of(manifest_of(shop, day)).rows}

    page.goto(f"{live_server.url}/S/{code}")
    page.get_by_label("E-mail").fill(sam.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"{live_server.url}/S/{code}")
    expect(page.get_by_text("418", exact=True)).to_be_visible()
    sound(page, least=64)
    page.get_by_role("button", name="Count in all 2").click()
    page.goto(f"{live_server.url}/S/{code}")
    sound(page, least=64)
    page.get_by_role("link", name="Delivered, all 2").click()
    page.get_by_text("Front door").click()
    page.get_by_role("button", name="Delivered").click()
    expect(page.get_by_text("2 packages")).to_be_visible()
    page.goto(f"{live_server.url}/S/{code}")
    expect(page.get_by_text("Already logged")).to_be_visible()
