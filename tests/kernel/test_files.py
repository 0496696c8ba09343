"""Pictures from strangers: what is kept is pixels, what is hostile is refused in a sentence."""

import io
import struct
import tracemalloc
import zlib

import pytest
from django.core.files.storage import storages
from PIL import Image, ImageDraw, TiffImagePlugin

from kernel import files
from kernel.files import MovingPicture, NotAPicture, TooManyBytes, TooManyPixels, read_picture
from kernel.refusals import Refusal


def a_picture(width: int = 64, height: int = 48, mode: str = "RGB", corner="red") -> Image.Image:
    """White, with a corner that tells which way is up."""
    picture = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, width // 4, height // 4), fill=corner)
    return picture.convert(mode)


def encoded(picture: Image.Image, form: str = "JPEG", **how: object) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, form, **how)
    return kept.getvalue()


def shown(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def png_of(width: int, height: int, *chunks: tuple[bytes, bytes], pixels: bytes = b"") -> bytes:
    """A PNG written by hand, so that it may lie."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"".join(chunk(*one) for one in chunks)
    data = chunk(b"IDAT", zlib.compress(pixels))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + data + chunk(b"IEND", b"")


# --- What is kept --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_picture_is_kept_as_a_jpeg_of_its_pixels(form, mode):
    kept = read_picture(encoded(a_picture(mode=mode), form))
    picture = shown(kept.content)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (64, 48))
    assert (kept.width, kept.height) == (64, 48)


@pytest.mark.parametrize("mode", ["CMYK", "P", "RGBA", "LA", "1", "I;16"])
def test_any_kind_of_colours_becomes_plain(mode):
    source = a_picture()
    source = source.convert("L") if mode == "I;16" else source
    form = "JPEG" if mode == "CMYK" else "PNG"
    assert shown(read_picture(encoded(source.convert(mode), form)).content).mode == "RGB"


def test_a_large_picture_gets_smaller_and_a_small_one_stays():
    large = read_picture(encoded(a_picture(4000, 3000)))
    assert (large.width, large.height) == (1600, 1200)
    assert read_picture(encoded(a_picture(10, 1600))).height == 1600


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright_and_says_nothing_else(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Canary Phones"
    exif[0x8825] = {1: "N", 2: (36.0, 4.0, 55.0), 3: "W", 4: (94.0, 10.0, 18.0)}
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    lying = a_picture(80, 48)
    lying = lying.transpose(turns[orientation]) if orientation in turns else lying
    content = encoded(lying, exif=exif, comment=b"canary comment", quality=95)
    assert b"Canary" in content
    kept = read_picture(content)
    upright = shown(kept.content)
    assert upright.size == (80, 48) == (kept.width, kept.height)
    red, white = upright.getpixel((4, 4)), upright.getpixel((70, 40))
    assert red[0] > 200 > red[1]
    assert min(white) > 240
    assert not upright.getexif()
    assert b"anary" not in kept.content
    assert b"Exif" not in kept.content


def test_names_and_places_in_other_formats_are_gone_too():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "canary")
    words.add_itxt("XML:com.adobe.xmp", "<x>canary</x>")
    profile = b"canary" * 40
    for content in (
        encoded(a_picture(), "PNG", pnginfo=words, icc_profile=profile),
        encoded(a_picture(), "WEBP", xmp=b"<x>canary</x>", icc_profile=profile),
        encoded(a_picture(), "JPEG", xmp=b"<x>canary</x>", icc_profile=profile),
    ):
        assert b"canary" in content or b"iCCP" in content
        assert b"canary" not in read_picture(content).content


def test_a_signature_on_nothing_lies_on_white_paper():
    ink = Image.new("RGBA", (60, 30), (0, 0, 0, 0))
    ImageDraw.Draw(ink).line((5, 15, 55, 15), fill=(0, 0, 0, 255), width=6)
    paper = shown(read_picture(encoded(ink, "PNG")).content)
    assert min(paper.getpixel((30, 3))) > 240
    assert max(paper.getpixel((30, 15))) < 40


def test_a_phones_picture_with_a_preview_beside_it_is_its_first():
    content = encoded(a_picture(80, 60), "MPO", save_all=True, append_images=[a_picture(8, 6)])
    assert (read_picture(content).width, shown(content).format) == (80, "MPO")


@pytest.mark.parametrize(
    "payload",
    [b"PK\x03\x04 a zip behind it", b"<script>alert(1)</script>", b"<?php system('id'); ?>"],
)
def test_what_hangs_on_behind_a_picture_is_cut_off(payload):
    kept = read_picture(encoded(a_picture(), comment=payload) + payload)
    assert payload not in kept.content
    assert shown(kept.content).size == (64, 48)


# --- What is refused -----------------------------------------------------------------------------


def a_zip() -> bytes:
    import zipfile

    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        file.writestr("x.txt", "x")
    return kept.getvalue()


def tiff() -> bytes:
    assert TiffImagePlugin
    return encoded(a_picture(), "TIFF")


JPEG = encoded(a_picture(400, 300), quality=95)
PNG = encoded(a_picture(400, 300), "PNG")
WEBP = encoded(a_picture(400, 300), "WEBP")
CORPUS = {
    "nothing": b"",
    "one byte": b"\xff",
    "text": b"hello",
    "half a header": JPEG[:20],
    "a JPEG that was cut": JPEG[: len(JPEG) // 2],
    "a PNG that was cut": PNG[: len(PNG) // 2],
    "a WebP that was cut": WEBP[: len(WEBP) // 2],
    "a GIF": encoded(a_picture(mode="P"), "GIF"),
    "a BMP": encoded(a_picture(), "BMP"),
    "a TIFF": tiff(),
    "an ICO": encoded(a_picture(32, 32), "ICO"),
    "a PPM": encoded(a_picture(), "PPM"),
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a PDF before a JPEG": b"%PDF-1.7\n" + JPEG,
    "a GIF that is a script": b"GIF89a/*" + JPEG + b"*/=1;alert(1)",
    "a zip before a JPEG": a_zip() + JPEG,
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "a PNG without pixels": png_of(64, 48),
    "a PNG whose sum is wrong": PNG[:60] + bytes([PNG[60] ^ 1]) + PNG[61:],
    "a PNG of no width": png_of(0, 48),
    "a JPEG with a broken table": JPEG.replace(b"\xff\xdb", b"\xff\xdb\xff", 1),
    "a RIFF that is a sound": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "a flood in a text chunk": png_of(8, 8, (b"zTXt", b"x\0\0" + zlib.compress(b"A" * 70_000_000))),
}


@pytest.mark.parametrize("name", CORPUS)
def test_what_is_no_whole_picture_is_refused(name):
    with pytest.raises(NotAPicture) as no:
        read_picture(CORPUS[name])
    assert "Take it again" in no.value.sentence


def test_a_flood_of_pixels_is_seen_in_the_header():
    """Nine kilobytes that would be 300 MB: refused before anything is unpacked."""
    flood = png_of(10_000, 10_000, pixels=bytes(1000))
    tracemalloc.start()
    with pytest.raises(TooManyPixels, match="25 megapixels"):
        read_picture(flood)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_twenty_five_megapixels_and_no_more():
    assert read_picture(encoded(Image.new("L", (5000, 5000)), "PNG")).width == 1600
    with pytest.raises(TooManyPixels):
        read_picture(encoded(Image.new("L", (5001, 5000)), "PNG"))


def test_more_than_five_megabytes_are_refused_unread():
    with pytest.raises(TooManyBytes, match="5 MB"):
        read_picture(JPEG + bytes(5_000_000))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_picture_that_moves_is_refused(form):
    frames = [a_picture(corner=colour) for colour in ("blue", "green")]
    content = encoded(a_picture(), form, save_all=True, append_images=frames)
    with pytest.raises(MovingPicture, match="stands still"):
        read_picture(content)


def test_a_picture_that_goes_over_its_pixels_for_ever_is_refused():
    progressive = encoded(a_picture(400, 300), progressive=True)
    assert 2 < files.scans_of(progressive) < 20
    assert read_picture(progressive).width == 400
    scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    with pytest.raises(NotAPicture):
        read_picture(progressive[:-2] + scan * 5000 + progressive[-2:])


def test_scans_of_a_preview_inside_are_not_counted():
    exif = Image.Exif()
    exif[0x010E] = encoded(a_picture()).decode("latin-1")
    assert files.scans_of(encoded(a_picture(), exif=exif.tobytes())) == 1


def test_every_cut_and_every_flipped_byte_is_a_picture_or_a_refusal():
    for content in (encoded(a_picture(), form) for form in ("JPEG", "PNG", "WEBP")):
        for place in range(0, len(content), 7):
            flipped = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
            for odd in (content[:place], flipped):
                try:
                    read_picture(odd)
                except Refusal as no:
                    assert no.sentence


# --- The private folder --------------------------------------------------------------------------


def test_a_private_file_has_no_address_and_is_ours_alone():
    name = files.keep_private("proofs/aa/one.jpg", b"pixels")
    assert files.open_private(name).read() == b"pixels"
    storage = storages["private"]
    assert storage.size(name) == 6
    from pathlib import Path

    path = Path(storage.path(name))
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with pytest.raises(ValueError, match="no address"):
        storage.url(name)
    files.forget_private(name)
    files.forget_private(name)
    with pytest.raises(FileNotFoundError):
        files.open_private(name)


def test_a_private_name_stays_in_its_folder():
    from django.core.exceptions import SuspiciousFileOperation

    with pytest.raises(SuspiciousFileOperation):
        files.open_private("../../etc/passwd")
