"""What every paper of the house shares: a canvas, text in any script, wrapping, barcodes."""

import io
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from kernel.barcodes import QUIET, code128_bars

rl_config.useA85 = 0  # ASCII85 makes a file a third slower to write, and larger

Point = tuple[float, float]
LETTER: Point = (612.0, 792.0)
PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
FALLBACKS = {
    PLAIN: ("DejaVuSans", "DroidSansFallback"),
    BOLD: ("DejaVuSans-Bold", "DroidSansFallback"),
}


def new_canvas(*, title: str, author: str) -> tuple[Canvas, io.BytesIO]:
    """An empty Letter document, and the bytes it is saved to. The same drawing gives the same
    bytes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=LETTER, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    return canvas, out


@cache
def embedded(name: str) -> frozenset[int]:
    """Register a bundled font, once; the letters it has."""
    path = Path(settings.BASE_DIR) / "static" / "vendor" / "fonts" / f"{name}.ttf"
    font = TTFont(name, str(path))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


@lru_cache(maxsize=20_000)
def runs(text: str, font: str) -> tuple[tuple[str, str], ...]:
    """Text cut into (font, piece) so that each piece can be printed: the standard font for what it
    has, a bundled one for other scripts. What no font has becomes a question mark."""
    if text.isascii() or not _needs_help(text):
        return ((font, text),)
    pieces: list[tuple[str, str]] = []
    for sign in text:
        holder, shown = font_for(sign, font)
        if pieces and pieces[-1][0] == holder:
            pieces[-1] = (holder, pieces[-1][1] + shown)
        else:
            pieces.append((holder, shown))
    return tuple(pieces)


def _needs_help(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return True
    return False


def font_for(sign: str, font: str) -> tuple[str, str]:
    """The first font that has the letter, and what to print."""
    if not _needs_help(sign):
        return font, sign
    for name in FALLBACKS[font]:
        if ord(sign) in embedded(name):
            return name, sign
    return font, "?"


@lru_cache(maxsize=20_000)
def width_of(text: str, font: str, size: float) -> float:
    """How wide a line of text is, in points."""
    return sum(pdfmetrics.stringWidth(piece, name, size) for name, piece in runs(text, font))


def put_text(paper: PDFTextObject, at: Point, text: str, font: str, size: float) -> None:
    """Write one line into a text object, its left end at the point `at`."""
    paper.setTextOrigin(*at)
    for name, piece in runs(text, font):
        paper.setFont(name, size)
        paper.textOut(piece)


def put_right(paper: PDFTextObject, at: Point, text: str, font: str, size: float) -> None:
    """Write one line whose right end is at the point `at`."""
    put_text(paper, (at[0] - width_of(text, font, size), at[1]), text, font, size)


def wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Text as lines no wider than `width`; a word that is wider is cut (scripts without spaces are
    one word)."""
    if not text:
        return []
    if width_of(text, font, size) <= width:
        return [text]
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width_of(longer, font, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width_of(line, font, size) > width:
            cut = longest_start(line, font, size, width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line else lines


def longest_start(word: str, font: str, size: float, width: float) -> int:
    """How many letters of a word fit, at least one."""
    cut = 1
    while cut < len(word) and width_of(word[: cut + 1], font, size) <= width:
        cut += 1
    return cut


def cut(text: str, font: str, size: float, width: float) -> str:
    """A line that fits into `width`: its start and an ellipsis when it is longer."""
    if width_of(text, font, size) <= width:
        return text
    room = width - width_of("…", font, size)
    return text[: longest_start(text, font, size, room)].rstrip() + "…"


def fit(text: str, font: str, size: float, width: float, *, least: float) -> float:
    """The size, `size` at most and `least` at least, at which a line fits into `width`."""
    wide = width_of(text, font, size)
    return size if wide <= width else max(least, size * width / wide)


def barcode_width(text: str, module: float) -> float:
    """The width of a Code 128 with its white margins, for bars of `module` points."""
    return (code128_bars(text)[1] + 2 * QUIET) * module


def put_barcode(canvas: Canvas, at: Point, text: str, *, module: float, height: float) -> None:
    """Draw a Code 128, its first bar's foot at `at`. The caller leaves the white margins."""
    bars, _total = code128_bars(text)
    boxes = " ".join(f"{left} 0 {width} 1 re" for left, width in bars)
    canvas.addLiteral(f"q {module:.4f} 0 0 {height:.2f} {at[0]:.3f} {at[1]:.3f} cm {boxes} f Q")
