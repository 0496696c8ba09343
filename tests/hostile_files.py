"""Files made to do harm, or merely wrong, as code: each with the sentence that refuses it."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from kernel.papers import SENTENCES

# 64 × 48 pixels of grey, made for this test with libheif.
SMALL_HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA"
    "AAAAACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAAB8AAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAA"
    "AA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNw"
    "AAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFz"
    "wIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAA"
    "Av////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAACdtZGF0AAAAGygBrwtg9QruC418"
    "WNfdRrq5+3/KjM9HuAA9Ww=="
)


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    """A PDF with a line on each page."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(pages):
        canvas.drawString(72, 700, f"Certificate of liability insurance, page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def written(change: Callable[[PdfWriter], object]) -> bytes:
    """A PDF of one page after a change."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def png_of(width: int, height: int, packed: bytes) -> bytes:
    """A PNG whose header says one thing, whatever its pixels are."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_with_words(name: bytes, words: bytes) -> bytes:
    """A good PNG with one more chunk before its end."""
    good = picture("PNG")
    end = good.rindex(b"IEND") - 4
    return good[:end] + chunk(name, words) + good[end:]


def archive() -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as kept:
        kept.writestr("run.exe", b"MZ")
    return out.getvalue()


def zip_bomb() -> bytes:
    """Fifty megabytes of nothing in fifty kilobytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        kept.writestr("bomb", bytes(50_000_000))
    return out.getvalue()


def bomb_in_pdf(side: int, times: int = 1) -> bytes:
    """A PDF with one picture that unpacks to `side` × `side` pixels, packed `times` over."""
    packed = zlib.compress(bytes(side * side * 3), 9)
    for _ in range(times - 1):
        packed = zlib.compress(packed, 9)
    filters = b"/FlateDecode " * times
    size = b"%d" % side
    image = (
        b"<</Type/XObject/Subtype/Image/Width "
        + size
        + b"/Height "
        + size
        + b"/ColorSpace/DeviceRGB"
        b"/BitsPerComponent 8/Filter[" + filters + b"]/Length %d>>stream\n" % len(packed)
    )
    draw = b"q 600 0 0 700 0 0 cm /A Do Q"
    return objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</XObject<</A 5 0 R>>>>>>",
        b"<</Length %d>>stream\n" % len(draw) + draw + b"\nendstream",
        image + packed + b"\nendstream",
    )


def objects(*bodies: bytes) -> bytes:
    """A PDF of these objects, with a table of where they are."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + table
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start)
    return out


