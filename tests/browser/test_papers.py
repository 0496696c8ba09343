"""Papers in a real browser: a photo on a phone without JavaScript, and staff beside it."""

import io

import pytest
from django.core.cache import cache
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from playwright.sync_api import Page, expect

from kernel import clock
from tests.factories import make_staff
from tests.hostile_files import picture
from tests.hubshops.documents.helpers import REFERENCE, a_dossier, bring, of_kind

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def test_a_paper_is_photographed_looked_at_sent_and_accepted(
    page: Page, browser, live_server, sound, sign_in
):
    dossier = a_dossier(at=clock.now())
    bring(of_kind(dossier, "identity"), at=clock.now())
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    phone = browser.new_context(java_script_enabled=False).new_page()
    phone.goto(f"{live_server.url}/apply/{REFERENCE}/documents/")
    phone.get_by_role("link", name="Business license").click()
    phone.get_by_label("Take a photo").set_input_files(photo)
    phone.get_by_role("button", name="Show it to me").click()
    expect(phone.get_by_role("heading", name="Can you read every word?")).to_be_visible()
    address = phone.url
    for place in (f"/apply/{REFERENCE}/documents/", address.removeprefix(live_server.url)):
        page.goto(live_server.url + place)
        sound(page)
    phone.get_by_role("button", name="Yes, send it").click()
    expect(phone.get_by_text("We look at it and write to you.")).to_be_visible()

    sign_in(page, make_staff("Olga", "reviewer"))
    page.goto(f"{live_server.url}/ops/documents/ask/")
    sound(page)
    page.goto(f"{live_server.url}/ops/documents/")
    sound(page)
    page.get_by_role("link", name="Business license", exact=True).click()
    sound(page)
    page.get_by_label("It has no end").check()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Accepted. Its owner was told by mail.")).to_be_visible()


def sheet(change=lambda image: image, size=(1600, 1200)) -> dict[str, object]:
    """A photo of a paper full of words, after something went wrong with it."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for line in range(0, size[1], 40):
        pen.text((40, line), "Certificate of liability insurance " * 6, fill="black", font_size=28)
    kept = io.BytesIO()
    change(image).save(kept, "JPEG", quality=90)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def test_a_bad_photo_is_spoken_of_before_it_is_sent_and_sent_all_the_same(page: Page, live_server):
    document = of_kind(a_dossier(at=clock.now()), "licence")
    page.goto(f"{live_server.url}/apply/{REFERENCE}/documents/{document.pk}/")
    chosen, advice = page.get_by_label("Take a photo"), page.locator("[data-photo-advice]")
    chosen.set_input_files(sheet(lambda image: image.filter(ImageFilter.GaussianBlur(9))))
    expect(advice).to_contain_text("looks blurred")
    chosen.set_input_files(sheet(lambda image: ImageEnhance.Brightness(image).enhance(0.1)))
    expect(advice).to_contain_text("looks dark")
    chosen.set_input_files(sheet(size=(400, 300)))
    expect(advice).to_contain_text("is small")
    chosen.set_input_files(sheet())
    expect(advice).to_have_text("")
    chosen.set_input_files(sheet(size=(400, 300)))
    page.get_by_role("button", name="Show it to me").click()
    expect(page.get_by_role("heading", name="Can you read every word?")).to_be_visible()
