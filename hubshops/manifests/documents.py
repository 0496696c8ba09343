"""A manifest as paper, a day as a table."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from hubshops.manifests.queries import ExportRow, ManifestPaper, PaperRow
from hubshops.manifests.rules import split_street
from kernel import pdf
from kernel.pdf import BOLD, PLAIN
from kernel.sheets import safe_cell

# The page in points: Letter, half an inch of margin, columns from left to right.
WIDTH, HEIGHT = pdf.LETTER
LEFT, RIGHT = 36.0, WIDTH - 36.0
TOP, BOTTOM = HEIGHT - 34.0, 44.0
FIRST_HEADER, NEXT_HEADER = 88.0, 34.0
BOX, STOP, HOUSE, DOOR, CODE = LEFT, 60.0, 82.0, 150.0, 384.0
DOOR_WIDTH = CODE - DOOR - 14.0
MARKS_WIDTH = 88.0  # what a door needs and what is new, beside the name
SHOP_WIDTH = RIGHT - LEFT - 210.0  # the left half of the header
ROW, LINE = 27.0, 9.6
STREET_SIZE, NAME_SIZE, NOTE_SIZE, HOUSE_SIZE = 10.5, 9.0, 8.0, 19.0
BARS, BARS_AND_ID = 13.5, 22.5
THICK_BAR, THIN_BAR = 0.95, 0.72  # a module in points; below a quarter of a millimetre phones fail


Line = tuple[float, float, float, float]  # from x, y to x, y


@dataclass(frozen=True, slots=True)
class Placed:
    """A package's row with its lines broken and its height known."""

    row: PaperRow
    house: str
    street: list[str]
    names: list[str]
    notes: list[str]
    is_wide: bool  # the barcode is too long for its column and stands below
    height: float


def manifest_pdf(paper: ManifestPaper) -> bytes:
    """The manifest as PDF: one row per package, stop by stop, with a tick box and a Code 128.

    Rows are never split across pages. No phone number stands on it. The same facts give the same
    bytes. Fifty packages are two pages and take some milliseconds.
    """
    canvas, out = pdf.new_canvas(title=paper.number, author=paper.station)
    pages = paginate([place(row) for row in paper.rows])
    for number, rows in enumerate(pages, 1):
        draw_page(canvas, paper, rows, number, len(pages))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def place(row: PaperRow) -> Placed:
    """Break one row's words into lines and work out its height."""
    house, street = split_street(row.address1)
    words = f"{street}, {row.unit}" if row.unit else street
    lines = pdf.wrap(words, BOLD, STREET_SIZE, DOOR_WIDTH)
    names = pdf.wrap(row.name, PLAIN, NAME_SIZE, DOOR_WIDTH - MARKS_WIDTH)
    notes = pdf.wrap(row.instructions, PLAIN, NOTE_SIZE, DOOR_WIDTH)
    is_wide = pdf.barcode_width(row.tracking_id, THIN_BAR) > RIGHT - CODE
    words_height = 7.0 + LINE * (len(lines) + len(names) + len(notes))
    height = max(ROW, words_height + (BARS_AND_ID + 4.0 if is_wide else 0.0))
    return Placed(row, house, lines, names, notes, is_wide, height)


def paginate(rows: Sequence[Placed]) -> list[list[Placed]]:
    """Rows gathered into pages from the top; an empty manifest is one page."""
    pages: list[list[Placed]] = [[]]
    room = TOP - FIRST_HEADER - BOTTOM
    for row in rows:
        if row.height > room and pages[-1]:
            pages.append([])
            room = TOP - NEXT_HEADER - BOTTOM
        pages[-1].append(row)
        room -= row.height
    return pages


def draw_page(
    canvas: Canvas, paper: ManifestPaper, rows: Sequence[Placed], number: int, total: int
) -> None:
    """One page: header, rows from the top, the line about privacy at the bottom."""
    text = canvas.beginText()
    if number == 1:
        draw_first_header(text, paper)
        y = TOP - FIRST_HEADER
    else:
        draw_next_header(text, paper)
        y = TOP - NEXT_HEADER
    draw_titles(text, y + 4)
    draw_footer(text, paper, number, total)
    stops: list[Line] = []
    packages: list[Line] = []
    boxes: list[float] = []
    last_stop = None
    for row in rows:
        is_new_stop = row.row.stop != last_stop
        rules, left = (stops, LEFT) if is_new_stop else (packages, DOOR)
        rules.append((left, y, RIGHT, y))
        boxes.append(y - 20.5)
        draw_row(canvas, text, row, y, paper.version, is_new_stop=is_new_stop)
        last_stop, y = row.row.stop, y - row.height
    draw_rules(canvas, [*stops, (LEFT, y, RIGHT, y)], packages, boxes)
    canvas.drawText(text)


