"""A camera that shows real barcodes, in front of the door's page: what is read, what is told when
nothing can be, and that the camera is given back."""

import hashlib
import re
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from hubshops.manifests.documents import manifest_pdf
from hubshops.manifests.queries import ManifestPaper, PaperRow
from tests.browser.cameras import CAMERA_FLAGS, HIGH, WIDE, code128, desk, seen, square
from tests.factories import DAY, make_member, make_shop

pytestmark = pytest.mark.browser
VENDOR = Path("static/vendor/barcode-detector-3.2.2")
TBA = "TBA123456789012"
OPEN = """async (known) => {
    const { canScan, openScanner } = await import('/static/js/door/scan.js');
    const video = document.body.appendChild(document.createElement('video'));
    window.told = [];
    window.trouble = [];
    window.scanner = await openScanner({
        video,
        onCode: (text, label, found) => told.push({ text, kind: label.kind, found }),
        onTrouble: (code) => trouble.push(code),
        ...(known && { find: (label) => label.ids.find((id) => known.includes(id)) }),
    });
    window.video = video;
    window.track = video.srcObject?.getVideoTracks()[0];
    return canScan();
}"""


@pytest.fixture
def sam():
    return make_member(make_shop(), "Sam", "helper")


@pytest.fixture
def at_the_door(phone, live_server, sign_in, sam):
    """`at_the_door(frames)`: Sam's phone on the door's page, its camera showing these frames. No
    worker fetches ahead, so that what a module fetches by itself can be told."""

    def go(frames=(), *flags: str, **context: object) -> Page:
        page = phone(frames, *flags, service_workers="block", **context)
        page.requested = []
        page.complaints = []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
        sign_in(page, sam)
        page.goto(f"{live_server.url}/shop/door/")
        return page

    return go


def told(page: Page, count: int = 1) -> list[dict]:
    page.wait_for_function("(count) => told.length >= count || trouble.length", arg=count)
    assert page.evaluate("trouble") == []
    return page.evaluate("told")


def fetched_reader(page: Page) -> list[str]:
    return [url for url in page.requested if "barcode-detector" in url]


def test_a_label_is_read_where_the_browser_has_no_detector_of_its_own(at_the_door):
    page = at_the_door([seen((code128(TBA), 0.5, 0.5), turn=7)])
    assert fetched_reader(page) == []
    assert page.evaluate(OPEN) == "wasm"
    assert told(page) == [{"text": TBA, "kind": "package", "found": TBA}]
    assert sorted(url.rsplit("/", 1)[1] for url in fetched_reader(page)) == [
        "ponyfill.js",
        "zxing_reader.wasm",
    ]
    assert page.complaints == []


def test_a_square_on_paper_leads_to_its_stop(at_the_door):
    page = at_the_door([seen((square("HTTPS://PORTAL.HUB.TEST/S/4KZ-12"), 0.4, 0.6))])
    page.evaluate(OPEN)
    assert told(page) == [{"text": "/S/4KZ-12", "kind": "stop", "found": "/S/4KZ-12"}]


def test_a_package_of_today_goes_before_the_carriers_other_codes(at_the_door):
    label = seen((code128("42072701"), 0.5, 0.5), (code128(TBA, module=2), 0.5, 0.15))
    page = at_the_door([label])
    page.evaluate(OPEN, [TBA])
    assert told(page) == [{"text": TBA, "kind": "package", "found": TBA}]


def test_what_nobody_knows_is_told_without_a_find(at_the_door):
    page = at_the_door([seen((code128("TBA999999999999"), 0.5, 0.5))])
    page.evaluate(OPEN, [TBA])
    assert told(page) == [{"text": "TBA999999999999", "kind": "package", "found": None}]


def test_two_labels_one_after_the_other_are_told_in_turn(at_the_door):
    first, second = (seen((code128(text), 0.5, 0.5)) for text in (TBA, "TBA000000000002"))
    page = at_the_door([first] * 60 + [second] * 60)
    page.evaluate(OPEN)
    assert {one["text"] for one in told(page, 2)} == {TBA, "TBA000000000002"}


def paper() -> ManifestPaper:
    rows = [
        PaperRow(
            stop=stop,
            address1=f"{stop} North College Avenue",
            unit="",
            name="Ines B.",
            instructions="",
            requires="",
            tracking_id=f"TBA{stop:012d}",
            added_in=1,
            code=f"4KZ-{stop}",
        )
        for stop in range(1, 20)
    ]
    return ManifestPaper(
        rows=rows,
        number="FAY-2026-11-20-rosas-bodega",
        version=1,
        shop_name="Rosa's Bodega",
        shop_address="100 W Center St, Fayetteville, AR 72701",
        station="FAY Fayetteville North",
        service_day=DAY,
        destroy_by=DAY,
        stops=len(rows),
        address="HTTPS://PORTAL.HUB.TEST/S/",
    )


