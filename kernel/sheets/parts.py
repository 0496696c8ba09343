"""What every kind of table is made of, and how its header and cells are tidied."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.refusals import Refusal

ROW = "row"  # the field of a complaint about a row as a whole
FILE = "file"  # the field of a warning about a file as a whole; it stands on line 1
MOST_COLUMNS = 200  # as in a workbook; a person is asked what each unknown one is
# Signs that nobody sees and that turn the text after them around, also on paper.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
MAY_RUN = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes such a text for a formula


class UnreadableSheet(Refusal):
    """The file is no table. `details["header"]` is what its first line said, when it was read."""

    code = "unreadable_file"
    message = gettext_lazy("This is not a table. Send it as CSV, Excel (.xlsx) or JSON.")


Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one row: the line of the file it starts on, the column, why and how to
    mend it in a sentence or two, what was found there, and the row's cells as far as they are known
    (in the order of the columns that were asked for)."""

    line: int
    field: str
    reason: str
    found: str = ""
    cells: Cells = ()

    def as_dict(self) -> dict[str, object]:
        """The three things that other programs read."""
        return {"line": self.line, "field": self.field, "reason": self.reason}


Row = tuple[int, Cells | Complaint]


@dataclass(frozen=True)
class Sheet:
    """A file whose header was understood. `rows` hands out, once, each row's line and its cells in
    the order of the columns that were asked for (a missing column is empty cells), or a complaint.

    `header` is the header as it is spelt; `lines` about how many lines there are, for a bar;
    `warnings` are about the file as a whole. Of JSON the unknown columns are complete once all rows
    were handed out.
    """

    rows: Iterator[Row]
    unknown_columns: list[str]
    lines: int
    header: list[str]
    warnings: list[Complaint] = field(default_factory=list)


def tidy_name(cell: str) -> str:
    """`" Tracking ID"` → `tracking_id`."""
    return "_".join(cell.strip().lower().replace("-", " ").split())


def our_names(cells: Sequence[str], columns: Sequence[str], mapping: Mapping[str, str]) -> list:
    """Each cell of a header as the column it stands for. A column that is there by its own name is
    never taken from a foreign one."""
    names = [tidy_name(cell) for cell in cells]
    known = set(columns)
    foreign = {tidy_name(name): ours for name, ours in mapping.items()}
    there = known.intersection(names)
    wanted = known - there
    return [
        foreign[name] if name not in known and foreign.get(name) in wanted else name
        for name in names
    ]


def check_header(
    cells: Sequence[str], header: Sequence[str], columns: Sequence[str], required: Sequence[str]
) -> None:
    """Refuse a header that isn't one, that has too many columns, lacks one or has one twice."""
    if len(cells) > MOST_COLUMNS:
        raise UnreadableSheet(
            _("The table has %(count)s columns; at most %(most)s fit. Delete the others.")
            % {"count": f"{len(cells):,}", "most": MOST_COLUMNS}
        )
    if not set(columns).intersection(header):
        raise UnreadableSheet(
            _("The first line is not a header. It names the columns, like %(example)s.")
            % {"example": ",".join(required)},
            header=cells,
        )
    if missing := [name for name in required if name not in header]:
        raise UnreadableSheet(
            _("The header lacks these columns: %(names)s.") % {"names": ", ".join(missing)},
            header=cells,
        )
    for name in columns:
        if list(header).count(name) > 1:
            raise UnreadableSheet(
                _("The column %(name)s stands twice in the header.") % {"name": name}, header=cells
            )


def unknown_of(cells: Sequence[str], header: Sequence[str], columns: Sequence[str]) -> list[str]:
    """The columns that nobody asked for, as they are spelt."""
    return [cell for cell, name in zip(cells, header, strict=True) if name and name not in columns]


def tidy(line: int, cells: Cells, columns: Sequence[str]) -> Cells | Complaint:
    """Cells as they are judged: no space around, every run of space one space, no quote in front of
    what a spreadsheet would run. A sign that is no text is a complaint."""
    text = "|".join(cells)  # one look at the whole row is much cheaper than one a cell
    if not text.isprintable():
        return clean(line, cells, columns)
    if " |" in text or "| " in text or text[:1] == " " or text[-1:] == " ":
        cells = tuple(cell.strip() for cell in cells)
    if "|'" in text or text[:1] == "'":
        cells = tuple(unguarded(cell) for cell in cells)
    return cells


def clean(line: int, cells: Cells, columns: Sequence[str]) -> Cells | Complaint:
    """Cells with every run of space as one space and nothing that turns text around; a sign that is
    no text is a complaint."""
    neat = tuple(unguarded(" ".join(cell.translate(TURNING).split())) for cell in cells)
    for name, cell in zip(columns, neat, strict=True):
        kinds = {unicodedata.category(sign) for sign in cell}
        if "Cs" in kinds:
            return Complaint(
                line, name, _("This is not UTF-8 text. Type this cell anew."), *seen(cell, neat)
            )
        if "Cc" in kinds:
            return Complaint(
                line,
                name,
                _("There is a control character in it. Type this cell anew."),
                *seen(cell, neat),
            )
    return neat


def seen(cell: str, cells: Cells) -> tuple[str, Cells]:
    """A cell and its row with what is no text shown as a question mark."""
    return plain(cell), tuple(plain(one) for one in cells)


def plain(text: str) -> str:
    """Text that can be kept and shown: what is no text is a question mark."""
    text = text.encode(errors="replace").decode()
    return "".join("?" if unicodedata.category(sign) == "Cc" else sign for sign in text)


def unguarded(cell: str) -> str:
    """A cell without the quote that `safe_cell` put in front."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in "=+-@" else cell


def safe_cell(value: object) -> object:
    """A cell for a table that a person may open: text that a spreadsheet would run as a formula
    gets a quote in front; numbers stay numbers, nothing known is empty."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(MAY_RUN):
        return "'" + value
    return value
