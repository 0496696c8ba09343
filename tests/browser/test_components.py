"""Every component in every layout, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _with_the_gallery(settings):
    settings.ROOT_URLCONF = "tests.kernel.web.gallery_urls"


@pytest.mark.parametrize(
    ("layout", "least"), [("public", 48), ("shop", 48), ("staff", 48), ("door", 64)]
)
def test_components_are_sound(page: Page, live_server, sound, layout, least):
    page.goto(f"{live_server.url}/gallery/{layout}/")
    sound(page, least=least)


def test_the_summary_of_errors_has_the_focus(page: Page, live_server):
    page.goto(f"{live_server.url}/gallery/public/")
    expect(page.locator(".error-summary")).to_be_focused()


def test_text_at_twice_the_size_still_fits_a_phone(page: Page, live_server):
    page.goto(f"{live_server.url}/gallery/shop/")
    page.evaluate("() => document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_focus_is_never_hidden_under_the_bar(page: Page, live_server):
    page.set_viewport_size({"width": 390, "height": 600})
    page.goto(f"{live_server.url}/gallery/shop/")
    for _ in range(40):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => { const e = document.activeElement, bar = document.querySelector('.bar');
            if (e === document.body || bar.contains(e)) return '';
            const box = e.getBoundingClientRect(), top = bar.getBoundingClientRect().top;
            return box.top >= top ? e.outerHTML.slice(0, 80) : ''; }"""
        )
        assert not hidden
