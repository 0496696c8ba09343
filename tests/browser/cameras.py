"""What a fake camera sees: pictures drawn here, as a film that Chromium takes for its camera's."""

import io
from collections.abc import Iterable
from pathlib import Path

import segno
from PIL import Image, ImageDraw

from kernel.barcodes import PATTERNS, QUIET, STOP, code128_values

WIDE, HIGH = 1280, 720
CAMERA_FLAGS = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


def film_of(frames: Iterable[Image.Image]) -> bytes:
    """These frames as a film: one JPEG picture after the other (MJPEG), and nothing else. A picture
    that is shown longer is drawn once."""
    shown = list(frames)
    drawn = {id(one): one for one in shown}
    pictures = {key: jpeg(one) for key, one in drawn.items()}
    return b"".join(pictures[id(one)] for one in shown)


def jpeg(frame: Image.Image) -> bytes:
    picture = io.BytesIO()
    frame.convert("RGB").save(picture, "JPEG", quality=90, subsampling="4:2:0")
    return picture.getvalue()


def film_flags(place: Path, film: bytes) -> list[str]:
    """The flags of a Chromium whose camera shows this film, again and again."""
    file = place / "film.mjpeg"
    file.write_bytes(film)
    return [*CAMERA_FLAGS, f"--use-file-for-fake-video-capture={file}"]


def desk() -> Image.Image:
    """What a camera sees with nothing before it."""
    return Image.new("RGB", (WIDE, HIGH), (196, 190, 180))


def code128(text: str, module: int = 3, high: int = 160) -> Image.Image:
    """A label's barcode with the white around it."""
    widths = "".join(PATTERNS[value] for value in code128_values(text)) + STOP
    wide = (sum(map(int, widths)) + 2 * QUIET) * module
    picture = Image.new("RGB", (wide, high + 40), "white")
    pen = ImageDraw.Draw(picture)
    x = QUIET * module
    for place, width in enumerate(map(int, widths)):
        if place % 2 == 0:
            pen.rectangle((x, 20, x + width * module - 1, 20 + high), fill="black")
        x += width * module
    return picture


def square(text: str, module: int = 6) -> Image.Image:
    """A QR code as on our papers."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=module, border=4)
    return Image.open(out).convert("RGB")


def seen(*codes: tuple[Image.Image, float, float], turn: float = 0) -> Image.Image:
    """A desk with codes on it: each with its middle, as parts of the width and height."""
    picture = desk()
    for code, x, y in codes:
        left, top = int(x * WIDE - code.width / 2), int(y * HIGH - code.height / 2)
        picture.paste(code, (left, top))
    return picture.rotate(turn, Image.Resampling.BICUBIC, fillcolor=(196, 190, 180))