def draw_first_header(text: PDFTextObject, paper: ManifestPaper) -> None:
    """Whose page, for which day, how much, and until when it may be kept."""
    day = date_format(paper.service_day, "l, F j, Y")
    size = pdf.fit(paper.shop_name, BOLD, 20, SHOP_WIDTH, least=11)
    shop = pdf.cut(paper.shop_name, BOLD, size, SHOP_WIDTH)
    pdf.put_text(text, (LEFT, TOP - 16), shop, BOLD, size)
    pdf.put_right(text, (RIGHT, TOP - 15), day, BOLD, 14)
    address = pdf.cut(paper.shop_address, PLAIN, 9, SHOP_WIDTH)
    pdf.put_text(text, (LEFT, TOP - 32), address, PLAIN, 9)
    pdf.put_right(text, (RIGHT, TOP - 32), counts(paper), BOLD, 11)
    number = _("%(number)s · version %(version)s") % {
        "number": paper.number,
        "version": paper.version,
    }
    pdf.put_text(text, (LEFT, TOP - 46), pdf.cut(number, PLAIN, 9, SHOP_WIDTH), PLAIN, 9)
    pdf.put_right(text, (RIGHT, TOP - 46), destroy_by(paper), PLAIN, 9)
    station = _("From station %(station)s") % {"station": paper.station}
    pdf.put_text(text, (LEFT, TOP - 59), pdf.cut(station, PLAIN, 9, SHOP_WIDTH), PLAIN, 9)


def draw_next_header(text: PDFTextObject, paper: ManifestPaper) -> None:
    """One line that tells whose page this is when it lies alone."""
    day = date_format(paper.service_day, "D, M j")
    words = f"{day} · {paper.number} · v{paper.version}"
    room = RIGHT - LEFT - 12 - pdf.width_of(words, PLAIN, 9)
    shop = pdf.cut(paper.shop_name, BOLD, 11, max(room, 60))
    pdf.put_text(text, (LEFT, TOP - 8), shop, BOLD, 11)
    pdf.put_right(text, (RIGHT, TOP - 8), words, PLAIN, 9)


def counts(paper: ManifestPaper) -> str:
    """How many packages and stops."""
    packages = ngettext("%(count)s package", "%(count)s packages", len(paper.rows))
    stops = ngettext("%(count)s stop", "%(count)s stops", paper.stops)
    return f"{packages % {'count': len(paper.rows)}} · {stops % {'count': paper.stops}}"


def destroy_by(paper: ManifestPaper) -> str:
    """Until when the paper may be kept."""
    return _("Destroy by %(day)s") % {"day": date_format(paper.destroy_by, "l, F j")}


def draw_titles(text: PDFTextObject, y: float) -> None:
    """What the columns are."""
    text.setFillGray(0.35)
    titles = (
        (BOX, _("Done")),
        (STOP, _("Stop")),
        (HOUSE, _("House")),
        (DOOR, _("Street, unit, person")),
        (CODE + 8, _("Tracking id")),
    )
    ends = [x for x, _words in titles[1:]] + [RIGHT]
    for (x, words), end in zip(titles, ends, strict=True):
        size = pdf.fit(words, PLAIN, 7.5, end - x - 3, least=5)
        pdf.put_text(text, (x, y), words, PLAIN, size)
    text.setFillGray(0)


def draw_footer(text: PDFTextObject, paper: ManifestPaper, number: int, total: int) -> None:
    """Privacy at the left, the page's place at the right."""
    words = _("Names and addresses are private. Keep this page with you.")
    pdf.put_text(text, (LEFT, BOTTOM - 16), f"{words} {destroy_by(paper)}.", PLAIN, 8)
    page = _("Page %(number)s of %(total)s") % {"number": number, "total": total}
    pdf.put_right(text, (RIGHT, BOTTOM - 16), page, BOLD, 9)


