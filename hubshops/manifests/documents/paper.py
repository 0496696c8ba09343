"""A manifest as PDF."""

import hashlib
from collections.abc import Sequence

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hubshops.manifests.documents.layout import (
    BARS,
    BARS_AND_ID,
    BOTTOM,
    BOX,
    CODE,
    DOOR,
    FIRST_HEADER,
    HOUSE,
    HOUSE_SIZE,
    INITIALS,
    LEFT,
    LINE,
    MARK_SIZE,
    NAME_SIZE,
    NEXT_HEADER,
    NOTE_SIZE,
    OFF_TITLE,
    QR_MODULE,
    RESULT,
    RIGHT,
    SQUARE,
    STOP,
    STREET_SIZE,
    THICK_BAR,
    TIME,
    TOP,
    Off,
    Placed,
    mark_width,
    paginate,
    place_all,
)
from hubshops.manifests.models import Manifest
from hubshops.manifests.queries import ManifestPaper, paper_of, stored_paper
from kernel import pdf
from kernel.barcodes import QUIET as WHITE
from kernel.barcodes import code128_path
from kernel.pdf import BOLD, PLAIN, Page
from kernel.qr import qr_path, qr_size

DESIGN = 2  # counted up with every change of the drawing, so that no paper of the old one is kept
SHOP_WIDTH = RIGHT - LEFT - 210.0  # the left half of the header


def paper_fingerprint(paper: ManifestPaper) -> str:
    """SHA-256 of all that stands on a paper, its language and design included."""
    facts = repr((DESIGN, translation.get_language(), paper))
    return hashlib.sha256(facts.encode()).hexdigest()


def current_paper(manifest: Manifest) -> bytes:
    """The manifest's PDF as it is now: the one drawn ahead when no fact on it has changed since,
    else drawn on the spot. Never a stale one; writes nothing."""
    paper = paper_of(manifest)
    return stored_paper(manifest, paper_fingerprint(paper)) or manifest_pdf(paper)


def manifest_pdf(paper: ManifestPaper) -> bytes:
    """The manifest as PDF, in the language that is active: one row per package, stop by stop, with
    a tick box, a Code 128, a QR code per stop that opens its entry form, and columns for a pen.

    Rows are never split across pages. No phone number stands on it, and no name or address is in
    a code. The same facts give the same bytes. Fifty packages are two pages and take some
    milliseconds.
    """
    canvas, out = pdf.new_canvas(title=paper.number, author=paper.station)
    pages = paginate(place_all(paper))
    for number, rows in enumerate(pages, 1):
        page = Page(canvas)
        draw_page(page, paper, rows, number, len(pages))
        page.close()
    canvas.save()
    return out.getvalue()


def draw_page(
    page: Page, paper: ManifestPaper, rows: Sequence[Placed | Off], number: int, total: int
) -> None:
    """One page: header, rows from the top, the line about privacy at the bottom."""
    packages = [row for row in rows if isinstance(row, Placed)]
    tour = tour_words(paper, packages[0].row.tour) if packages else ""
    if number == 1:
        draw_first_header(page, paper, tour)
        y = TOP - FIRST_HEADER
    else:
        draw_next_header(page, paper, tour)
        y = TOP - NEXT_HEADER
    draw_footer(page, paper, number, total)
    if packages:
        y = draw_packages(page, paper, packages, y)
    for row in rows:
        if isinstance(row, Off):
            draw_off(page, row, y)
            y -= row.height


def draw_packages(page: Page, paper: ManifestPaper, rows: Sequence[Placed], top: float) -> float:
    """The table of packages; where it ends. Its lines leave the QR codes' column white."""
    draw_titles(page, top + 4)
    stops, between, boxes = [], [], []
    y = top
    for row in rows:
        if row.is_new_stop:
            stops += [(LEFT, y, SQUARE - 4, y), (CODE, y, RIGHT, y)]
        else:
            between += [(DOOR, y, SQUARE - 4, y), (CODE, y, RIGHT, y)]
        boxes.append((BOX, y - 20.5, 14.0, 14.0))
        draw_row(page, paper, row, y)
        y -= row.height
    page.lines(0.6, [*stops, (LEFT, y, RIGHT, y)])
    page.lines(0.25, between + [(x, top, x, y) for x in (TIME, RESULT, INITIALS)])
    page.boxes(1, boxes)
    return y


