"""From the yes to the first packages on a phone: sign, practice, live; and a new version later."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Page, expect

from hubshops.agreements.actions import publish_version
from hubshops.agreements.models import AgreementSignature
from hubshops.applications.actions import approve_application, submit_application
from hubshops.practice import rules
from hubshops.shops.models import Shop
from kernel import clock
from tests.factories import PASSWORD, let_through, make_staff, make_station
from tests.hubshops.agreements.helpers import SUMMARIES, first
from tests.hubshops.applications.test_actions import FACTS
from tests.hubshops.documents.helpers import good_papers

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def rosa():
    """Her shop was approved today, and she chose her password."""
    at = clock.now()
    application = submit_application(**FACTS, at=at)
    let_through(application)
    olga = make_staff("Olga", "reviewer")
    shop = approve_application(
        application_id=application.pk,
        station=make_station(),
        radius_m=3000,
        daily_cap=30,
        weekdays="1234567",
        by=olga,
        at=at,
    ).shop
    good_papers(shop, olga, at=at)
    rosa = shop.memberships.get().user
    rosa.set_password(PASSWORD)
    rosa.save()
    EmailAddress.objects.update_or_create(
        user=rosa, email=rosa.email, defaults={"verified": True, "primary": True}
    )
    return rosa


def sign(page: Page) -> None:
    page.get_by_label("I agree to sign and to get records on a screen.").check()
    page.get_by_label("Your full legal name").fill("Rosa Marte")
    page.get_by_label("Your role in the business").fill("owner")
    page.get_by_label("I have read the agreement.").check()
    page.get_by_role("button", name="Sign the agreement").click()


def test_an_approved_owner_signs_practices_and_is_live(
    page: Page, live_server, sound, sign_in, rosa
):
    sign_in(page, rosa)
    page.goto(f"{live_server.url}/shop/")
    expect(page.get_by_role("heading", name="First: the agreement")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Read and sign").click()
    expect(page.get_by_role("heading", name="In plain words")).to_be_visible()
    sound(page)
    expect(page.get_by_label("I have read the agreement.")).not_to_be_checked()
    sign(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Signed. Your copy is on this page and in your mail.")).to_be_visible()
    sound(page)
    with page.expect_download() as copy:
        page.get_by_role("link", name="Copy (PDF)").click()
    assert copy.value.suggested_filename == "agreement-1.pdf"

    page.goto(f"{live_server.url}/shop/")
    page.get_by_role("link", name="Practice", exact=True).click()
    sound(page, least=64)
    page.get_by_role("button", name="Start the practice day").click()
    expect(page.get_by_role("heading", name="The van is here: count in")).to_be_visible()
    sound(page, least=64)
    page.get_by_role("button", name="Count in the others").click()
    expect(page.get_by_text("Look again: a corner of PRACTICE-05 is torn and wet.")).to_be_visible()
    page.get_by_label("PRACTICE-05").check()
    page.get_by_role("button", name="Count in the others").click()
    for number, stop in enumerate(rules.TO_DELIVER):
        expect(page.get_by_text(stop.code, exact=True)).to_be_visible()
        if not number:
            sound(page, least=64)
        answer = "Nobody home" if stop.is_nobody_home else "Delivered"
        page.get_by_role("button", name=answer).click()
    sound(page, least=64)
    page.get_by_label("How many packages are still with you?").fill("1")
    page.get_by_role("button", name="Close the day").click()
    expect(page.get_by_text("Your shop is live.")).to_be_visible()
    sound(page, least=64)
    assert Shop.objects.get().status == "live"

    page.get_by_role("link", name="To your day").click()
    expect(page.get_by_text("No packages today")).to_be_visible()
    page.goto(f"{live_server.url}/shop/calendar/")
    expect(page.get_by_text("You get up to 15 packages a day for now.")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Hold it where it is").click()
    expect(page.get_by_text("It stays there until you let it grow again.")).to_be_visible()
    page.get_by_role("button", name="Let it grow again").click()
    expect(page.get_by_text("It grows again after good days.")).to_be_visible()


def test_a_new_version_is_read_in_spanish_and_signed_again(
    page: Page, live_server, sound, sign_in, rosa
):
    at = clock.now()
    rosa.language = "es"
    rosa.save()
    sign_in(page, rosa)
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": "es", "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/shop/agreement/")
    page.get_by_label("Acepto firmar y recibir documentos en pantalla.").check()
    page.get_by_label("Su nombre legal completo").fill("Rosa Marte")
    page.get_by_label("Su función en el negocio").fill("titular")
    page.get_by_label("He leído el acuerdo.").check()
    page.get_by_role("button", name="Firmar el acuerdo").click()
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_text("Firmó la versión 1.")).to_be_visible()
    kept = AgreementSignature.objects.get()
    assert (kept.language, kept.consent.startswith("Acepto firmar")) == ("es", True)

    publish_version(
        text=first().text.replace("thirty days' notice", "sixty days' notice"),
        summaries=SUMMARIES,
        effective_on=at.date() + dt.timedelta(days=20),
        by=None,
        at=at,
    )
    page.reload()
    expect(page.get_by_text("Usted entrega. Pagamos.")).to_be_visible()
    expect(page.get_by_text("Ya no está en el texto")).to_be_visible()
    expect(page.get_by_text("Hasta que firme, la versión 1 sigue valiendo")).to_be_visible()
    sound(page)


def test_staffs_pages_of_new_shops_are_sound(page: Page, live_server, sound, sign_in, rosa):
    sign_in(page, make_staff("Pavel", "admin"))
    slug = Shop.objects.get().slug
    for address in (
        "/ops/getting-ready/",
        f"/ops/getting-ready/{slug}/live/",
        "/ops/agreements/",
        "/ops/agreements/1/",
        "/ops/agreements/new/",
    ):
        page.goto(live_server.url + address)
        sound(page)
