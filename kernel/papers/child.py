"""Takes a paper apart, alone in a process that may use little: `python child.py < FILE > PAGES`.

Writes one page after the other: a line of JSON with width, height and size, then that many bytes of
JPEG, made of nothing but pixels. Ends with 3 and one word on standard error when it refuses the
file. It knows nothing of the portal and imports nothing of it.
"""

import io
import json
import resource
import sys
import warnings
import zipfile
from typing import Any, BinaryIO, NoReturn

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin

MEGABYTE = 1_000_000
MOST_FILE = 10 * MEGABYTE
MOST_PIXELS = 25 * MEGABYTE
MOST_PAGES = 20
MOST_MEMORY = 300 * MEGABYTE
MOST_WRITTEN = 40 * MEGABYTE
MOST_SECONDS = 2  # of the processor, start and all pages together
LONGEST_SIDE = 2000
LEAST_SIDE = 16
QUALITY = 82
REFUSED = 3
Image.MAX_IMAGE_PIXELS = None  # ours is smaller, and has a sentence
FORMATS = (JpegImagePlugin.JpegImageFile.format, PngImagePlugin.PngImageFile.format)
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
# What a page for browsers holds, and what makes a PDF do something by itself: words long enough not
# to stand in compressed bytes by chance.
PAGES_FOR_BROWSERS = (b"<script", b"<html", b"<!doctype")
PROGRAMS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
PASSWORD = 4  # what pdfium calls it
END_WITHIN = 1024


def main() -> None:
    """Judge the bytes as a whole, then draw what they show."""
    limit()
    content = sys.stdin.buffer.read(MOST_FILE + 1)
    if not content.strip(b"\0 \r\n\t"):
        refuse("empty")
    if len(content) > MOST_FILE:
        refuse("large")
    pages = io.BytesIO()
    try:
        draw = drawer_of(content)
        check_one_thing(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata, of which we keep none
            draw(content, pages)
    except MemoryError:
        refuse("heavy")
    except Exception:  # whatever a decoder breaks on is no paper
        refuse("broken")
    sys.stdout.buffer.write(pages.getbuffer())  # all pages or none
    sys.stdout.buffer.flush()


def limit() -> None:
    """What this process may use: memory, what it writes, and time, for the file as a whole: a
    file has many pages. After that the system ends this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


def refuse(word: str) -> NoReturn:
    """Say why in a word, and end."""
    sys.stderr.write(word)
    sys.stderr.flush()
    sys.exit(REFUSED)


def drawer_of(content: bytes) -> Any:
    """What draws a file that begins like this."""
    if content.startswith(b"%PDF-"):
        return draw_pages
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return draw_picture
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return draw_heic
    refuse("type")


def check_one_thing(content: bytes) -> None:
    """Refuse a file that is something else as well: an archive, or a page for browsers."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        refuse("mixed")
    plain = content.lower()
    if any(word in plain for word in PAGES_FOR_BROWSERS):
        refuse("mixed")


def draw_heic(content: bytes, out: BinaryIO) -> None:
    """The picture that an iPhone takes."""
    import pi_heif

    pi_heif.options.THUMBNAILS = pi_heif.options.AUX_IMAGES = pi_heif.options.DEPTH_IMAGES = False
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener()
    draw_picture(content, out, formats=["HEIF"])


def draw_picture(content: bytes, out: BinaryIO, formats: Any = FORMATS) -> None:
    """One picture, upright. Its size is read from the header, before anything is unpacked."""
    with Image.open(io.BytesIO(content), formats=formats) as found:
        if found.width * found.height > MOST_PIXELS:
            refuse("pixels")
        if min(found.size) < LEAST_SIDE:
            refuse("small")
        if found.format == "PNG" and getattr(found, "n_frames", 1) > 1:
            refuse("moving")
        found.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        found.load()
        write_page(on_white(ImageOps.exif_transpose(found)), out)


def draw_pages(content: bytes, out: BinaryIO) -> None:
    """Each page of a PDF as a picture, what was typed into its fields included."""
    if b"%%EOF" not in content[-END_WITHIN:]:
        refuse("broken")
    if any(word in content for word in PROGRAMS):
        refuse("program")
    import pypdfium2 as pdfium
    from pypdfium2 import raw

    try:
        pdf = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as no:
        refuse("locked" if getattr(no, "err_code", None) == PASSWORD else "broken")
    if not 0 < len(pdf) <= MOST_PAGES:
        refuse("pages" if len(pdf) else "broken")
    if raw.FPDFDoc_GetJavaScriptActionCount(pdf) or raw.FPDFDoc_GetAttachmentCount(pdf):
        refuse("program")
    pdf.init_forms()
    for page in pdf:
        scale = LONGEST_SIDE / max(*page.get_size(), 1)
        write_page(page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB"), out)
        page.close()


def on_white(picture: Image.Image) -> Image.Image:
    """Its pixels alone, in plain colours; what is transparent is white paper."""
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    return Image.frombytes("RGB", picture.size, picture.convert("RGB").tobytes())


def write_page(picture: Image.Image, out: BinaryIO) -> None:
    """A page as we keep it."""
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=QUALITY, optimize=True)
    about = {"width": picture.width, "height": picture.height, "size": kept.tell()}
    out.write(json.dumps(about).encode() + b"\n")
    out.write(kept.getvalue())


if __name__ == "__main__":
    main()