def draw_first_header(page: Page, paper: ManifestPaper, tour: str) -> None:
    """Whose page, for which day, how much, and until when it may be kept."""
    day = date_format(paper.service_day, "l, F j, Y")
    size = pdf.fit(paper.shop_name, BOLD, 20, SHOP_WIDTH, least=11)
    shop = pdf.cut(paper.shop_name, BOLD, size, SHOP_WIDTH)
    page.say(LEFT, TOP - 16, shop, BOLD, size)
    page.say_right(RIGHT, TOP - 15, day, BOLD, 14)
    page.say(LEFT, TOP - 32, pdf.cut(paper.shop_address, PLAIN, 9, SHOP_WIDTH), PLAIN, 9)
    page.say_right(RIGHT, TOP - 32, counts(paper), BOLD, 11)
    number = _("%(number)s · version %(version)s") % {
        "number": paper.number,
        "version": paper.version,
    }
    page.say(LEFT, TOP - 46, pdf.cut(number, PLAIN, 9, SHOP_WIDTH), PLAIN, 9)
    page.say_right(RIGHT, TOP - 46, destroy_by(paper), PLAIN, 9)
    station = _("From station %(station)s") % {"station": paper.station}
    page.say(LEFT, TOP - 59, pdf.cut(station, PLAIN, 9, SHOP_WIDTH), PLAIN, 9)
    hint = _("Scan a square with your phone to log that stop.")
    page.say_right(RIGHT, TOP - 59, hint, PLAIN, 8)
    page.say(LEFT, TOP - 73, pdf.cut(tour, BOLD, 11, SHOP_WIDTH), BOLD, 11)
    page.say_right(RIGHT, TOP - 73, taken_off(paper), BOLD, 9)


def taken_off(paper: ManifestPaper) -> str:
    """Where to read what is gone, for who still has the earlier paper."""
    count = len(paper.taken_off)
    words = ngettext(
        "%(count)s package was taken off: see the end of the list",
        "%(count)s packages were taken off: see the end of the list",
        count,
    )
    return words % {"count": count} if count else ""


def draw_next_header(page: Page, paper: ManifestPaper, tour: str) -> None:
    """One line that tells whose page this is when it lies alone."""
    day = date_format(paper.service_day, "D, M j")
    words = f"{day} · {paper.number} · v{paper.version}"
    room = RIGHT - LEFT - 12 - pdf.width_of(words, PLAIN, 9)
    name = f"{tour} · {paper.shop_name}" if tour else paper.shop_name
    shop = pdf.cut(name, BOLD, 11, max(room, 60))
    page.say(LEFT, TOP - 8, shop, BOLD, 11)
    page.say_right(RIGHT, TOP - 8, words, PLAIN, 9)


def tour_words(paper: ManifestPaper, number: int) -> str:
    """Whose tour a page is, of a day that is split; nothing for most days."""
    helper = dict(paper.helpers).get(number)
    if helper is None:
        return ""
    return _("Tour %(number)s: %(helper)s") % {"number": number, "helper": helper}


def counts(paper: ManifestPaper) -> str:
    """How many packages and stops."""
    packages = ngettext("%(count)s package", "%(count)s packages", len(paper.rows))
    stops = ngettext("%(count)s stop", "%(count)s stops", paper.stops)
    return f"{packages % {'count': len(paper.rows)}} · {stops % {'count': paper.stops}}"


def destroy_by(paper: ManifestPaper) -> str:
    """Until when the paper may be kept."""
    return _("Destroy by %(day)s") % {"day": date_format(paper.destroy_by, "l, F j")}


def draw_titles(page: Page, y: float) -> None:
    """What the columns are."""
    page.gray(0.35)
    titles = (
        (BOX, _("Done")),
        (STOP, _("Stop")),
        (HOUSE, _("House")),
        (DOOR, _("Street, unit, person")),
        (CODE + 8, _("Tracking id")),
        (TIME + 3, _("Time")),
        (RESULT + 3, _("Result")),
        (INITIALS + 3, _("Initials")),
    )
    ends = [x for x, _words in titles[1:]] + [RIGHT]
    for (x, words), end in zip(titles, ends, strict=True):
        page.say(x, y, words, PLAIN, pdf.fit(words, PLAIN, 7.5, end - x - 3, least=5))
    page.gray(0)