def held_over(tracking_id: str) -> Image.Image:
    """What a phone sees of our printed paper when it is held over one package's bars: half a page
    across, the neighbours' codes in sight, too."""
    sheet = pypdfium2.PdfDocument(manifest_pdf(paper()))[0].render(scale=4).to_pil()
    found = {code.text: code.position for code in zxingcpp.read_barcodes(sheet)}
    bars = found[tracking_id]
    x = (bars.top_left.x + bars.bottom_right.x) // 2
    y = (bars.top_left.y + bars.bottom_right.y) // 2
    picture = desk()
    picture.paste(sheet, (WIDE // 2 - x, HIGH // 2 - y))
    return picture


def test_of_a_printed_manifest_the_row_under_the_phone_is_read(at_the_door):
    page = at_the_door([held_over("TBA000000000007")])
    page.evaluate(OPEN)
    assert told(page)[0]["text"] == "TBA000000000007"


def test_a_detector_that_knows_nothing_is_replaced_by_ours(at_the_door):
    """Chromium on Linux can be told to offer its detector, which has no engine here."""
    page = at_the_door([seen((code128(TBA), 0.5, 0.5))], "--enable-blink-features=BarcodeDetector")
    assert page.evaluate(OPEN) == "native"
    assert told(page)[0]["text"] == TBA
    assert fetched_reader(page)


# --- No camera -----------------------------------------------------------------------------------


def trouble(page: Page) -> list[str]:
    page.wait_for_function("() => trouble.length")
    assert page.evaluate("told") == []
    assert fetched_reader(page) == []  # half a megabyte for nothing
    return page.evaluate("trouble")


def test_who_says_no_to_the_camera_is_told_that(at_the_door):
    page = at_the_door((), CAMERA_FLAGS[1], f"{CAMERA_FLAGS[0]}=deny")
    assert page.evaluate(OPEN) == "wasm"
    assert trouble(page) == ["denied"]


def test_a_machine_without_a_camera_is_told_so(at_the_door):
    page = at_the_door((), CAMERA_FLAGS[0])
    page.evaluate(OPEN)
    assert trouble(page) == ["no_camera"]


def test_a_page_that_came_without_encryption_is_told_so(phone, live_server):
    """Served at a name that is not this machine's, a page is not secure."""
    page = phone((), f"--host-resolver-rules=MAP hub.test {live_server.url[7:]}")
    page.requested = []
    page.goto("http://hub.test/")
    assert page.evaluate(OPEN) == ""
    assert trouble(page) == ["insecure"]


def test_a_camera_that_goes_away_is_told(at_the_door):
    page = at_the_door([desk()])
    page.evaluate(OPEN)
    page.evaluate("() => track.dispatchEvent(new Event('ended'))")
    assert page.evaluate("trouble") == ["in_use"]
    assert page.evaluate("track.readyState") == "ended"


# --- The camera is given back --------------------------------------------------------------------


def test_stop_gives_the_camera_back_and_nothing_is_told_after(at_the_door):
    page = at_the_door([seen((code128(TBA), 0.5, 0.5))])
    page.evaluate(OPEN)
    assert page.evaluate("track.readyState") == "live"
    state = page.evaluate("() => { scanner.stop(); return [track.readyState, video.srcObject]; }")
    assert state == ["ended", None]
    page.evaluate(
        "() => { told.length = 0; document.dispatchEvent(new Event('visibilitychange')) }"
    )
    page.wait_for_timeout(500)
    assert page.evaluate("[told, trouble, video.srcObject]") == [[], [], None]


HIDE = """(hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_a_hidden_page_has_no_camera_and_a_page_that_comes_back_has(at_the_door):
    """Headless windows are never hidden, so the page is told; in WebKit and Firefox a real tab is
    put in front (tests/browsers_elsewhere)."""
    page = at_the_door([seen((code128(TBA), 0.5, 0.5))])
    page.evaluate(OPEN)
    told(page)
    page.evaluate(HIDE, True)
    assert page.evaluate("[track.readyState, video.srcObject]") == ["ended", None]
    page.evaluate(HIDE, False)
    page.wait_for_function("() => video.srcObject?.active && video.videoWidth")
    assert page.evaluate("trouble") == []


def test_leaving_the_page_gives_the_camera_back(at_the_door):
    page = at_the_door([desk()])
    page.evaluate(OPEN)
    page.evaluate("() => window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert page.evaluate("[track.readyState, video.srcObject]") == ["ended", None]


def test_a_camera_without_a_torch_has_none(at_the_door):
    page = at_the_door([desk()])
    page.evaluate(OPEN)
    assert page.evaluate("async () => [scanner.hasTorch, await scanner.torch(true)]") == [
        False,
        False,
    ]


# --- Headers -------------------------------------------------------------------------------------

ASK_CAMERA = """() => navigator.mediaDevices.getUserMedia({ video: true }).then(
    (stream) => { stream.getTracks().forEach((track) => track.stop()); return 'camera'; },
    (error) => error.name)"""
RUN_WASM = """() => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(
    () => 'runs', (error) => error.name)"""
ASK_PLACE = """() => new Promise((done) => navigator.geolocation.getCurrentPosition(
    () => done('place'), (error) => done(error.code)))"""


def test_the_door_may_use_the_camera_and_no_other_page(at_the_door, live_server):
    place = {"latitude": 36.06, "longitude": -94.16}
    page = at_the_door([desk()], geolocation=place, permissions=["camera", "geolocation"])
    assert page.evaluate(ASK_CAMERA) == "camera"
    assert page.evaluate(ASK_PLACE) == "place"
    assert page.evaluate(RUN_WASM) == "runs"
    for address in ("/shop/", "/", "/api/v1/docs"):
        page.goto(f"{live_server.url}{address}")
        assert page.evaluate(ASK_CAMERA) == "NotAllowedError", address
        assert page.evaluate(ASK_PLACE) == 1, address
        assert page.evaluate(RUN_WASM) == "CompileError", address


def test_no_browser_complains_about_the_policy(at_the_door):
    page = at_the_door([desk()])
    warnings = []
    page.on("console", lambda said: warnings.append(said.text))
    page.reload()
    assert [words for words in warnings if "olicy" in words] == []


# --- What we carry -------------------------------------------------------------------------------


def test_the_reader_is_small_and_the_one_its_script_was_built_for():
    wasm = (VENDOR / "dist/zxing_reader.wasm").read_bytes()
    script = (VENDOR / "dist/ponyfill.js").read_text()
    assert len(wasm) + len(script.encode()) <= 1_200_000
    assert hashlib.sha256(wasm).hexdigest() in re.findall(r"[0-9a-f]{64}", script)
