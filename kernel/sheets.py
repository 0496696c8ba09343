"""Tables as other programs save them: CSV with commas or semicolons, read row by row."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.refusals import Refusal

ROW = "row"  # the field of a complaint about a row as a whole
LINE_BREAKS = "\r\n"


class UnreadableSheet(Refusal):
    code = "unreadable_file"
    message = gettext_lazy("This is not a CSV file.")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one row: the line of the file it starts on, the column, why in a sentence,
    and what was found there."""

    line: int
    field: str
    reason: str
    found: str = ""

    def as_dict(self) -> dict[str, object]:
        """The three things that other programs read."""
        return {"line": self.line, "field": self.field, "reason": self.reason}


Cells = tuple[str, ...]
Row = tuple[int, Cells | Complaint]


@dataclass(frozen=True)
class Sheet:
    """A file whose header was understood. `rows` hands out, once, each row's line and its cells in
    the order of the columns that were asked for (a missing column is empty cells), or a complaint.
    """

    rows: Iterator[Row]
    unknown_columns: list[str]
    lines: int


def read_sheet(content: bytes, *, columns: Sequence[str], required: Sequence[str]) -> Sheet:
    """Understand the header of a CSV file and hand out its rows one by one.

    UTF-8 with or without BOM, comma or semicolon, any order of columns, quoted cells with line
    breaks, LF, CRLF or CR. Cells lose surrounding space; line breaks inside become spaces. Refuses
    a file that is empty, is no text, has no row, or lacks a required column. Memory stays flat.
    """
    lines = Lines(content)
    cells, delimiter = read_header(lines, columns)
    header = [tidy_name(cell) for cell in cells]
    check_header(header, columns, required)
    if not lines.has_text_left():
        raise UnreadableSheet(_("The file has a header and no rows."))
    unknown = [
        cell for cell, name in zip(cells, header, strict=True) if name and name not in columns
    ]
    return Sheet(
        rows=read_rows(lines, delimiter, header, columns),
        unknown_columns=unknown,
        lines=content.count(b"\n"),
    )


class Lines:
    """The physical lines of a file, counted. Those a broken row swallowed can be given back."""

    def __init__(self, content: bytes) -> None:
        if not content or content.isspace():
            raise UnreadableSheet(_("The file is empty."))
        first_line = content[: content.find(b"\n") + 1 or len(content)]
        if b"\0" in first_line or content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableSheet(_("This is not UTF-8 text. Save the table as CSV in UTF-8."))
        self.source = io.TextIOWrapper(
            io.BytesIO(content), encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        self.waiting: list[str] = []
        self.taken: list[str] = []
        self.count = 0
        self.is_over = False

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self.waiting.pop() if self.waiting else self.source.readline()
        if not line:
            self.is_over = True
            raise StopIteration
        self.count += 1
        self.taken.append(line)
        return line

    def start_row(self) -> int:
        """The number of the line on which the next row starts."""
        self.taken.clear()
        self.is_over = False
        return self.count + 1

    def give_back(self) -> None:
        """Hand all lines of this row but its first out again."""
        self.waiting.extend(reversed(self.taken[1:]))
        self.count -= len(self.taken) - 1

    def has_text_left(self) -> bool:
        """Whether anything but blank lines follows; blank ones are passed over."""
        for line in self:
            if line.strip():
                self.waiting.append(line)
                self.count -= 1
                return True
        return False


def read_header(lines: Lines, columns: Sequence[str]) -> tuple[list[str], str]:
    """The cells of the first line with text, and the delimiter that yields most known names; no
    cells when none is known."""
    if not lines.has_text_left():
        raise UnreadableSheet(_("The file is empty."))
    line = next(lines).rstrip(LINE_BREAKS)
    if any(unicodedata.category(sign) == "Cs" for sign in line):
        raise UnreadableSheet(_("This is not UTF-8 text. Save the table as CSV in UTF-8."))
    best: tuple[list[str], str] = ([], ",")
    most = 0
    for delimiter in (",", ";"):
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        except csv.Error as no:
            raise UnreadableSheet from no
        known = len({tidy_name(cell) for cell in cells} & set(columns))
        if known > most:
            best, most = (cells, delimiter), known
    return best


def tidy_name(cell: str) -> str:
    """`" Tracking ID"` → `tracking_id`."""
    return "_".join(cell.strip().lower().replace("-", " ").split())


def check_header(header: list[str], columns: Sequence[str], required: Sequence[str]) -> None:
    """Refuse a header that isn't one, that lacks a column, or that has one twice."""
    if not header:
        example = ",".join(required)
        raise UnreadableSheet(
            _("The first line is not a header. It names the columns, like %(example)s.")
            % {"example": example}
        )
    if missing := [name for name in required if name not in header]:
        raise UnreadableSheet(
            _("The header lacks these columns: %(names)s.") % {"names": ", ".join(missing)}
        )
    for name in columns:
        if header.count(name) > 1:
            raise UnreadableSheet(
                _("The column %(name)s stands twice in the header.") % {"name": name}
            )


def read_rows(
    lines: Lines, delimiter: str, header: list[str], columns: Sequence[str]
) -> Iterator[Row]:
    """Each row's first line and its clean cells in the order of `columns`, or a complaint."""
    width = len(header)
    pick = itemgetter(*[header.index(name) if name in header else width for name in columns])
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = lines.start_row()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = None
        if row == []:
            continue
        if row is None or lines.is_over or len(row) != width:
            if reason := what_breaks(row, lines, width):
                lines.give_back()
                yield line, Complaint(line, ROW, reason)
                continue
            row = row[:width] + [""] * (width - len(row))
        row.append("")  # where the columns that the file does not have are read
        cells = pick(row)
        text = "|".join(cells)  # one look at the whole row is much cheaper than one a cell
        if not text.isprintable():
            yield line, clean(line, cells, columns)
        elif " |" in text or "| " in text or text[0] == " " or text[-1] == " ":
            yield line, tuple(cell.strip() for cell in cells)
        else:
            yield line, cells


def what_breaks(row: list[str] | None, lines: Lines, width: int) -> str:
    """Why a row can't be taken apart into the header's columns, or nothing."""
    if row is None or lines.is_over:
        return _("A quotation mark opens here and never closes.")
    if len(row) > width:  # an empty last cell may be one that a stray comma pushed along
        return _(
            "The row has %(found)s cells, the header %(expected)s. Put a cell that holds a comma"
            " or semicolon in quotation marks."
        ) % {"found": len(row), "expected": width}
    return ""


def clean(line: int, cells: Cells, columns: Sequence[str]) -> Cells | Complaint:
    """Cells with every run of space as one space; a sign that is no text is a complaint."""
    tidy = tuple(" ".join(cell.split()) for cell in cells)
    for name, cell in zip(columns, tidy, strict=True):
        kinds = {unicodedata.category(sign) for sign in cell}
        if "Cs" in kinds:
            return Complaint(line, name, _("This is not UTF-8 text."))
        if "Cc" in kinds:
            return Complaint(line, name, _("There is a control character in it."))
    return tidy


def safe_cell(value: object) -> object:
    """A cell for a table that a person may open: text that a spreadsheet would run as a formula
    gets a quote in front; numbers stay numbers, nothing known is empty."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value
