"""Statements as paper and as a table. The same statement gives the same bytes, every time."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from kernel import pdf
from kernel.money import as_decimal, as_dollars
from kernel.pdf import BOLD, PLAIN
from kernel.sheets import safe_cell
from payouts.statements.queries import Paper

# The page in points: Letter, three quarters of an inch of margin.
WIDTH, HEIGHT = pdf.LETTER
LEFT, RIGHT = 54.0, WIDTH - 54.0
TOP, BOTTOM = HEIGHT - 50.0, 62.0
GREEN = (0.04, 0.36, 0.27)
FRONT = TOP - 312.0  # where the rows begin on the first page
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


def statement_file(paper: Paper, kind: str) -> tuple[bytes, str, str]:
    """A statement as `pdf` or `csv`: its bytes, their content type, and the file's name."""
    name = f"{paper.statement.number}.{kind}"
    if kind == "pdf":
        return statement_pdf(paper), "application/pdf", name
    return statement_csv(paper), "text/csv; charset=utf-8", name


def money(cents: int) -> str:
    """Cents for paper: with an en dash, which every standard font has, as its minus."""
    return as_dollars(cents).replace("−", "–")


def statement_pdf(paper: Paper) -> bytes:
    """The statement as PDF in the language that is active: who, when, the sums, then every day,
    then every package with its rate. Some milliseconds a page."""
    number = paper.statement.number
    canvas, out = pdf.new_canvas(title=number, author=settings.SITE_NAME)
    rows = [*day_rows(paper), *package_rows(paper), *other_rows(paper)]
    pages = paginate(rows, first=FRONT)
    for place, rows in enumerate(pages, 1):
        sheet = Sheet(canvas)
        y = draw_front(sheet, paper) if place == 1 else draw_top(sheet, paper)
        draw_rows(sheet, rows, y, is_first=place == 1)
        draw_foot(sheet, number, place, len(pages))
        canvas.drawText(sheet.text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


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


def draw_front(sheet: Sheet, paper: Paper) -> float:
    """The upper part of the first page; where the rows begin."""
    statement = paper.statement
    sheet.canvas.setFillColorRGB(*GREEN)
    sheet.canvas.rect(LEFT, TOP - 3, 26, 4, stroke=0, fill=1)
    sheet.text.setFillColorRGB(*GREEN)
    sheet.say(LEFT, TOP - 22, settings.SITE_NAME, BOLD, 11)
    sheet.text.setFillGray(0)
    sheet.say(-RIGHT, TOP - 22, statement.number, BOLD, 11)
    sheet.say(LEFT, TOP - 52, _("Statement"), BOLD, 24)
    sheet.say(LEFT, TOP - 70, period(paper), PLAIN, 12)
    size = pdf.fit(statement.shop_name, BOLD, 12, 250, least=7)
    sheet.say(LEFT, TOP - 102, statement.shop_name, BOLD, size)
    for place, line in enumerate(pdf.wrap(statement.shop_address, PLAIN, SIZE, 230)[:3]):
        sheet.say(LEFT, TOP - 117 - place * 12, line)
    for place, (term, words) in enumerate(facts(paper)):
        sheet.text.setFillGray(0.35)
        sheet.say(324, TOP - 102 - place * 14, term)
        sheet.text.setFillGray(0)
        sheet.say(-RIGHT, TOP - 102 - place * 14, words)
    draw_sums(sheet, paper, TOP - 186)
    return FRONT


def period(paper: Paper) -> str:
    """“November 16, 2026 – November 20, 2026”, or the one day."""
    first, last = paper.statement.first_day, paper.statement.last_day
    words = date_format(first, "F j, Y")
    return words if first == last else f"{words} – {date_format(last, 'F j, Y')}"


def facts(paper: Paper) -> list[tuple[str, str]]:
    """What identifies the payment."""
    zone = ZoneInfo(paper.statement.zone)
    return [
        (_("Sent to the bank"), date_format(paper.sent_at.astimezone(zone), "M j, Y")),
        (_("Payment reference"), paper.reference),
        (_("Pay run"), str(paper.run_id)),
        (_("Issued"), date_format(paper.statement.issued_at.astimezone(zone), "M j, Y")),
        (_("Days and times in"), paper.statement.zone.replace("_", " ")),
    ]


def draw_sums(sheet: Sheet, paper: Paper, y: float) -> None:
    """Opening, earned, corrections, paid, closing: the lines that must add up."""
    statement = paper.statement
    packages = ngettext("%(count)s package", "%(count)s packages", statement.packages)
    lines = [
        (_("Left open before"), "", statement.opening_cents, PLAIN),
        (_("Earned"), packages % {"count": statement.packages}, statement.earned_cents, PLAIN),
        (_("Corrections"), "", statement.corrections_cents, PLAIN),
        (_("Paid to you"), "", statement.paid_cents, BOLD),
        (_("Left open now"), "", statement.closing_cents, PLAIN),
    ]
    sheet.rule(y, width=1, gray=0)
    for term, note, cents, font in lines:
        size = 12 if font == BOLD else 10.5
        sheet.say(LEFT, y - 16, term, font, size)
        sheet.text.setFillGray(0.35)
        sheet.say(LEFT + 190, y - 16, note)
        sheet.text.setFillGray(0)
        sheet.say(-RIGHT, y - 16, money(cents), font, size)
        y -= 23
        sheet.rule(y, gray=0.75 if term != lines[-1][0] else 0, width=0.5)


def draw_top(sheet: Sheet, paper: Paper) -> float:
    """One line that tells whose page this is when it lies alone; where the rows begin."""
    sheet.say(LEFT, TOP - 8, paper.statement.shop_name, BOLD)
    sheet.say(-RIGHT, TOP - 8, f"{paper.statement.number} · {period(paper)}", PLAIN, SMALL)
    sheet.rule(TOP - 16, gray=0)
    return TOP - 40.0


def draw_foot(sheet: Sheet, number: str, place: int, total: int) -> None:
    """That the paper is final, and the page's place."""
    words = _("This statement never changes. What is corrected later stands on the next one.")
    sheet.text.setFillGray(0.35)
    sheet.say(LEFT, BOTTOM - 26, words, PLAIN, SMALL)
    sheet.text.setFillGray(0)
    page = _("Page %(number)s of %(total)s") % {"number": place, "total": total}
    sheet.say(-RIGHT, BOTTOM - 26, page, PLAIN, SMALL)


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


def line(cells: Cells, titles: Cells, *, font: str = PLAIN, is_same_day: bool = False) -> Row:
    """One row of a table; the day of a row is faint when the row before has the same."""

    def draw(sheet: Sheet, y: float) -> None:
        for place, (x, words) in enumerate(cells):
            sheet.text.setFillGray(0.55 if is_same_day and place == 0 else 0)
            sheet.say(x, y - 11, words, font)
        sheet.rule(y - ROW, gray=0.88)

    return Row(ROW, draw, titles)


def day_rows(paper: Paper) -> list[Row]:
    """The table of days with its total."""
    titles = [
        (LEFT, _("Day")),
        (-250.0, _("Packages")),
        (-340.0, _("Earned")),
        (-430.0, _("Corrections")),
        (-RIGHT, _("Total")),
    ]
    rows = heading(_("By day"), titles)
    for day in paper.days:
        cells = [date_format(day["day"], "l, F j"), *sums_of(day)]
        rows.append(line(beside(titles, cells), titles))
    statement = paper.statement
    total = {
        "packages": statement.packages,
        "earned": statement.earned_cents,
        "corrections": statement.corrections_cents,
    }
    rows.append(line(beside(titles, [_("Total"), *sums_of(total)]), titles, font=BOLD))
    return rows


def sums_of(day: dict[str, Any]) -> list[str]:
    """The figures of a day or of all days."""
    total = day["earned"] + day["corrections"]
    corrections = money(day["corrections"]) if day["corrections"] else ""
    return [str(day["packages"]), money(day["earned"]), corrections, money(total)]


def beside(titles: Cells, words: Sequence[str]) -> Cells:
    """Words under the titles of their columns."""
    return [(x, cell) for (x, _title), cell in zip(titles, words, strict=True)]


def package_rows(paper: Paper) -> list[Row]:
    """The table of packages: one line each, corrections with their reason."""
    if not paper.lines:
        return []
    titles = [
        (LEFT, _("Day")),
        (112.0, _("Delivered")),
        (172.0, _("Tracking id")),
        (320.0, _("What for")),
        (-480.0, _("Rate")),
        (-RIGHT, _("Amount")),
    ]
    zone = ZoneInfo(paper.statement.zone)
    rows = heading(_("Every package"), titles)
    day = None
    for one in paper.lines:
        cells = beside(titles, package_cells(one, zone))
        rows.append(line(cells, titles, is_same_day=one["booked_on"] == day))
        day = one["booked_on"]
    return rows


def package_cells(one: dict[str, Any], zone: ZoneInfo) -> list[str]:
    """One fee or correction in words."""
    delivered = one["delivered_at"].astimezone(zone)
    clock = date_format(delivered, "g:i a").replace(".", "")
    tracking_id = one["tracking_id"]
    return [
        date_format(one["booked_on"], "D M j"),
        clock if one["is_earned"] else date_format(delivered, "M j"),
        tracking_id if len(tracking_id) <= 24 else f"{tracking_id[:23]}…",
        what_happened(one),
        money(one["rate_cents"]),
        money(one["amount_cents"]),
    ]


def what_happened(one: dict[str, Any]) -> str:
    """What this line is for, in a few words."""
    if not one["is_earned"]:
        return taken_back(one["reason"])
    return str(EXTRAS.get(one["kind"], "")) or _("Delivered")


# What is paid beside the fee, as short as a column is.
EXTRAS = {
    "premium": gettext_lazy("Extra beyond the cap"),
    "peak": gettext_lazy("Extra on a busy day"),
    "tier": gettext_lazy("Extra for many packages"),
    "top_up": gettext_lazy("Up to the minimum"),
}


def taken_back(reason: str) -> str:
    """Why a fee was taken back, by its reason code."""
    if not reason:
        return _("Taken back")
    return _("Taken back: %(reason)s") % {"reason": reason.replace("_", " ").lower()}


def other_rows(paper: Paper) -> list[Row]:
    """The table of what no package explains by itself; nothing when there is none."""
    if not paper.others:
        return []
    titles = [(LEFT, _("Day")), (132.0, _("What for")), (-RIGHT, _("Amount"))]
    rows = heading(_("Other corrections"), titles)
    for one in paper.others:
        what = f"{one['words']}: {one['memo']}" if one["memo"] else str(one["words"])
        cells = [
            date_format(one["booked_on"], "D M j"),
            what if len(what) <= 76 else f"{what[:75]}…",
            money(one["cents"]),
        ]
        rows.append(line(beside(titles, cells), titles))
    return rows


CSV_COLUMNS = [
    "statement",
    "booked_on",
    "delivered_at",
    "tracking_id",
    "kind",
    "rate",
    "amount",
    "reason",
]


def statement_csv(paper: Paper) -> bytes:
    """Every line of the statement as CSV: amounts in dollars, moments in UTC; the amounts add up to
    what was earned and corrected. No cell starts a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for one in paper.lines:
        delivered_at = one["delivered_at"].astimezone(dt.UTC).isoformat(timespec="seconds")
        writer.writerow(
            [
                paper.statement.number,
                one["booked_on"].isoformat(),
                delivered_at.replace("+00:00", "Z"),
                safe_cell(one["tracking_id"]),
                one["kind"] if one["is_earned"] else "correction",
                as_decimal(one["rate_cents"]),
                as_decimal(one["amount_cents"]),
                one["reason"],
            ]
        )
    for one in paper.others:
        amount, why = as_decimal(one["cents"]), safe_cell(one["memo"])
        kind, day = one["source_type"], one["booked_on"].isoformat()
        writer.writerow([paper.statement.number, day, "", "", kind, "", amount, why])
    return text.getvalue().encode()
