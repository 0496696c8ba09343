"""The whole way of an owner on a phone: from the landing page to a live shop, with everybody else in
a browser of her own and nothing done behind the pages but what the worker does."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from hubshops.applications.models import Application
from hubshops.shops.models import Shop
from kernel.notifications.models import Mail
from tests.browser.test_apply_to_live import (
    PHONE,
    do_waiting_jobs,
    write_about_the_shop,
    write_the_rest,
)
from tests.browser.test_getting_ready import sign
from tests.factories import make_staff, make_station

pytestmark = pytest.mark.browser
PASSWORD = "four plain words work"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def link_in_mail(pattern: str, to: str) -> str:
    """The newest address of this kind that a person was written."""
    letters = Mail.objects.filter(to=to).order_by("-pk").values_list("body", flat=True)
    found = [link for body in letters for link in re.findall(pattern, body)]
    assert found, f"no {pattern} was written to {to}"
    return found[0]


def from_landing_to_tasks(page: Page, server: str) -> None:
    """She looks, finds her street is near, answers four questions, and begins."""
    page.goto(server)
    page.get_by_label("ZIP code").first.fill("72701")
    page.get_by_role("button", name="Show me").click()
    expect(page.get_by_text("Yes, we are near")).to_be_visible()
    page.get_by_role("link", name="Apply").first.click()
    page.get_by_role("link", name="Start now").click()
    for yes in page.get_by_label("Yes").all():
        yes.check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Your e-mail address").fill("rosa@shop.test")
    page.get_by_role("button", name="Begin my application").click()
    page.goto(server + link_in_mail(r"/apply/\w+/", "rosa@shop.test"))
    expect(page.get_by_role("heading", name="Your application", exact=True)).to_be_visible()


def agree_to_the_check(phone: Page, server: str, email: str, name: str) -> None:
    """One who will deliver says yes on her own page."""
    phone.goto(server + link_in_mail(r"/check/\w+/", email))
    phone.get_by_label("Type your full name to agree").fill(name)
    phone.get_by_role("button", name="I agree").click()
    expect(phone.get_by_role("heading", name="We are waiting for your report")).to_be_visible()


def record_clear_report(desk: Page, review: str, name: str) -> None:
    """A reviewer orders a report and writes down that it is clear."""
    desk.goto(review)
    desk.get_by_role("link", name=name).click()
    desk.get_by_label("The provider's order number").fill("R-1")
    desk.get_by_role("button", name="It is ordered").click()
    desk.get_by_label("Clear", exact=True).check()
    desk.get_by_role("button", name="Save the result").click()
    expect(desk.get_by_text("Report came: clear").first).to_be_visible()


def test_an_owner_goes_from_the_landing_page_to_a_live_shop(
    page: Page, browser, live_server, sound, sign_in_by_form
):
    make_station()
    page.set_viewport_size(PHONE)
    server = live_server.url
    from_landing_to_tasks(page, server)
    write_about_the_shop(page)
    write_the_rest(page)
    page.get_by_role("button", name="Accept and send").click()
    expect(page.get_by_role("heading", name="We are checking your application")).to_be_visible()
    status = page.url
    do_waiting_jobs()

    review = f"{server}/ops/applications/{Application.objects.get().pk}/"
    desk = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    desk.complaints = []
    sign_in_by_form(desk, make_staff("Olga", "reviewer"))
    desk.goto(review)
    desk.get_by_role("button", name="Start the checks").click()
    expect(desk.get_by_text("Sam Okafor: waits for a yes")).to_be_visible()
    do_waiting_jobs()
    phone = browser.new_context(viewport=PHONE).new_page()
    for email, name in (("rosa@shop.test", "Rosa Marte"), ("sam@shop.test", "Sam Okafor")):
        agree_to_the_check(phone, server, email, name)
        record_clear_report(desk, review, name)
    desk.goto(review)
    desk.get_by_role("button", name="Approve and open the shop").click()
    expect(desk.get_by_text("Rosa's Bodega gets ready now.")).to_be_visible()
    do_waiting_jobs()

    page.goto(status)
    expect(page.get_by_role("heading", name="Yes: you are a partner shop")).to_be_visible()
    page.goto(server + link_in_mail(r"/account/welcome/\S+", "rosa@shop.test"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Save and go in").click()
    expect(page.get_by_role("heading", name="First: the agreement")).to_be_visible()
    page.get_by_role("link", name="Read and sign").click()
    sign(page)
    if page.get_by_label("Password").count():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Signed. Your copy is on this page and in your mail.")).to_be_visible()
    practice(page, server)
    assert Shop.objects.get().status == "live"
    page.goto(server + "/shop/")
    expect(page.get_by_text("No packages today")).to_be_visible()
    sound(page)
