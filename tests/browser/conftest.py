"""A real Chromium on a real server, and the questions every page must answer."""

import hashlib
import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.test import Client
from django.utils.crypto import get_random_string
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.cameras import film_flags, film_of
from tests.factories import PASSWORD
from tests.left_out import chromium

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AFTER_TWO_FRAMES = """() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => done()));
})"""
BEYOND = """width => [...document.body.querySelectorAll('*')]
  .filter(e => e.getBoundingClientRect().right > width)
  .map(e => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 40)}`)"""
SMALL_TARGETS = """least => [...document.querySelectorAll(
    'a, button, summary, select, textarea, input')]
  .filter(e => !['hidden', 'radio', 'checkbox'].includes(e.type))
  .filter(e => e.checkVisibility() && !e.matches('.skip, p a:not(.button), dd a'))
  .filter(e => e.getBoundingClientRect().height < least - 0.5)
  .map(e => `${e.tagName} ${e.textContent.trim().slice(0, 40)}`)"""


@pytest.fixture(autouse=True)
def _served_from_a_committed_database(transactional_db):
    """The server has connections of its own, so what a test writes is really committed."""


@pytest.fixture(scope="session")
def playwright():
    """Playwright, with Django told that its loop in this thread is no harm."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as running:
        expect.set_options(timeout=15_000)
        yield running
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser_type_launch_args(playwright) -> dict[str, object]:
    """How Chromium starts here; where there is none, browser tests were left out before."""
    return {"executable_path": chromium(), "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    """A phone, unless a test asks for another window. Nothing fades, so that colours are final."""
    return {
        "viewport": {"width": 390, "height": 844},
        "locale": "en-US",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def page(page: Page) -> Page:
    """A page that remembers what went wrong in its console, in `page.complaints`."""
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: page.complaints.append(said.text) if said.type == "error" else None,
    )
    return page


@pytest.fixture(scope="module")
def phones(playwright, tmp_path_factory) -> Iterator[Callable[..., Browser]]:
    """`phones(film, flags)`: a Chromium whose camera shows this film; a file's tests share one."""
    running: dict[tuple[str, ...], Browser] = {}

    def start(film: bytes, flags: tuple[str, ...]) -> Browser:
        key = (hashlib.sha256(film).hexdigest(), *flags)
        if key not in running:
            camera = film_flags(tmp_path_factory.mktemp("film"), film) if film else []
            running[key] = playwright.chromium.launch(
                executable_path=chromium(), args=[*CHROMIUM_FLAGS, *camera, *flags]
            )
        return running[key]

    yield start
    for browser in running.values():
        browser.close()


@pytest.fixture
def phone(phones, browser_context_args) -> Iterator[Callable[..., Page]]:
    """`phone(frames)`: a page with nothing kept, in a Chromium whose camera shows these pictures;
    without pictures there is no camera. `*flags` are more of Chromium's."""
    contexts = []

    def start(frames=(), *flags: str, **context: object) -> Page:
        browser = phones(film_of(frames), flags)
        contexts.append(browser.new_context(**browser_context_args | context))
        return contexts[-1].new_page()

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails with the rules that the page breaks."""

    def look(page: Page) -> None:
        found = Axe().run(page, options={"runOnly": AXE_TAGS}).response["violations"]
        broken = [
            f"{rule['id']}: {node['html']} — {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]
        assert not broken, "\n".join([page.url, *broken])

    return look


@pytest.fixture
def sound(axe) -> Callable[..., None]:
    """`sound(page)`: axe by day and by night, targets, no sideways scroll, a quiet console.

    `least` is the smallest height of a target: 48 px, 64 px at a door.
    """

    def look(page: Page, least: int = 48) -> None:
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(AFTER_TWO_FRAMES)  # on a busy machine colours come late
            axe(page)
        small = page.evaluate(SMALL_TARGETS, least)
        assert not small, f"{page.url}: targets under {least} px: {small}"
        usual = page.viewport_size
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            wide = page.evaluate("() => document.documentElement.scrollWidth")
            beyond = page.evaluate(BEYOND, width) if wide > width else []
            assert wide <= width, f"{page.url}: {wide} px wide in a window of {width}: {beyond}"
        page.set_viewport_size(usual)
        assert page.complaints == [], f"{page.url}: {page.complaints}"

    return look


@pytest.fixture
def sign_in(live_server) -> Callable[..., None]:
    """`sign_in(page, person)`: her session and its token in this page's browser, as the form would
    bring them; no page is opened."""

    def enter(page: Page, person) -> None:
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        brought = {
            settings.SESSION_COOKIE_NAME: session,
            settings.CSRF_COOKIE_NAME: get_random_string(CSRF_SECRET_LENGTH),
        }
        page.context.add_cookies(
            [{"name": key, "value": brought[key], "url": live_server.url} for key in brought]
        )

    return enter


@pytest.fixture
def sign_in_by_form(live_server) -> Callable[..., None]:
    """`sign_in_by_form(page, person)`, as people do; she lands where the form leads."""

    def enter(page: Page, person) -> None:
        page.goto(f"{live_server.url}/account/login/")
        page.get_by_label("E-mail").fill(person.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page).not_to_have_url(f"{live_server.url}/account/login/")

    return enter
