"""Two reviewers at one application, each in a browser of her own, and those who are checked."""

import pytest
from playwright.sync_api import Page, expect

from hubshops.applications.actions import name_person, screen_application, submit_application
from hubshops.reviews import actions
from hubshops.reviews.models import BackgroundCheck
from hubshops.shops.models import Shop
from kernel import clock
from tests.factories import make_staff, make_station
from tests.hubshops.applications.test_actions import FACTS

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def application():
    make_station()
    application = submit_application(**FACTS | {"language": "es"}, at=clock.now())
    name_person(application_id=application.pk, name="Sam Okafor", email="sam@shop.test")
    return screen_application(application_id=application.pk, at=clock.now())


@pytest.fixture
def desk(browser, live_server, sign_in_by_form):
    """`desk(name)`: a reviewer at the application's page."""

    def open_desk(name: str, url: str) -> Page:
        page = browser.new_context(viewport=DESK).new_page()
        page.complaints = []
        sign_in_by_form(page, make_staff(name, "reviewer"))
        page.goto(live_server.url + url)
        return page

    return open_desk


def test_two_reviewers_at_once_leave_one_decision(desk, sound, application):
    url = f"/ops/applications/{application.pk}/"
    olga, pavel = desk("Olga", url), desk("Pavel", url)
    expect(olga.get_by_text("Nobody has it in hand.")).to_be_visible()
    olga.get_by_role("button", name="Take it in hand").click()
    expect(olga.get_by_text("You have it in hand until")).to_be_visible()

    pavel.get_by_role("button", name="Start the checks").click()
    expect(pavel.get_by_text("Olga has this application in hand until")).to_be_visible()
    assert not BackgroundCheck.objects.exists()
    expect(pavel.get_by_role("button", name="Start the checks")).to_have_count(0)
    sound(pavel)
    pavel.get_by_role("button", name="Take it over").click()
    expect(pavel.get_by_text("You have it in hand until")).to_be_visible()

    olga.get_by_role("group").filter(has_text="Decline").get_by_text("Decline", exact=True).click()
    olga.get_by_label("Reason").select_option("full")
    olga.get_by_role("button", name="See the letter first").click()
    expect(olga.get_by_text("As it leaves, in Spanish")).to_be_visible()
    expect(olga.get_by_text("For you, in English")).to_be_visible()
    sound(olga)
    olga.get_by_role("button", name="Decline and send the letter").click()
    expect(olga.get_by_text("Pavel has this application in hand until")).to_be_visible()
    application.refresh_from_db()
    assert application.status == "screening"


def test_everybody_is_checked_before_the_yes(
    page: Page, browser, desk, live_server, sound, application
):
    pavel = desk("Pavel", f"/ops/applications/{application.pk}/")
    expect(pavel.get_by_text("A yes becomes possible once everybody")).to_be_visible()
    pavel.get_by_role("button", name="Start the checks").click()
    expect(pavel.get_by_text("Sam Okafor: waits for a yes")).to_be_visible()
    sound(pavel)
    check = BackgroundCheck.objects.get()

    page.goto(f"{live_server.url}/check/{check.token}/")
    sound(page)
    page.get_by_label("Type your full name to agree").fill("Sam Okafor")
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("heading", name="We are waiting for your report")).to_be_visible()
    sound(page)

    pavel.get_by_role("link", name="Sam Okafor").click()
    pavel.get_by_label("The provider's order number").fill("R-17")
    pavel.get_by_role("button", name="It is ordered").click()
    pavel.get_by_label("Something to look at").check()
    pavel.get_by_label("Copy of the report").fill("A fine for speeding in 2024.")
    pavel.get_by_role("button", name="Save the result").click()
    sound(pavel)
    pavel.get_by_role("button", name="Send the report to the person").click()
    pavel.get_by_text("Final no", exact=True).click()
    pavel.get_by_label("Reason").last.fill("Too fast.")
    pavel.get_by_role("button", name="Send the final no").click()
    expect(pavel.get_by_text("Sam Okafor has until")).to_be_visible()
    sound(pavel)

    page.reload()
    expect(page.get_by_text("A fine for speeding in 2024.")).to_be_visible()
    sound(page)
    page.get_by_label("Is something wrong").fill("It was my brother.")
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_text("Your answer is with us.")).to_be_visible()
    page.goto(f"{live_server.url}/apply/{application.reference}/")
    expect(page.get_by_text("The checks take some days more")).to_be_visible()
    sound(page)

    pavel.reload()
    expect(pavel.get_by_text("It was my brother.")).to_be_visible()
    pavel.get_by_text("May deliver after all").click()
    pavel.get_by_label("Reason").first.fill("The report is about his brother.")
    pavel.get_by_role("button", name="Clear this person").click()
    expect(pavel.get_by_text("Cleared after a look").first).to_be_visible()
    pavel.goto(f"{live_server.url}/ops/applications/{application.pk}/")
    pavel.get_by_role("button", name="Approve and open the shop").click()
    expect(pavel.get_by_text("gets ready now")).to_be_visible()
    assert Shop.objects.count() == 1


def test_the_pages_are_sound_in_the_dark_in_spanish_and_on_a_phone(
    browser, live_server, sound, sign_in, application
):
    olga = make_staff("Olga", "reviewer")
    actions.start_checks(application_id=application.pk, by=olga, at=clock.now())
    check = BackgroundCheck.objects.get()
    for viewport in (PHONE, DESK):
        context = browser.new_context(
            viewport=viewport, color_scheme="dark", locale="es-US", reduced_motion="reduce"
        )
        page = context.new_page()
        page.complaints = []
        sign_in(page, olga)
        context.add_cookies([{"name": "django_language", "value": "es", "url": live_server.url}])
        for address in (
            "/ops/applications/",
            f"/ops/applications/{application.pk}/",
            f"/ops/checks/{check.pk}/",
            f"/check/{check.token}/",
            f"/apply/{application.reference}/",
        ):
            page.goto(live_server.url + address)
            expect(page.locator("html")).to_have_attribute("lang", "es")
            sound(page)
        context.close()


def test_a_declined_applicant_asks_to_look_again(page: Page, live_server, sound, application):
    facts = {"application_id": application.pk, "by": make_staff("Olga", "reviewer")}
    actions.decline(**facts, reason="No dry place.", at=clock.now())
    page.goto(f"{live_server.url}/apply/{application.reference}/")
    sound(page)
    page.get_by_label("What did we get wrong").fill("We have a new back room.")
    page.get_by_role("button", name="Ask to look again").click()
    expect(page.get_by_text("Another person looks at it.")).to_be_visible()
    sound(page)
