"""Where things stand on a manifest's paper: words broken into lines, heights, pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hubshops.manifests.queries import ManifestPaper, OffRow, PaperRow
from hubshops.manifests.rules import split_street
from kernel import pdf
from kernel.pdf import BOLD, PLAIN
from kernel.qr import QUIET, qr_size

# The page in points: Letter, half an inch of margin, columns from left to right. The last three
# are for a pen, when no phone is at hand.
WIDTH, HEIGHT = pdf.LETTER
LEFT, RIGHT = 36.0, WIDTH - 36.0
TOP, BOTTOM = HEIGHT - 34.0, 44.0
FIRST_HEADER, NEXT_HEADER = 88.0, 34.0
BOX, STOP, HOUSE, DOOR, SQUARE, CODE = LEFT, 54.0, 74.0, 132.0, 292.0, 324.0
TIME, RESULT, INITIALS = 488.0, 519.0, 549.0
DOOR_WIDTH = SQUARE - DOOR - 4.0
CODE_WIDTH = TIME - CODE - 2.0
ROW, LINE = 27.0, 9.6
STREET_SIZE, NAME_SIZE, NOTE_SIZE, MARK_SIZE, HOUSE_SIZE = 10.5, 9.0, 8.0, 7.0, 19.0
BARS, BARS_AND_ID = 13.5, 22.5
THICK_BAR, THIN_BAR = 0.95, 0.72  # a module in points; below a quarter of a millimetre phones fail
QR_MODULE = 0.88
OFF_TITLE, OFF_ROW = 30.0, 12.5


@dataclass(slots=True)
class Placed:
    """A package's row with its lines broken and its height known."""

    row: PaperRow
    house: str
    street: list[str]
    names: list[str]
    notes: list[str]
    marks: list[str]
    are_marks_below: bool  # too long to stand beside the name
    is_wide: bool  # the barcode is too long for its column and stands below
    is_new_stop: bool
    height: float


@dataclass(frozen=True, slots=True)
class Off:
    """A line about a package taken off; the first of them carries the title."""

    row: OffRow
    has_title: bool

    @property
    def height(self) -> float:
        """Title and line stay together."""
        return OFF_ROW + (OFF_TITLE if self.has_title else 0.0)


def place_all(paper: ManifestPaper) -> list[Placed | Off]:
    """Everything that stands on the paper, from the top."""
    placed: list[Placed | Off] = []
    stop, square = None, qr_height(paper)
    for row in paper.rows:
        placed.append(place(row, paper.version, square, is_new_stop=row.stop != stop))
        stop = row.stop
    return placed + [Off(row, has_title=not number) for number, row in enumerate(paper.taken_off)]


def place(row: PaperRow, version: int, square: float, *, is_new_stop: bool) -> Placed:
    """Break one row's words into lines and work out its height; `square` is what a row with a QR
    code needs at least."""
    house, street = split_street(row.address1)
    words = f"{street}, {row.unit}" if row.unit else street
    lines = pdf.wrap(words, BOLD, STREET_SIZE, DOOR_WIDTH)
    names = pdf.wrap(row.name, PLAIN, NAME_SIZE, DOOR_WIDTH)
    notes = pdf.wrap(row.instructions, PLAIN, NOTE_SIZE, DOOR_WIDTH)
    marks = marks_of(row, version)
    are_below = bool(marks and names) and beside(names[-1], marks) > DOOR_WIDTH
    is_wide = pdf.barcode_width(row.tracking_id, THIN_BAR) > CODE_WIDTH
    height = 7.0 + LINE * (len(lines) + len(names) + len(notes) + are_below)
    if is_wide:
        height = max(height, square) + BARS_AND_ID + 4.0
    least = square if is_new_stop else ROW
    return Placed(
        row, house, lines, names, notes, marks, are_below, is_wide, is_new_stop, max(least, height)
    )


def beside(name: str, marks: Sequence[str]) -> float:
    """How wide a name with its marks is."""
    return pdf.width_of(name, PLAIN, NAME_SIZE) + 7 + sum(map(mark_width, marks))


def mark_width(words: str) -> float:
    """A mark with the white around it."""
    return pdf.width_of(words, BOLD, MARK_SIZE) + 11


def qr_height(paper: ManifestPaper) -> float:
    """A row that carries a QR code, with the white that readers need below it."""
    if not paper.rows:
        return ROW
    longest = max((paper.address_of(row) for row in paper.rows), key=len)
    return max(ROW, (qr_size(longest) + QUIET + 1) * QR_MODULE)


def marks_of(row: PaperRow, version: int) -> list[str]:
    """What the door needs, when, and whether this version brought the package."""
    marks = []
    if row.requires == "signature":
        marks.append(_("SIGNATURE"))
    elif row.requires == "code":
        marks.append(_("CODE"))
    if row.window:
        marks.append(row.window)
    if row.added_in > 1 and row.added_in == version:
        marks.append(_("NEW"))
    return marks


def paginate(rows: Sequence[Placed | Off]) -> list[list[Placed | Off]]:
    """Rows gathered into pages from the top; an empty manifest is one page. Each tour starts on a
    page of its own, so that each helper gets hers. A stop that goes on overleaf says its door
    again."""
    pages: list[list[Placed | Off]] = [[]]
    room = TOP - FIRST_HEADER - BOTTOM
    for row in rows:
        if pages[-1] and (row.height > room or is_next_tour(pages[-1][-1], row)):
            pages.append([])
            room = TOP - NEXT_HEADER - BOTTOM
        if isinstance(row, Placed) and not pages[-1]:
            row.is_new_stop = True
        pages[-1].append(row)
        room -= row.height
    return pages


def is_next_tour(last: Placed | Off, row: Placed | Off) -> bool:
    """Whether another person's tour begins here."""
    if not isinstance(last, Placed) or not isinstance(row, Placed):
        return False
    return last.row.tour != row.row.tour
