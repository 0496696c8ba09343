"""Papers of the house: rows that flow over Letter pages, titles repeated, nothing split."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from kernel import pdf
from kernel.money import as_dollars
from kernel.pdf import BOLD, PLAIN

# The page in points: Letter, three quarters of an inch of margin.
WIDTH, HEIGHT = pdf.LETTER
LEFT, RIGHT = 54.0, WIDTH - 54.0
TOP, BOTTOM = HEIGHT - 50.0, 62.0
GREEN = (0.04, 0.36, 0.27)
SIZE, SMALL, ROW = 9.5, 8.0, 15.0
Cells = Sequence[tuple[float, str]]  # where each cell stands; negative: its right end


@dataclass(frozen=True)
class Row:
    """A piece of the flow that is never split. `titles` is the header to repeat on a new page."""

    height: float
    draw: Callable[["Sheet", float], None]
    titles: Cells = ()
    keeps_next: bool = False


@dataclass
class Sheet:
    """A page being drawn: shapes go on the canvas, words into one text object."""

    canvas: Canvas
    text: PDFTextObject = field(init=False)

    def __post_init__(self) -> None:
        self.text = self.canvas.beginText()

    def say(self, x: float, y: float, words: str, font: str = PLAIN, size: float = SIZE) -> None:
        """One line of words; a negative `x` is its right end."""
        put = pdf.put_text if x >= 0 else pdf.put_right
        put(self.text, (abs(x), y), words, font, size)

    def rule(self, y: float, *, width: float = 0.4, gray: float = 0.75) -> None:
        """A line from margin to margin."""
        self.canvas.setStrokeGray(gray)
        self.canvas.setLineWidth(width)
        self.canvas.line(LEFT, y, RIGHT, y)


def money(cents: int) -> str:
    """Cents for paper: with an en dash, which every standard font has, as its minus."""
    return as_dollars(cents).replace("−", "–")


def paginate(rows: Sequence[Row], *, first: float) -> list[list[Row]]:
    """Rows gathered into pages; a heading never stands alone at the foot of one."""
    pages: list[list[Row]] = [[]]
    y = first
    for place, row in enumerate(rows):
        needed = row.height + (rows[place + 1].height if row.keeps_next else 0)
        if y - needed < BOTTOM and pages[-1]:
            pages.append([])
            y = TOP - 40.0 - (ROW if row.titles else 0)
        pages[-1].append(row)
        y -= row.height
    return pages


def draw_rows(sheet: Sheet, rows: Sequence[Row], y: float, *, is_first: bool) -> None:
    """Rows from `y` down; a table that goes on from the page before gets its titles again."""
    if not is_first and rows and rows[0].titles:
        draw_titles(sheet, y, rows[0].titles)
        y -= ROW
    for row in rows:
        row.draw(sheet, y)
        y -= row.height


def draw_titles(sheet: Sheet, y: float, titles: Cells) -> None:
    """What the columns are."""
    sheet.text.setFillGray(0.35)
    for x, words in titles:
        sheet.say(x, y - 9, words, PLAIN, SMALL)
    sheet.text.setFillGray(0)
    sheet.rule(y - 13, gray=0.4)


def heading(words: str, titles: Cells) -> list[Row]:
    """A table's name and its columns, kept with the first row."""

    def draw_name(sheet: Sheet, y: float) -> None:
        sheet.say(LEFT, y - 22, words, BOLD, 12)

    def draw_columns(sheet: Sheet, y: float) -> None:
        draw_titles(sheet, y, titles)

    return [Row(32.0, draw_name, keeps_next=True), Row(ROW, draw_columns, keeps_next=True)]


def line(
    cells: Cells,
    titles: Cells,
    *,
    font: str = PLAIN,
    is_same_day: bool = False,
    keeps_next: bool = False,
) -> Row:
    """One row of a table; the day of a row is faint when the row before has the same. One that
    `keeps_next` has no rule below it: the next belongs to it."""

    def draw(sheet: Sheet, y: float) -> None:
        for place, (x, words) in enumerate(cells):
            sheet.text.setFillGray(0.55 if is_same_day and place == 0 else 0)
            sheet.say(x, y - 11, words, font)
        if not keeps_next:
            sheet.rule(y - ROW, gray=0.88)

    return Row(ROW, draw, titles, keeps_next=keeps_next)


def beside(titles: Cells, words: Sequence[str]) -> Cells:
    """Words under the titles of their columns."""
    return [(x, cell) for (x, _title), cell in zip(titles, words, strict=True)]