def busy_pdf() -> bytes:
    """A PDF whose page draws a form that draws a form, ten times each, eight deep."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources%s>>"
    uses = b"<</XObject<</A %d 0 R>>>>"
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page % (uses % 5),
        b"<</Length 50>>stream\n" + b"/A Do " * 8 + b"  \nendstream",
    ]
    for depth in range(8):
        words = b"/A Do " * 10 if depth < 7 else b"0 0 600 700 re f " * 50
        bodies.append(
            b"<</Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources%s/Group<</S/Transparency>>"
            b"/Length %d>>stream\n" % (uses % (6 + depth), len(words)) + words + b"\nendstream"
        )
    return objects(*bodies)


def slow_pages() -> bytes:
    """A PDF of twenty pages, each drawn in about a second: no page alone is too much."""
    strokes = b"0 0 m 600 800 l 5 700 l S " * 1000
    pages = range(4, 24)
    return objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 20/Kids[%s]>>" % b" ".join(b"%d 0 R" % page for page in pages),
        b"<</Length %d>>stream\n" % len(strokes) + strokes + b"\nendstream",
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 3 0 R>>" for _page in pages],
    )


def opening(deed: bytes) -> bytes:
    """A PDF that does something when it is opened."""
    return pdf().replace(b"/Type /Catalog", b"/OpenAction<<" + deed + b">>/Type /Catalog")


def looping_pdf() -> bytes:
    """A PDF whose table of places points back at itself."""
    whole = pdf()
    at = whole.rindex(b"trailer")
    start = whole.rindex(b"xref\n0")
    return whole[:at] + whole[at:].replace(b"<<", b"<</Prev %d " % start, 1)


def loop_of_pages() -> bytes:
    """A PDF whose pages contain themselves."""
    return objects(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2/Parent 2 0 R>>"
    )


def many_scans() -> bytes:
    """A progressive JPEG whose last scan stands there thousands of times."""
    whole = picture(size=(3000, 3000), progressive=True)
    at = whole.rindex(b"\xff\xda")
    scan = whole[at:-2]
    return whole[:at] + scan * (9_000_000 // len(scan)) + b"\xff\xd9"


HTML = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"

# What it is -> how it is made, and the word of the sentence that refuses it.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "an empty file": (lambda: b"", "empty"),
    "a file of zeros": (lambda: bytes(1000), "empty"),
    "more than 10 MB": (lambda: picture() + bytes(10_000_000), "large"),
    "HTML called a photo": (lambda: HTML, "type"),
    "SVG called a photo": (lambda: SVG, "type"),
    "a film called HEIC": (lambda: b"\0\0\0\x18ftypisom" + bytes(100), "type"),
    "GIF and JavaScript": (lambda: b"GIF89a/*" + bytes(50) + b"*/=1;alert(1)", "type"),
    "a zip file": (archive, "type"),
    "a zip bomb": (zip_bomb, "type"),
    "a gzipped PDF": (lambda: b"\x1f\x8b" + zlib.compress(pdf()), "type"),
    "a program": (lambda: b"MZ" + bytes(500), "type"),
    "words before a PDF": (lambda: b"\n\n" + pdf(), "type"),
    "JPEG and zip": (lambda: picture() + archive(), "mixed"),
    "PNG and zip bomb": (lambda: picture("PNG") + zip_bomb(), "mixed"),
    "PNG and HTML": (lambda: png_with_words(b"tEXt", b"a\0" + HTML), "mixed"),
    "JPEG and script in its comment": (lambda: picture(comment=SVG), "mixed"),
    "PDF and HTML": (lambda: pdf().replace(b"\n", b"\n%" + HTML + b"\n", 1), "mixed"),
    "PDF and zip": (lambda: pdf() + archive(), "mixed"),
    "PDF and JavaScript": (lambda: opening(b"/S/JavaScript/JS(app.alert(1))"), "program"),
    "PDF and a file in it": (
        lambda: written(lambda one: one.add_attachment("run.exe", b"MZ")),
        "program",
    ),
    "PDF that starts a program": (lambda: opening(b"/S/Launch/F(x)"), "program"),
    "a locked PDF": (
        lambda: written(lambda one: one.encrypt("secret", algorithm="AES-256")),
        "locked",
    ),
    "a PDF of 2,000 pages": (lambda: pdf(2000), "pages"),
    "a PDF of 21 pages": (lambda: pdf(21), "pages"),
    "a PDF cut in the middle": (lambda: pdf(20)[:-2000], "broken"),
    "a PDF without pages": (
        lambda: objects(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"),
        "broken",
    ),
    "a PDF of itself": (loop_of_pages, "broken"),
    "a PDF that draws ten million forms": (busy_pdf, "heavy"),
    "a PDF whose pages are slow together": (slow_pages, "heavy"),
    "a JPEG cut in the middle": (lambda: picture(size=(2000, 1500))[:-20_000], "broken"),
    "a PNG cut in the middle": (lambda: picture("PNG")[:-200], "broken"),
    "a HEIC cut in the middle": (lambda: SMALL_HEIC[:200], "broken"),
    "a JPEG of noise": (lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20, "broken"),
    "a flood of pixels": (lambda: png_of(20_000, 20_000, zlib.compress(bytes(1000))), "pixels"),
    "a flood without end": (lambda: png_of(2**31 - 1, 2**31 - 1, b""), "pixels"),
    "a broad flood": (lambda: png_of(25_000_001, 1, zlib.compress(bytes(1000))), "pixels"),
    "a PNG smaller than it says": (lambda: png_of(4000, 4000, zlib.compress(bytes(100))), "broken"),
    "a dot": (lambda: picture("PNG", size=(1, 1)), "small"),
    "a moving PNG": (
        lambda: picture("PNG", save_all=True, append_images=[Image.new("RGB", (640, 480))]),
        "moving",
    ),
}

# What does no harm within the limits: it may be read or be too heavy, by the speed of the machine.
CONTAINED: dict[str, Callable[[], bytes]] = {
    "a picture bomb in a PDF": lambda: bomb_in_pdf(8000),
    "a twice packed bomb in a PDF": lambda: bomb_in_pdf(14_000, times=2),
    "a JPEG of a thousand scans": many_scans,
    "a PDF whose table points at itself": looping_pdf,
}


def sentence_of(name: str) -> str:
    """How a file is refused."""
    return str(SENTENCES[HOSTILE[name][1]])