def draw_rules(
    canvas: Canvas, stops: Sequence[Line], packages: Sequence[Line], boxes: Sequence[float]
) -> None:
    """Full lines around stops, fine ones between packages of one stop, and the tick boxes."""
    canvas.setLineWidth(0.6)
    canvas.lines(stops)
    canvas.setLineWidth(0.25)
    canvas.lines(packages)
    canvas.setLineWidth(1)
    ticks = canvas.beginPath()
    for y in boxes:
        ticks.rect(BOX, y, 14, 14)
    canvas.drawPath(ticks)


def draw_row(
    canvas: Canvas,
    text: PDFTextObject,
    placed: Placed,
    y: float,
    version: int,
    *,
    is_new_stop: bool,
) -> None:
    """One package, its upper edge at `y`: stop, house number, door, person, barcode."""
    row = placed.row
    text.setFillGray(0 if is_new_stop else 0.6)
    pdf.put_text(text, (STOP, y - 17), str(row.stop), BOLD, 11)
    if placed.house:
        size = pdf.fit(placed.house, BOLD, HOUSE_SIZE, DOOR - HOUSE - 8, least=9)
        pdf.put_text(text, (HOUSE, y - 20), placed.house, BOLD, size)
    text.setFillGray(0)
    baseline = y - 11.5
    for line in placed.street:
        pdf.put_text(text, (DOOR, baseline), line, BOLD, STREET_SIZE)
        baseline -= LINE
    for name in placed.names[:-1]:
        pdf.put_text(text, (DOOR, baseline - 0.5), name, PLAIN, NAME_SIZE)
        baseline -= LINE
    draw_person(canvas, text, placed, baseline - 0.5, version)
    for line in placed.notes:
        baseline -= LINE
        pdf.put_text(text, (DOOR, baseline - 0.5), line, PLAIN, NOTE_SIZE)
    draw_code(canvas, text, placed, y)


def draw_person(
    canvas: Canvas, text: PDFTextObject, placed: Placed, baseline: float, version: int
) -> None:
    """The name's last line, and marks for what the door needs or what a later version added."""
    row, name = placed.row, placed.names[-1] if placed.names else ""
    pdf.put_text(text, (DOOR, baseline), name, PLAIN, NAME_SIZE)
    x = DOOR + pdf.width_of(name, PLAIN, NAME_SIZE) + 7
    for words in marks_of(row, version):
        width = pdf.width_of(words, BOLD, 7) + 7
        canvas.rect(x, baseline - 2, width, 9.5, stroke=0, fill=1)
        text.setFillGray(1)
        pdf.put_text(text, (x + 3.5, baseline + 0.3), words, BOLD, 7)
        text.setFillGray(0)
        x += width + 4


def marks_of(row: PaperRow, version: int) -> list[str]:
    """What the door needs, and whether this version brought the package."""
    marks = []
    if row.requires == "signature":
        marks.append(_("SIGNATURE"))
    elif row.requires == "code":
        marks.append(_("CODE"))
    if row.added_in > 1 and row.added_in == version:
        marks.append(_("NEW"))
    return marks


def draw_code(canvas: Canvas, text: PDFTextObject, placed: Placed, y: float) -> None:
    """The barcode with its id below: at the right, or under the words when it is long."""
    tracking_id = placed.row.tracking_id
    x = DOOR - 8 if placed.is_wide else CODE
    top = y - placed.height + BARS_AND_ID + 3 if placed.is_wide else y - 3.0
    narrow = pdf.barcode_width(tracking_id, 1.0)
    module = min(THICK_BAR, (RIGHT - x) / narrow)
    margin = 10 * module
    pdf.put_barcode(canvas, (x + margin, top - BARS), tracking_id, module=module, height=BARS)
    pdf.put_text(text, (x + margin, top - BARS - 7.4), tracking_id, PLAIN, 7.5)


def day_csv(rows: Iterable[ExportRow]) -> str:
    """The day as CSV with a header; moments in UTC as ISO 8601; no cell runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(field.name for field in fields(ExportRow))
    for row in rows:
        *cells, last_event_at = astuple(row)
        moment = last_event_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        writer.writerow([safe_cell(cell) for cell in cells] + [moment])
    return out.getvalue()
