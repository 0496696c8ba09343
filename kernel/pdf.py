"""What every paper of the house shares: a canvas, text in any script, wrapping, barcodes."""

import io
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from kernel.barcodes import QUIET, code128_width

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
    return (code128_width(text) + 2 * QUIET) * module


class Page:
    """One page's operators, written straight into its content stream: shapes first, then words.

    For papers with hundreds of marks, where the canvas's own text objects cost more than all the
    rest. Costs about a microsecond a mark.
    """

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.shapes: list[str] = []
        self.words: list[str] = []
        self._names = {name: font_name(canvas, name) for name in (PLAIN, BOLD)}

    def say(self, x: float, y: float, text: str, font: str, size: float) -> None:
        """Write one line, its left end at x, y."""
        if text.isascii():
            self.words.append(
                f"{self._names[font]} {size:.6g} Tf 1 0 0 1 {x:.6g} {y:.6g} Tm"
                f" ({text.translate(ESCAPES)}) Tj"
            )
            return
        self.words.append(f"1 0 0 1 {x:.6g} {y:.6g} Tm")
        for name, piece in runs(text, font):
            self.words.extend(self._piece(name, piece, size))

    def _piece(self, name: str, piece: str, size: float) -> Iterator[str]:
        if name in self._names:
            coded = self.canvas._escape(piece.encode("cp1252"))
            yield f"{self._names[name]} {size:.6g} Tf ({coded}) Tj"
            return
        font, doc = pdfmetrics.getFont(name), self.canvas._doc
        for subset, coded in font.splitString(piece, doc):
            inner = font.getSubsetInternalName(subset, doc)
            yield f"{inner} {size:.6g} Tf ({self.canvas._escape(coded)}) Tj"

    def say_right(self, x: float, y: float, text: str, font: str, size: float) -> None:
        """Write one line whose right end is at x, y."""
        self.say(x - width_of(text, font, size), y, text, font, size)

    def gray(self, gray: float) -> None:
        """The shade of the words that follow; 0 is black."""
        self.words.append(f"{gray:g} g")

    def lines(self, width: float, lines: Iterable[tuple[float, float, float, float]]) -> None:
        """Straight lines, each from x, y to x, y."""
        paths = [f"{a:.6g} {b:.6g} m {c:.6g} {d:.6g} l" for a, b, c, d in lines]
        if paths:
            self.shapes.append(f"{width:g} w {' '.join(paths)} S")

    def boxes(self, width: float, boxes: Iterable[tuple[float, float, float, float]]) -> None:
        """Empty boxes by their lower left corner, width and height."""
        paths = [f"{a:.6g} {b:.6g} {c:.6g} {d:.6g} re" for a, b, c, d in boxes]
        if paths:
            self.shapes.append(f"{width:g} w {' '.join(paths)} S")

    def fill(self, x: float, y: float, width: float, height: float) -> None:
        """A black box."""
        self.shapes.append(f"{x:.6g} {y:.6g} {width:.6g} {height:.6g} re f")

    def stretch(self, x: float, y: float, across: float, up: float, path: str) -> None:
        """A shape of unit modules in black, its lower left corner at x, y: a barcode, a QR code."""
        self.shapes.append(f"q {across:.4g} 0 0 {up:.4g} {x:.6g} {y:.6g} cm {path} f Q")

    def close(self) -> None:
        """Hand the page over to its document."""
        self.canvas.addLiteral("\n".join(["0 g 0 G", *self.shapes, "BT", *self.words, "ET"]))
        self.canvas.showPage()


ESCAPES = str.maketrans({"(": r"\(", ")": r"\)", "\\": "\\\\"})


def font_name(canvas: Canvas, font: str) -> str:
    """What a standard font is called inside a document."""
    return canvas._doc.getInternalFontName(font)
