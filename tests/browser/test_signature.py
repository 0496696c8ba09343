"""A signature drawn with a finger."""

import base64
import io

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.factories import make_member, make_shop

pytestmark = pytest.mark.browser
OPEN = """async () => {
    const { signaturePad } = await import('/static/js/door/signature.js');
    const canvas = document.createElement('canvas');
    canvas.style.cssText = 'display: block; width: 340px; height: 180px';
    document.body.prepend(canvas);
    canvas.addEventListener('input', () => { window.heard = (window.heard ?? 0) + 1; });
    window.canvas = canvas;
    window.pad = signaturePad(canvas);
    canvas.scrollIntoView({ block: 'center' });
    window.picture = async () => {
        const blob = await pad.blob();
        if (!blob) return null;
        const bytes = new Uint8Array(await blob.arrayBuffer());
        return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
    };
}"""


@pytest.fixture
def pad(browser, browser_context_args, live_server, sign_in):
    """A phone with three pixels a point, on the door's page, with a field to sign in."""
    context = browser.new_context(**browser_context_args, device_scale_factor=3, has_touch=True)
    page = context.new_page()
    sign_in(page, make_member(make_shop(), "Sam", "helper"))
    page.goto(f"{live_server.url}/shop/door/")
    page.evaluate(OPEN)
    yield page
    context.close()


def draw(page: Page, *places: tuple[float, float]) -> None:
    box = page.locator("canvas").bounding_box()
    points = [(box["x"] + x, box["y"] + y) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def picture(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(page.evaluate("picture()"))))


def test_a_line_becomes_a_small_picture_cut_to_it(pad):
    assert pad.evaluate("[pad.isEmpty(), canvas.width, canvas.height]") == [True, 1020, 540]
    assert pad.evaluate("picture()") is None
    draw(pad, (40, 120), (90, 60), (140, 120), (220, 70))
    assert not pad.evaluate("pad.isEmpty()")
    assert pad.evaluate("heard") == 1
    signed = picture(pad)
    assert signed.format == "PNG"
    assert signed.size == ((180 + 24) * 2, (60 + 24) * 2)
    assert len(pad.evaluate("picture()")) < 20_000
    grey = signed.convert("L")
    assert grey.getpixel((2, 2)) == 255
    assert grey.getpixel(((90 - 40 + 12) * 2, 12 * 2)) < 80  # the line's turn, where it was drawn


def test_lines_under_two_fingers_are_one_finger_s(pad):
    devtools = pad.context.new_cdp_session(pad)
    box = pad.locator("canvas").bounding_box()

    def touch(kind: str, *fingers: tuple[int, int]) -> None:
        points = [
            {"x": box["x"] + x, "y": box["y"] + y, "id": number}
            for number, (x, y) in enumerate(fingers)
        ]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before = pad.evaluate("scrollY")
    touch("touchStart", (40, 40))
    touch("touchStart", (40, 40), (300, 160))
    touch("touchMove", (100, 100), (200, 20))
    touch("touchMove", (140, 140), (100, 20))
    touch("touchEnd")
    assert picture(pad).size == ((100 + 24) * 2, (100 + 24) * 2)
    assert pad.evaluate("scrollY") == before


def test_a_tap_is_no_signature(pad):
    pad.locator("canvas").tap()
    assert pad.evaluate("pad.isEmpty()")
    assert pad.evaluate("picture()") is None


def test_a_cleared_field_is_empty(pad):
    draw(pad, (20, 20), (200, 100))
    pad.evaluate("pad.clear()")
    assert pad.evaluate("pad.isEmpty()")
    ink = """() => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        .data.some((value) => value < 255)"""
    assert not pad.evaluate(ink)


def test_turning_the_phone_keeps_the_line(pad):
    draw(pad, (20, 20), (200, 100))
    before = pad.evaluate("picture()")
    pad.evaluate("() => { canvas.style.width = '280px'; }")
    pad.wait_for_function("() => canvas.width === 840")
    assert pad.evaluate("picture()") == before
    ink = """() => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        .data.some((value) => value < 100)"""
    assert pad.evaluate(ink)


def test_a_field_that_is_put_away_hears_nothing_more(pad):
    pad.evaluate("pad.end()")
    draw(pad, (20, 20), (200, 100))
    assert pad.evaluate("pad.isEmpty()")
