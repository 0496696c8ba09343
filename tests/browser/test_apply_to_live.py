"""Apply, be reviewed, be approved, follow the letter, choose a password, see the shop's day: with a
real Chromium, each person in a browser of her own."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from hubshops.applications.models import Application
from hubshops.shops.models import Shop
from kernel import clock
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from kernel.notifications.models import Mail
from tests.factories import let_through, make_staff, make_station

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def do_waiting_jobs() -> None:
    """What a worker would do meanwhile."""
    for job_id in Job.objects.due(clock.now()).values_list("pk", flat=True):
        perform_job(job_id=job_id, clock=clock.now)


def fill_in(page: Page, email: str = "rosa@shop.test") -> None:
    page.get_by_label("What is your shop called?").fill("Rosa's Bodega")
    page.get_by_label("What kind of shop is it?").select_option("bodega")
    page.get_by_label("Street address").fill("112 W Center St")
    page.get_by_label("City").fill("Fayetteville")
    page.get_by_label("State").select_option("AR")
    page.get_by_label("ZIP code").fill("72701")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Saturday"):
        page.get_by_label(day).check()
    page.get_by_label("How many packages a day, at most?").fill("36")
    page.get_by_label("By bike or cart").check()
    page.get_by_label("Your name").fill("Rosa Marte")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Phone").fill("479 555 0110")


def test_a_shop_applies_is_approved_and_sees_its_day(
    page: Page, browser, live_server, sound, sign_in_by_form
):
    make_station()
    page.goto(live_server.url + "/apply/")
    sound(page)

    fill_in(page, email="rosa")
    page.get_by_role("button", name="Send application").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page).to_have_title(re.compile("^Error: "))
    page.complaints.clear()
    sound(page)
    expect(page.get_by_label("Saturday")).to_be_checked()
    page.get_by_role("link", name="Enter a valid email address.").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.get_by_label("E-mail").fill("rosa@shop.test")
    page.get_by_role("button", name="Send application").click()

    expect(page.get_by_role("heading", name="We are checking your application")).to_be_visible()
    sound(page)
    do_waiting_jobs()
    let_through(Application.objects.get())

    desk = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    desk.complaints = []
    sign_in_by_form(desk, make_staff("Olga", "reviewer"))
    desk.goto(live_server.url + "/ops/applications/")
    desk.get_by_role("link", name="Rosa's Bodega").click()
    expect(desk.get_by_role("listitem").filter(has_text="Fayetteville North")).to_be_visible()
    expect(desk.get_by_label("Most packages a day")).to_have_value("36")
    desk.get_by_role("button", name="Approve and open the shop").click()
    expect(desk.get_by_text("Rosa's Bodega is live.")).to_be_visible()
    do_waiting_jobs()

    page.reload()
    expect(page.get_by_role("heading", name="Yes: you are a partner shop")).to_be_visible()
    letters = Mail.objects.filter(to="rosa@shop.test").values_list("body", flat=True)
    (link,) = re.findall(r"/account/welcome/\S+", " ".join(letters))
    page.goto(live_server.url + link)
    sound(page)
    page.get_by_label("Password", exact=True).fill("four plain words work")
    page.get_by_label("The same password again").fill("four plain words work")
    page.get_by_role("button", name="Save and go in").click()
    expect(page).to_have_url(live_server.url + "/shop/")
    expect(page.get_by_text("Rosa's Bodega").first).to_be_visible()
    assert Shop.objects.get().memberships.get().user.email == "rosa@shop.test"

    page.goto(live_server.url + link)
    expect(page.get_by_role("heading", name="This link is over")).to_be_visible()


def test_a_question_is_answered_and_an_application_declined(
    page: Page, browser, live_server, sound, sign_in_by_form
):
    make_station()
    page.goto(live_server.url + "/apply/")
    fill_in(page)
    page.get_by_role("button", name="Send application").click()
    expect(page.get_by_role("heading", name="We are checking your application")).to_be_visible()
    do_waiting_jobs()
    review = f"{live_server.url}/ops/applications/{Application.objects.get().pk}/"

    desk = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    desk.complaints = []
    sign_in_by_form(desk, make_staff("Olga", "reviewer"))
    desk.goto(review)
    desk.get_by_text("Ask the applicant").click()
    desk.get_by_label("Question", exact=True).select_option("other")
    desk.get_by_label("Your own words").fill("Is the back room dry?")
    desk.get_by_role("button", name="See the question first").click()
    desk.get_by_role("button", name="Send the question").click()
    expect(desk.get_by_text("The question is on its way.")).to_be_visible()

    page.reload()
    expect(page.get_by_role("heading", name="We have a question")).to_be_visible()
    sound(page)
    page.get_by_label("Your answer").fill("It floods in spring.")
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_text("Your answer is with us.")).to_be_visible()

    desk.goto(review)
    expect(desk.get_by_text("It floods in spring.")).to_be_visible()
    desk.get_by_text("Decline", exact=True).click()
    desk.get_by_label("Reason").select_option("space")
    desk.get_by_role("button", name="See the letter first").click()
    expect(desk.get_by_role("heading", name="Read the letter before it leaves")).to_be_visible()
    sound(desk)
    desk.get_by_role("button", name="Decline and send the letter").click()
    expect(desk.get_by_text("Declined. The letter is on its way.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Packages need a dry place that can be locked")).to_be_visible()
    sound(page)
