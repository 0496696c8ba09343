"""Passkeys on a phone whose authenticator Chromium plays, under the portal's own policy."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, make_person, make_staff

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


@pytest.fixture
def here(live_server, settings) -> str:
    """The portal under a name: a passkey belongs to one, never to a number."""
    settings.STAFF_NEED_SECOND_FACTOR = True
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def authenticator(page: Page) -> None:
    """A device that has passkeys and always recognises its owner."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in_with_password(page: Page, here: str, email: str) -> None:
    page.goto(f"{here}/account/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()


def show_again(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_staff_add_a_passkey_and_come_in_with_it(page: Page, here, authenticator, sound):
    pavel = make_staff("Pavel", "admin")
    sign_in_with_password(page, here, pavel.email)
    expect(page.get_by_text("set up a second step first")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Add a passkey").click()
    sound(page)
    show_again(page)
    sound(page)
    page.get_by_label("A name for it").fill("Pavel’s phone")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sound(page)
    assert Authenticator.objects.get(type="webauthn").wrap().is_passwordless
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(f"{here}/ops/")

    page.context.clear_cookies()
    page.goto(f"{here}/account/login/")
    sound(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{here}/ops/")

    page.context.clear_cookies()
    sign_in_with_password(page, here, pavel.email)
    expect(page.get_by_role("heading", name="Your second step")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{here}/ops/")

    page.goto(f"{here}/account/2fa/")
    expect(page.locator("b", has_text="Pavel’s phone")).to_be_visible()
    sound(page)
    page.goto(f"{here}/account/2fa/webauthn/reauthenticate/?next=/account/sessions/")
    sound(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This browser")).to_be_visible()
    sound(page)


def test_a_device_without_the_passkey_says_so(page: Page, here, authenticator):
    page.goto(f"{here}/account/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("That did not work")).to_be_visible()
    assert "Content Security" not in " ".join(page.complaints)


def test_pages_of_an_app_and_a_mailed_code_are_sound(page: Page, here, sound):
    rosa = make_person("Rosa")
    page.goto(f"{here}/account/login/code/")
    sound(page)
    page.get_by_label("E-mail").fill(rosa.email)
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_role("heading", name="Type the code")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Cancel").click()
    sign_in_with_password(page, here, rosa.email)
    page.goto(f"{here}/account/2fa/")
    page.get_by_role("link", name="Set up an app").click()
    show_again(page)
    expect(page.get_by_alt_text("QR code for your app")).to_be_visible()
    sound(page)
