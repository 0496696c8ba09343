"""Staff's pages in a real browser: sound at every width, by keyboard, without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from hubshops.packages.rules import State
from hubshops.stations.actions import make_key
from hubshops.subscriptions.actions import subscribe
from kernel import clock
from kernel.jobs.models import Job
from tests.factories import make_member, make_packages, make_person, make_shop, make_staff
from tests.hubshops.applications.test_actions import apply

pytestmark = pytest.mark.browser


@pytest.fixture
def busy_day():
    """A station in the middle of its day."""
    at = clock.now()
    shop = make_shop()
    make_member(shop, "Rosa")
    day = clock.local_day(at, shop.zone)
    for state in (State.DELIVERED, State.ATTEMPTED, State.OUT_FOR_DELIVERY, State.MANIFESTED):
        packages = make_packages(3, shop=shop, state=state, day=day, at=at)
    make_packages(2, day=day, at=at)
    Job.objects.create(
        name="notifications.send",
        created_at=at,
        run_after=at,
        gave_up_at=at,
        claims=3,
        last_error="ConnectionRefusedError: no mail server",
    )
    return {"shop": shop, "day": day, "package": packages[0], "application": apply(at=at)}


def test_staff_pages_are_sound(page: Page, live_server, sound, sign_in, busy_day):
    sign_in(page, make_staff("Pavel", "admin"))
    shop, day = busy_day["shop"], busy_day["day"]
    code = shop.station.code
    make_key(station=shop.station, name="Feed export", at=clock.now())
    told, _secret = subscribe(
        station=shop.station, url="https://station.example/events", at=clock.now(), by=None
    )
    for address in (
        "/ops/",
        "/ops/packages/",
        f"/ops/packages/{busy_day['package'].pk}/",
        f"/ops/shops/{shop.slug}/{day}/",
        f"/ops/shops/{shop.slug}/2020-01-01/",
        "/ops/find/",
        "/ops/jobs/",
        "/ops/people/",
        "/ops/stations/",
        f"/ops/stations/{code}/keys/",
        f"/ops/stations/{code}/webhooks/",
        f"/ops/webhooks/{told.pk}/",
        "/ops/applications/",
        "/ops/applications/?status=declined",
        f"/ops/applications/{busy_day['application'].pk}/",
    ):
        page.goto(live_server.url + address)
        sound(page)


def test_a_package_is_found_by_keyboard_alone_and_without_javascript(
    browser, live_server, sign_in, busy_day
):
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, make_staff("Olga", "support"))
    page.goto(live_server.url + "/ops/find/")
    page.get_by_label("Tracking id, name").focus()
    page.keyboard.type(busy_day["package"].tracking_id)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=busy_day["package"].tracking_id)).to_be_visible()
    expect(page.get_by_text("Announced by the station")).to_be_visible()


@pytest.mark.usefixtures("busy_day")
def test_a_given_up_job_is_tried_again_by_one_button(page: Page, live_server, sign_in):
    sign_in(page, make_staff("Olga", "support"))
    page.goto(live_server.url + "/ops/jobs/")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The job is tried again.")).to_be_visible()
    expect(page.get_by_role("heading", name="No job was given up")).to_be_visible()


def test_the_admin_breaks_no_content_security_policy(page: Page, live_server, sign_in, busy_day):
    root = make_person("Root", is_superuser=True, is_staff=True)
    sign_in(page, root)
    for address in (
        "/admin/",
        "/admin/shops/shop/",
        f"/admin/shops/shop/{busy_day['shop'].pk}/change/",
        "/admin/packages/packageevent/",
        "/admin/deliveries/reason/NOT_HOME/change/",
    ):
        page.goto(live_server.url + address)
        expect(page.get_by_role("link", name="Back to the portal")).to_be_visible()
        assert page.complaints == [], f"{address}: {page.complaints}"
