"""Private files, and pictures as strangers send them.

Files lie in one storage (`STORAGES["private"]`, a folder or a bucket named by `FILES_URL`) that no
address of the web server reaches. Pictures are never kept as they came: each is decoded, turned
upright, made smaller and encoded anew, so that nothing but its pixels is left.
"""

import io
import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.utils.translation import gettext_lazy as _

# Named here so that Pillow does not load all its plugins when it meets a format it does not know.
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from kernel.refusals import Refusal

log = structlog.get_logger(__name__)

MOST_BYTES = 5_000_000
MOST_PIXELS = 25_000_000
MOST_SCANS = (
    40  # a phone's progressive photo has ten; some thousand keep a decoder busy for minutes
)
LONGEST_SIDE = 1600
QUALITY = 82
FORMATS = (
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
)
CONTENT_TYPE = "image/jpeg"
# A marker of a JPEG: not a stuffed zero, not a restart, not a filler.
MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
SCAN, END = b"\xda", b"\xd9"


class TooManyBytes(Refusal):
    code = "too_many_bytes"
    message = _("This picture is over 5 MB. Take a smaller one.")


class NotAPicture(Refusal):
    code = "not_a_picture"
    message = _("We can't read this picture. Take it again, as JPEG, PNG or WebP.")


class TooManyPixels(Refusal):
    code = "too_many_pixels"
    message = _("This picture has over 25 megapixels. Take a smaller one.")


class MovingPicture(Refusal):
    code = "moving_picture"
    message = _("This picture moves. Take one that stands still.")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as we keep it: the bytes of a JPEG without anything but pixels."""

    content: bytes
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """A stranger's picture, upright and with no side over 1600 pixels.

    Refuses what is over 5 MB or 25 megapixels, what moves, and what is no whole JPEG, PNG or WebP.
    The size is read from the header, before anything is unpacked.
    """
    if len(content) > MOST_BYTES:
        raise TooManyBytes
    if content[:2] == b"\xff\xd8" and scans_of(content) > MOST_SCANS:
        raise NotAPicture
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata, of which we keep none
            return small_and_upright(content)
    except Refusal:
        raise
    except Exception as problem:  # whatever a decoder breaks on, it is no picture
        log.info("picture_not_read", problem=type(problem).__name__)
        raise NotAPicture from problem


def small_and_upright(content: bytes) -> Picture:
    """The picture as we keep it. Whatever a decoder raises goes through."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as found:
        if found.width * found.height > MOST_PIXELS:
            raise TooManyPixels
        # A phone's JPEG may hold a second, smaller picture: its first one is what was taken.
        if found.format in ("PNG", "WEBP") and getattr(found, "n_frames", 1) > 1:
            raise MovingPicture
        found.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        found.load()
        upright = on_white(ImageOps.exif_transpose(found))
    kept = io.BytesIO()
    upright.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return Picture(kept.getvalue(), upright.width, upright.height)


def on_white(picture: Image.Image) -> Image.Image:
    """Its pixels alone, in plain colours; what is transparent is white, as a signature's paper."""
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    return Image.frombytes("RGB", picture.size, picture.convert("RGB").tobytes())


def scans_of(jpeg: bytes) -> int:
    """How many times a JPEG goes over its pixels. Segments are stepped over by their length, so
    that what lies in them (a small preview, say) is not counted."""
    at, scans = 2, 0
    while found := MARKER.search(jpeg, at):
        if found[1] == END:
            break
        scans += found[1] == SCAN
        at = found.end() + int.from_bytes(jpeg[found.end() : found.end() + 2], "big")
    return scans


class PrivateFolder(FileSystemStorage):
    """A folder for files that only our own pages hand out: they have no address."""

    def url(self, name: str | None) -> str:
        """There is none."""
        raise ValueError("private files have no address")

    def _save(self, name: str, content: object) -> str:
        """Written for good before anybody relies on it: a row may name it after a power cut."""
        saved = super()._save(name, content)
        for path in (Path(self.path(saved)), Path(self.path(saved)).parent):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        return saved


def keep_private(name: str, content: bytes) -> str:
    """Write a private file; the name under which it lies."""
    return storages["private"].save(name, ContentFile(content))


def open_private(name: str) -> IO[bytes]:
    """A private file, to be read. FileNotFoundError when there is none."""
    return storages["private"].open(name, "rb")


def forget_private(name: str) -> None:
    """Delete a private file; none there is as well."""
    storages["private"].delete(name)
