"""A large feed is read and loaded by a worker while its page looks on, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from hubshops.packages import tasks
from hubshops.packages.models import FeedUpload, Package
from kernel.progress import teller
from tests.browser.test_feed_to_paper import FEED
from tests.factories import make_staff, make_station

pytestmark = pytest.mark.browser


@pytest.fixture
def station():
    return make_station()


def test_the_page_follows_the_work_without_being_asked(
    page: Page, live_server, sound, sign_in, station, monkeypatch
):
    monkeypatch.setattr("hubshops.packages.actions.uploads.LARGE_BYTES", 10)
    sign_in(page, make_staff("Olga"))
    page.goto(f"{live_server.url}/ops/feeds/")
    file = {"name": "big.csv", "mimeType": "text/csv", "buffer": FEED.encode()}
    page.get_by_label("List of packages").set_input_files(file)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="The file is being read")).to_be_visible()
    upload = FeedUpload.objects.get()
    teller(f"feed:{upload.pk}")(1000, 4000)
    expect(page.get_by_role("progressbar", name="1,000 of 4,000 rows")).to_be_visible()
    sound(page)

    tasks.look(upload_id=upload.pk)
    expect(page.get_by_role("heading", name="What are these columns?")).to_be_visible()
    page.get_by_label("colour").select_option(label="Don't use it")
    page.get_by_role("button", name="Remember, and show what it would do").click()
    expect(page.get_by_role("heading", name="The file is being read")).to_be_visible()
    tasks.look(upload_id=upload.pk)

    page.get_by_role("button", name="Load 3 new, 0 changed").click()
    expect(page.get_by_role("heading", name="The file is being loaded")).to_be_visible()
    assert not Package.objects.exists()
    tasks.load(upload_id=upload.pk)
    expect(page.get_by_text("Version 1")).to_be_visible()
    page.get_by_role("button", name="Undo this load").click()
    expect(page.get_by_text("3 packages are off the list again.")).to_be_visible()
    sound(page)


def test_a_file_is_loaded_without_javascript(live_server, browser, station, monkeypatch):
    from tests.factories import PASSWORD

    monkeypatch.setattr("hubshops.packages.actions.uploads.LARGE_BYTES", 10)
    olga = make_staff("Olga")
    page = browser.new_context(java_script_enabled=False, locale="en-US").new_page()
    page.goto(f"{live_server.url}/account/login/?next=/ops/feeds/")
    page.get_by_label("E-mail").fill(olga.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    plain = FEED.replace(",colour", "").replace(",red", "")
    file = {"name": "big.csv", "mimeType": "text/csv", "buffer": plain.encode()}
    page.get_by_label("List of packages").set_input_files(file)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="The file is being read")).to_be_visible()
    tasks.look(upload_id=FeedUpload.objects.get().pk)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("button", name="Load 3 new, 0 changed")).to_be_visible()
