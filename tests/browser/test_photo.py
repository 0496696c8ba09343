"""A proof's picture on the phone: upright, small, without what cameras write into it, judged."""

import base64
import hashlib
import io
import random

import pytest
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont
from playwright.sync_api import Page

from tests.browser.cameras import desk, seen, square
from tests.factories import make_member, make_shop

pytestmark = pytest.mark.browser
FONT = ImageFont.truetype("static/vendor/fonts/DejaVuSans-Bold.ttf", 220)
TAKE = """async (encoded) => {
    const { takePhoto } = await import('/static/js/door/photo.js');
    const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
    const { blob, ...photo } = await takePhoto(new File([bytes], 'IMG_0001.JPG'));
    const held = new Uint8Array(await blob.arrayBuffer());
    const text = held.reduce((text, byte) => text + String.fromCharCode(byte), '');
    return { ...photo, type: blob.type, bytes: btoa(text) };
}"""


@pytest.fixture
def at_the_door(phone, live_server, sign_in):
    """`at_the_door(frames)`: the door's page, which has the headers that photos need; no worker
    keeps anything, so that the room is all ours."""

    def go(frames=()) -> Page:
        page = phone(frames, service_workers="block")
        sign_in(page, make_member(make_shop(), "Sam", "helper"))
        page.goto(f"{live_server.url}/shop/door/")
        return page

    return go


@pytest.fixture
def door(at_the_door) -> Page:
    return at_the_door()


def doorstep(wall=(225, 220, 210), box=(180, 140, 90), size=(3200, 2400)) -> Image.Image:
    """A door, its number, a parcel with a label: mostly plain, as doors are."""
    picture = Image.new("RGB", (3200, 2400), wall)
    pen = ImageDraw.Draw(picture)
    frame = tuple(part * 7 // 10 for part in wall)
    pen.rectangle((1000, 200, 2000, 2200), fill=frame, outline=(60, 50, 40), width=12)
    pen.text((2120, 600), "412", font=FONT, fill=(20, 20, 20))
    pen.rectangle((1240, 1800, 1800, 2200), fill=box, outline=(70, 50, 30), width=6)
    pen.rectangle((1360, 1860, 1640, 2020), fill=(250, 250, 250))
    for x in range(1380, 1620, 12):
        pen.rectangle((x, 1880, x + random.Random(x).choice((2, 4, 6)), 1970), fill="black")
    pen.rectangle((0, 2200, 3200, 2400), fill=(110, 110, 105))
    return picture.filter(ImageFilter.GaussianBlur(2)).resize(size)  # no lens is perfect


def night(picture: Image.Image, light: float) -> Image.Image:
    """The same with less light and the grain that comes with it."""
    grain = Image.effect_noise(picture.size, 12).convert("RGB")
    return Image.blend(ImageEnhance.Brightness(picture).enhance(light), grain, 0.06)


def jpeg(picture: Image.Image, **more) -> str:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, **more)
    return base64.b64encode(out.getvalue()).decode()


def opened(photo: dict) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(photo["bytes"])))


def test_a_sharp_picture_becomes_small_and_is_good(door):
    photo = door.evaluate(TAKE, jpeg(doorstep()))
    held = base64.b64decode(photo["bytes"])
    assert (photo["width"], photo["height"]) == opened(photo).size == (1600, 1200)
    assert photo["type"] == "image/jpeg"
    assert len(held) < 300_000
    assert photo["hash"] == hashlib.sha256(held).hexdigest()
    assert (photo["isGood"], photo["problems"]) == (True, [])


def test_a_small_picture_is_not_blown_up(door):
    photo = door.evaluate(TAKE, jpeg(doorstep(size=(800, 600))))
    assert (photo["width"], photo["height"]) == (800, 600)
    assert photo["isGood"]
    photo = door.evaluate(TAKE, jpeg(doorstep(size=(400, 300))))
    assert photo["problems"] == ["small"]


@pytest.mark.parametrize("wall", [(225, 220, 210), (150, 80, 60), (240, 240, 240), (70, 74, 80)])
def test_plain_doors_are_no_blurred_pictures(door, wall):
    assert door.evaluate(TAKE, jpeg(doorstep(wall)))["problems"] == []


@pytest.mark.parametrize("part", [0.004, 0.008, 0.02])
def test_a_picture_without_focus_is_blurred(door, part):
    picture = doorstep().filter(ImageFilter.GaussianBlur(3200 * part))
    photo = door.evaluate(TAKE, jpeg(picture))
    assert (photo["isGood"], photo["problems"]) == (False, ["blurred"])


def test_a_hand_that_moved_sideways_blurs_a_picture(door):
    smear = doorstep().resize((80, 2400), Image.Resampling.BOX)
    picture = smear.resize((3200, 2400), Image.Resampling.BICUBIC)
    assert door.evaluate(TAKE, jpeg(picture))["problems"] == ["blurred"]