def draw_footer(page: Page, paper: ManifestPaper, number: int, total: int) -> None:
    """Privacy at the left, the page's place at the right."""
    words = _("Names and addresses are private. Keep this page with you.")
    page.say(LEFT, BOTTOM - 16, f"{words} {destroy_by(paper)}.", PLAIN, 8)
    place = _("Page %(number)s of %(total)s") % {"number": number, "total": total}
    page.say_right(RIGHT, BOTTOM - 16, place, BOLD, 9)


def draw_row(page: Page, paper: ManifestPaper, placed: Placed, y: float) -> None:
    """One package, its upper edge at `y`: stop, house number, door, person, codes."""
    row = placed.row
    if placed.is_new_stop:
        page.say(STOP, y - 17, str(row.stop), BOLD, 11)
        draw_square(page, paper.address_of(row), y)
    else:
        page.gray(0.6)
        page.say(STOP, y - 17, str(row.stop), BOLD, 11)
    if placed.house:
        size = pdf.fit(placed.house, BOLD, HOUSE_SIZE, DOOR - HOUSE - 6, least=9)
        page.say(HOUSE, y - 20, placed.house, BOLD, size)
    if not placed.is_new_stop:
        page.gray(0)
    draw_words(page, placed, y - 11.5)
    draw_code(page, placed, y)


def draw_words(page: Page, placed: Placed, baseline: float) -> None:
    """Street, unit, person, marks and note, line by line."""
    for line in placed.street:
        page.say(DOOR, baseline, line, BOLD, STREET_SIZE)
        baseline -= LINE
    for name in placed.names:
        page.say(DOOR, baseline - 0.5, name, PLAIN, NAME_SIZE)
        baseline -= LINE
    if placed.are_marks_below:
        draw_marks(page, placed.marks, DOOR, baseline - 0.5)
        baseline -= LINE
    elif placed.marks:
        name = placed.names[-1] if placed.names else ""
        x = DOOR + pdf.width_of(name, PLAIN, NAME_SIZE) + 7
        draw_marks(page, placed.marks, x, baseline + (LINE if name else 0.0) - 0.5)
    for note in placed.notes:
        page.say(DOOR, baseline - 0.5, note, PLAIN, NOTE_SIZE)
        baseline -= LINE


def draw_marks(page: Page, marks: Sequence[str], x: float, baseline: float) -> None:
    """White words on black: what the door needs, when, what is new."""
    page.gray(1)
    for words in marks:
        width = mark_width(words)
        page.fill(x, baseline - 2, width - 4, 9.5)
        page.say(x + 3.5, baseline + 0.3, words, BOLD, MARK_SIZE)
        x += width
    page.gray(0)


def draw_square(page: Page, address: str, y: float) -> None:
    """The QR code of a stop."""
    side = qr_size(address) * QR_MODULE
    page.stretch(SQUARE, y - 2.2 - side, QR_MODULE, QR_MODULE, qr_path(address))


def draw_code(page: Page, placed: Placed, y: float) -> None:
    """The barcode with its id below: in its column, or under the words when it is long."""
    tracking_id = placed.row.tracking_id
    x = STOP if placed.is_wide else CODE
    top = y - placed.height + BARS_AND_ID + 3 if placed.is_wide else y - 3.0
    module = min(THICK_BAR, (TIME - 2 - x) / pdf.barcode_width(tracking_id, 1.0))
    x += WHITE * module
    page.stretch(x, top - BARS, module, BARS, code128_path(tracking_id))
    page.say(x, top - BARS - 7.4, tracking_id, PLAIN, 7.5)


def draw_off(page: Page, off: Off, y: float) -> None:
    """A package taken off after an earlier version, for who still has the earlier paper."""
    if off.has_title:
        page.fill(LEFT, y - OFF_TITLE + 8, RIGHT - LEFT, 14)
        page.gray(1)
        words = _("TAKEN OFF: do not deliver these. They are not in your drop, or they go back.")
        page.say(LEFT + 4, y - OFF_TITLE + 12, words, BOLD, 9)
        page.gray(0)
        y -= OFF_TITLE
    row = off.row
    version = _("version %(number)s") % {"number": row.withdrawn_in}
    page.say(STOP, y - 8, str(row.stop), BOLD, 9)
    page.say(HOUSE, y - 8, pdf.cut(row.address1, PLAIN, 9, CODE - HOUSE - 20), PLAIN, 9)
    page.say(CODE, y - 8, row.tracking_id, PLAIN, 8)
    page.say_right(RIGHT, y - 8, version, PLAIN, 8)
