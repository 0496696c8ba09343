"""Apply in sittings, be reviewed, be approved, follow the letter, choose a password, see the shop's
day: with a real Chromium, each person in a browser of her own."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from hubshops.applications.models import Application
from hubshops.applications.rules import PAGES_IN_ORDER
from hubshops.shops.models import Shop
from kernel import clock
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from kernel.notifications.models import Mail
from tests.factories import let_through, make_staff, make_station
from tests.hubshops.applications.helpers import begin as draft_of

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def do_waiting_jobs() -> None:
    """What a worker would do meanwhile."""
    for job_id in Job.objects.due(clock.now()).values_list("pk", flat=True):
        perform_job(job_id=job_id, clock=clock.now)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


def begin(page: Page, server: str, email: str = "rosa@shop.test") -> None:
    """From the start to the list of tasks."""
    page.goto(server + "/apply/")
    page.get_by_role("link", name="Start now").click()
    for yes in page.get_by_label("Yes").all():
        yes.check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Begin my application").click()
    expect(page.get_by_role("heading", name="Your application", exact=True)).to_be_visible()


def write_about_the_shop(page: Page) -> None:
    page.get_by_role("link", name="Your shop").click()
    page.get_by_label("What is your shop called?").fill("Rosa's Bodega")
    page.get_by_label("What kind of shop is it?").select_option("bodega")
    save(page)
    page.get_by_label("Street address").fill("112 W Center St")
    page.get_by_label("City").fill("Fayetteville")
    page.get_by_label("State").select_option("AR")
    page.get_by_label("ZIP code").fill("72701")
    save(page)
    page.get_by_label("Your name").fill("Rosa Marte")
    page.get_by_label("Phone").fill("479 555 0110")
    save(page)


def write_the_rest(page: Page) -> None:
    page.get_by_role("link", name="Storage and access").click()
    page.get_by_label("In a room that can be locked").check()
    save(page)
    page.get_by_label("From when in the morning is somebody there?").fill("07:30")
    save(page)
    page.get_by_role("link", name="Days and capacity").click()
    page.wait_for_url("**/answers/*/")
    if page.url.endswith("/packages/"):
        page.get_by_role("link", name="Back", exact=True).click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Saturday"):
        page.get_by_label(day).check()
    save(page)
    page.get_by_label("How many packages a day, at most?").fill("36")
    page.get_by_label("By bike or cart").check()
    save(page)
    page.get_by_role("link", name="People").click()
    expect(page.get_by_label("Person 1: first and last name")).to_have_value("Rosa Marte")
    page.get_by_label("Person 2: first and last name").fill("Sam Okafor")
    page.get_by_label("Person 2: e-mail").fill("sam@shop.test")
    save(page)
    page.get_by_role("link", name="Documents").click()
    page.get_by_role("button", name="Do this later and continue").click()
    page.get_by_role("link", name="Check and send").click()
    save(page)


def apply(page: Page, server: str) -> None:
    """A whole application, sent."""
    begin(page, server)
    write_about_the_shop(page)
    write_the_rest(page)
    page.get_by_role("button", name="Accept and send").click()
    expect(page.get_by_role("heading", name="We are checking your application")).to_be_visible()


def test_an_application_is_written_in_sittings_on_two_phones(
    page: Page, browser, live_server, sound
):
    make_station()
    page.goto(live_server.url + "/apply/")
    sound(page)
    begin(page, live_server.url)
    sound(page)
    page.get_by_role("link", name="Your shop").click()
    save(page)
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page).to_have_title(re.compile("^Error: "))
    page.complaints.clear()
    sound(page)
    page.get_by_role("link", name="Write what your shop is called.").click()
    expect(page.get_by_label("What is your shop called?")).to_be_focused()
    page.goto(live_server.url + page.url.removeprefix(live_server.url).split("answers/")[0])
    write_about_the_shop(page)
    expect(page.get_by_text("Completed")).to_have_count(1)

    page.get_by_role("link", name="Days and capacity").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday"):
        page.get_by_label(day).check()
    save(page)
    expect(page.get_by_role("heading", name="Packages a day")).to_be_visible()
    page.get_by_label("How many packages a day, at most?").fill("4")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_role("heading", name="All is saved")).to_be_visible()
    sound(page)

    letters = Mail.objects.filter(to="rosa@shop.test").order_by("-pk")
    (link,) = re.findall(r"/apply/\w+/", letters.first().body)
    other = browser.new_context(viewport=PHONE).new_page()
    other.complaints = []
    other.goto(live_server.url + link)
    other.get_by_role("link", name="Days and capacity").click()
    expect(other.get_by_label("How many packages a day, at most?")).to_have_value("4")
    other.goto(live_server.url + link)
    write_the_rest(other)
    sound(other)
    other.get_by_role("link", name=re.compile("Change.*Most packages a day")).click()
    other.get_by_label("How many packages a day, at most?").fill("24")
    other.get_by_role("button", name="Save this change").click()
    expect(other.get_by_role("button", name="Accept and send")).to_be_visible()
    expect(other.get_by_text("24", exact=True)).to_be_visible()
    other.get_by_role("button", name="Accept and send").dblclick()
    expect(other.get_by_role("heading", name="We have your application")).to_be_visible()
    sound(other)
    sent = Application.objects.get()
    assert (sent.status, sent.daily_cap) == ("submitted", 24)
    assert Mail.objects.filter(subject="We got your application").count() == 1

    page.goto(live_server.url + link)
    expect(page.get_by_role("heading", name="We are checking your application")).to_be_visible()
    with page.expect_download() as paper:
        page.get_by_role("link", name="All your answers as PDF").click()
    assert paper.value.suggested_filename == f"application-{sent.reference[:8].upper()}.pdf"


def test_every_page_of_a_draft_is_sound(page: Page, live_server, sound):
    make_station()
    draft = draft_of("rosa@shop.test")
    for address in (*PAGES_IN_ORDER, "email"):
        page.goto(f"{live_server.url}/apply/{draft.reference}/answers/{address}/")
        sound(page)


def test_an_application_needs_no_javascript(browser, live_server):
    make_station()
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    apply(page, live_server.url)
    assert Application.objects.get().people.count() == 2


def test_a_no_is_told_kindly_and_can_be_changed(page: Page, live_server, sound):
    page.goto(live_server.url + "/apply/fit/")
    for number, answer in enumerate(("Yes", "Yes", "No", "Yes")):
        page.get_by_label(answer).nth(number).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Not yet")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Change my answers").last.click()
    page.get_by_label("Yes").nth(2).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Yes, it fits")).to_be_visible()


def test_who_lives_too_far_waits_for_a_van(page: Page, live_server, sound):
    make_station()
    page.goto(live_server.url + "/?zip=10001#estimate")
    page.get_by_role("link", name="Tell me when a van comes here").click()
    expect(page.get_by_label("ZIP code of your shop")).to_have_value("10001")
    page.get_by_label("Your name").fill("Rosa Marte")
    page.get_by_label("Your e-mail address").fill("rosa@shop.test")
    page.get_by_label("What kind of shop is it?").select_option("bodega")
    page.get_by_role("button", name="Put me on the list").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    sound(page)
    (link,) = re.findall(r"/waitlist/\w+/", Mail.objects.get().body)
    page.goto(live_server.url + link)
    sound(page)
    page.get_by_role("button", name="Yes, put me on the list").click()
    expect(page.get_by_role("heading", name="You are on the list")).to_be_visible()
    sound(page)


def test_a_shop_applies_is_approved_and_sees_its_day(
    page: Page, browser, live_server, sound, sign_in_by_form
):
    make_station()
    apply(page, live_server.url)
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
    expect(desk.get_by_text("Rosa's Bodega gets ready now.")).to_be_visible()
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
    apply(page, live_server.url)
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
