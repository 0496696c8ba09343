"""A day at the door in WebKit and Firefox, with the portal gone in the middle of it. WebKit is as
iPhones are: it has no Background Sync and no detector of barcodes. `make campaign` tries the
camera's modules in them; the suite tries those in Chromium."""

import base64
import io

import pytest
from PIL import ExifTags, Image, ImageFilter

from hubshops.deliveries.models import Delivery
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from kernel import clock
from tests.browser.cameras import code128, seen
from tests.factories import PASSWORD, ZONE, make_member, make_packages, make_shop

TBA = "TBA123456789012"
IS_KEPT = """navigator.serviceWorker.ready.then(() => caches.keys()).then(
    (names) => names.some((name) => name.startsWith("door-")))"""


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def drop(shop) -> list[Package]:
    """Three packages on today's manifest, each for its own door."""
    now = clock.now()
    day = clock.local_day(now, ZONE)
    manifest = Manifest.objects.create(shop=shop, service_day=day, number="M-1", published_at=now)
    packages = []
    for stop, street in enumerate(["412 Franklin Ave", "7 Oak St", "130 Cedar St"], 1):
        [one] = make_packages(
            1, shop=shop, state=State.MANIFESTED, day=day, at=now, address1=street
        )
        ManifestLine.objects.create(manifest=manifest, package=one, stop=stop)
        packages.append(one)
    return packages


@pytest.fixture
def sam(tab, portal, shop):
    """Sam's browser, signed in, on the door's page, with the application running."""
    person = make_member(shop, "Sam", "helper")

    tab.go(f"{portal.url}/account/login/")
    tab.fill("E-mail", person.email)
    tab.fill("Password", PASSWORD)
    tab.press("main button[type=submit]")
    tab.wait("location.pathname !== '/account/login/'")
    tab.go(f"{portal.url}/shop/door/")
    tab.see("All saved")
    return tab


def test_a_stop_is_ended_without_a_signal_and_sent_after(drop, sam, portal):
    sam.see("3 packages")
    assert sam.work(f"return {IS_KEPT};") is True
    assert sam.run("[typeof window.BarcodeDetector, typeof window.SyncManager]") == [
        "undefined",
        "undefined",
    ]

    portal.stop()
    sam.click("Count in")
    sam.click("3 are here")
    sam.see("The driver counts")
    sam.click("List")
    sam.click("412")
    sam.see("Where did you leave it?")
    sam.fill("type the number on the label", drop[0].tracking_id[-4:])
    sam.click("OK")
    sam.see("Scanned")
    sam.click("Front door")
    sam.click("Delivered")
    sam.see("4 on this phone")

    # Closed and opened again: from the phone, with all that was done on it.
    sam.go("about:blank")
    sam.go(f"{portal.url}/shop/door/")
    sam.see("4 on this phone")
    sam.see("1 of 3 delivered")
    assert not PackageEvent.objects.filter(kind__in=["received", "delivered"]).exists()

    # Back in the street: the next look at the phone sends it all.
    portal.start()
    sam.go("about:blank")
    sam.go(f"{portal.url}/shop/door/")
    sam.see("All saved")
    states = Package.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.DELIVERED, State.AT_SHOP, State.AT_SHOP]
    assert Delivery.objects.filter(outcome="front_door").count() == 1
    assert PackageEvent.objects.filter(kind="received").count() == 3


# --- The camera's modules, where no detector is --------------------------------------------------

READ = """
    const { openReader } = await import('/static/js/door/reader.js');
    const { canScan } = await import('/static/js/door/scan.js');
    const picture = new Image();
    picture.src = `data:image/png;base64,${told}`;
    await picture.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [picture.width, picture.height];
    const pen = canvas.getContext('2d');
    const video = document.body.appendChild(document.createElement('video'));
    video.muted = video.playsInline = true;
    video.srcObject = canvas.captureStream(15);
    const drawing = setInterval(() => pen.drawImage(picture, 0, 0), 50);
    await video.play();
    const reader = await openReader();
    for (let looks = 0; looks < 100; looks += 1) {
        const { codes } = await reader.read(video);
        if (codes.length) {
            clearInterval(drawing);
            return [canScan(), codes.map(({ text }) => text)];
        }
        await new Promise((done) => setTimeout(done, 100));
    }
    return 'nothing read';
"""


@pytest.mark.campaign
def test_a_label_in_a_film_is_read_by_the_reader_we_carry(sam):
    picture = seen((code128(TBA), 0.5, 0.5), turn=5)
    assert sam.work(READ, encoded(picture, "PNG")) == ["wasm", [TBA]]


HIDE_AND_SEE = """
    const { openCamera } = await import('/static/js/door/camera.js');
    const video = document.body.appendChild(document.createElement('video'));
    window.trouble = [];
    window.camera = await openCamera({ video, onTrouble: (code) => trouble.push(code) });
    window.track = video.srcObject?.getVideoTracks()[0];
    window.seen = [];
    document.addEventListener('visibilitychange',
        () => seen.push([document.hidden, track.readyState]));
    return [trouble, camera.isOpen];
"""


# WebKitGTK's small browser opens a driver's tab behind, so it is asked for the camera alone.
@pytest.mark.campaign
@pytest.mark.parametrize("tab", [pytest.param("webkit", marks=pytest.mark.webkit)], indirect=True)
def test_a_camera_opens_and_is_given_back(sam):
    assert sam.work(HIDE_AND_SEE) == [[], True]
    assert sam.work("camera.stop(); return [track.readyState, camera.isOpen];") == ["ended", False]


@pytest.mark.campaign
@pytest.mark.parametrize("tab", [pytest.param("firefox", marks=pytest.mark.firefox)], indirect=True)
def test_a_real_tab_in_front_takes_the_camera_away_and_gives_it_back(sam):
    assert sam.work(HIDE_AND_SEE) == [[], True]
    with sam.another_tab():
        pass
    sam.wait("!document.hidden && camera.isOpen")
    assert sam.run("seen[0]") == [True, "ended"]
    assert sam.run("[trouble.length, track.readyState]") == [0, "ended"]


TAKE = """
    const { takePhoto } = await import('/static/js/door/photo.js');
    const bytes = Uint8Array.from(atob(told), (sign) => sign.charCodeAt(0));
    const { blob, ...photo } = await takePhoto(new File([bytes], 'IMG_0001.JPG'));
    const made = await createImageBitmap(blob);
    return [photo.width, photo.height, made.width, photo.hash.length, photo.problems];
"""


@pytest.mark.campaign
def test_a_photo_is_turned_upright_and_judged(sam):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    label = seen((code128(TBA, module=4), 0.5, 0.3), (code128("A-1"), 0.4, 0.8))
    label = label.resize((2560, 1440)).transpose(Image.Transpose.ROTATE_90)
    taken = sam.work(TAKE, encoded(label, "JPEG", exif=exif))
    assert taken == [1600, 900, 1600, 64, []]
    blurred = label.filter(ImageFilter.GaussianBlur(20))
    assert sam.work(TAKE, encoded(blurred, "JPEG", exif=exif))[-1] == ["blurred"]


def encoded(picture: Image.Image, kind: str, **more: object) -> str:
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return base64.b64encode(out.getvalue()).decode()