def test_dusk_is_good_enough_and_night_is_dark(door):
    assert door.evaluate(TAKE, jpeg(night(doorstep(), 0.5)))["problems"] == []
    assert door.evaluate(TAKE, jpeg(night(doorstep(), 0.08)))["problems"] == ["dark"]


def test_a_lit_parcel_in_the_night_is_no_dark_picture(door):
    picture = night(doorstep(), 0.05)
    lit = (900, 900, 2700, 2400)
    picture.paste(doorstep().crop(lit), lit)
    assert door.evaluate(TAKE, jpeg(picture))["problems"] == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_upright_and_says_nothing_of_its_camera(door, orientation):
    """The file holds the picture as the sensor lay; its red corner must be at the top left."""
    upright = Image.new("RGB", (800, 600), (200, 200, 200))
    ImageDraw.Draw(upright).rectangle((0, 0, 200, 150), fill=(220, 0, 0))
    lying = upright
    if ways := SENSOR[orientation]:
        for way in ways:
            lying = lying.transpose(way)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Camera of Rosa"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (36.0, 4.0, 48.0)
    photo = door.evaluate(TAKE, jpeg(lying, exif=exif))
    picture = opened(photo)
    assert picture.size == (800, 600)
    red, green, _blue = picture.getpixel((60, 60))
    assert red > 180 > 60 > green
    assert not picture.getexif()
    assert b"Camera of Rosa" not in base64.b64decode(photo["bytes"])


WAY = Image.Transpose
# How an upright picture lies in the file: the inverse of what a viewer has to do.
SENSOR = {
    1: (),
    2: (WAY.FLIP_LEFT_RIGHT,),
    3: (WAY.ROTATE_180,),
    4: (WAY.FLIP_TOP_BOTTOM,),
    5: (WAY.TRANSPOSE,),
    6: (WAY.ROTATE_90,),
    7: (WAY.TRANSVERSE,),
    8: (WAY.ROTATE_270,),
}


def test_a_browser_without_a_hidden_canvas_does_the_same(door):
    picture = jpeg(doorstep())
    door.evaluate("() => { delete window.OffscreenCanvas; }")
    photo = door.evaluate(TAKE, picture)
    assert opened(photo).size == (1600, 1200)
    assert photo["hash"] == hashlib.sha256(base64.b64decode(photo["bytes"])).hexdigest()
    assert photo["isGood"]


def test_a_clear_picture_gets_white_paper_and_a_broken_one_is_refused(door):
    out = io.BytesIO()
    Image.new("RGBA", (900, 700), (0, 0, 0, 0)).save(out, "PNG")
    photo = door.evaluate(TAKE, base64.b64encode(out.getvalue()).decode())
    assert min(opened(photo).getpixel((5, 5))) > 250
    broken = base64.b64encode(b"\xff\xd8\xff\xe0 no picture").decode()
    refused = (
        f"async (bytes) => {{ try {{ await ({TAKE})(bytes); }} catch {{ return 'refused'; }} }}"
    )
    assert door.evaluate(refused, broken) == "refused"


# --- A still from the open camera ----------------------------------------------------------------

GRAB = """async () => {
    const { openCamera } = await import('/static/js/door/camera.js');
    const { grab, takePhoto } = await import('/static/js/door/photo.js');
    const video = document.body.appendChild(document.createElement('video'));
    const before = await grab(video);
    const camera = await openCamera({ video, onTrouble: (code) => { throw new Error(code); } });
    const { width, problems } = await takePhoto(await grab(video));
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    const hidden = await grab(video);
    delete document.hidden;
    camera.stop();
    return { before, hidden, after: await grab(video), width, problems };
}"""


def test_a_still_is_taken_from_the_open_camera_and_never_unseen(at_the_door):
    page = at_the_door([seen((square("HTTPS://PORTAL.HUB.TEST/S/4KZ-12", 14), 0.5, 0.5))])
    taken = page.evaluate(GRAB)
    assert taken == {"before": None, "hidden": None, "after": None, "width": 1280, "problems": []}


def test_a_still_of_nothing_is_not_sharp(at_the_door):
    page = at_the_door([desk()])
    assert page.evaluate(GRAB)["problems"] == ["blurred"]


# --- Room ----------------------------------------------------------------------------------------


def test_a_full_phone_is_told_before_the_picture_and_nothing_is_left_of_the_question(door):
    room = "async (bytes) => (await import('/static/js/door/photo.js')).storageTrouble(bytes)"
    assert door.evaluate(room, 500_000) == ""
    origin = door.evaluate("location.origin")
    devtools = door.context.new_cdp_session(door)

    def used() -> int:
        return devtools.send("Storage.getUsageAndQuota", {"origin": origin})["usage"]

    before = used()
    limit = {"origin": origin, "quotaSize": before + 1_200_000}
    devtools.send("Storage.overrideQuotaForOrigin", limit)
    assert door.evaluate(room, 500_000) == "full"
    assert door.evaluate(room, 100_000) == ""
    assert used() <= before + 100_000
    assert "hub-door-room" not in door.evaluate("caches.keys()")
