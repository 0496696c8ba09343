"""Tables as text: commas, semicolons or tabs, read row by row."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

from django.utils.translation import gettext as _

from kernel.sheets.parts import (
    ROW,
    Complaint,
    Row,
    Sheet,
    UnreadableSheet,
    check_header,
    our_names,
    plain,
    tidy,
    unknown_of,
)
from kernel.sheets.source import Source

LINE_BREAKS = "\r\n"
DELIMITERS = (",", ";", "\t")
NOT_TEXT = re.compile("[\ud800-\udfff]")
LONGEST_HEADER = 100_000  # signs; what is longer is no line of names
MOST_SHOWN = 300  # of a row that can't be taken apart
LONGEST_PLAIN = 100_000  # signs; the csv module has a limit for longer ones
LINES_AT_ONCE = 1 << 16  # signs; a line more may be read


def read_csv(
    source: Source, columns: Sequence[str], required: Sequence[str], mapping: Mapping[str, str]
) -> Sheet:
    """Understand the header of a CSV file and hand out its rows one by one.

    Any order of columns, quoted cells with line breaks, LF, CRLF or CR. Cells lose surrounding
    space; line breaks inside become spaces. Memory stays flat.
    """
    lines = Lines(source.text())
    cells, delimiter = read_header(lines, columns, mapping)
    header = our_names(cells, columns, mapping)
    check_header(cells, header, columns, required)
    if not lines.has_text_left():
        raise UnreadableSheet(_("The file has a header and no rows."))
    return Sheet(
        rows=read_rows(lines, delimiter, header, columns),
        unknown_columns=unknown_of(cells, header, columns),
        lines=source.lines,
        header=cells,
        warnings=source.warnings,
    )


class Lines:
    """The physical lines of a file, counted. Those a broken row swallowed can be given back."""

    def __init__(self, source: io.TextIOWrapper) -> None:
        self.source = source
        self.waiting: list[str] = []
        self.taken: list[str] = []
        self.count = 0
        self.is_over = False

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        if not self.waiting and not self.fill():
            self.is_over = True
            raise StopIteration
        line = self.waiting.pop()
        self.count += 1
        self.taken.append(line)
        return line

    def fill(self) -> bool:
        """Read on; whether there was anything left."""
        self.waiting = self.source.readlines(LINES_AT_ONCE)
        self.waiting.reverse()
        return bool(self.waiting)

    def plain_row(self, delimiter: str, width: int) -> list[str] | None:
        """The cells of the next line when it can't be but a row of its own: without a quotation
        mark and as wide as the header. Most rows are such, and cutting them is half the work."""
        if not self.waiting and not self.fill():
            return None
        line = self.waiting[-1]
        if '"' in line or len(line) > LONGEST_PLAIN:
            return None
        row = line.rstrip(LINE_BREAKS).split(delimiter)
        if len(row) != width or width == 1:
            return None
        self.waiting.pop()
        self.count += 1
        return row

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


def read_header(
    lines: Lines, columns: Sequence[str], mapping: Mapping[str, str]
) -> tuple[list[str], str]:
    """The cells of the first line with text, and the delimiter that yields most known names; when
    none is known, the one that yields most cells."""
    if not lines.has_text_left():
        raise UnreadableSheet(_("The file is empty."))
    line = next(lines).rstrip(LINE_BREAKS)
    if len(line) > LONGEST_HEADER:
        raise UnreadableSheet
    if NOT_TEXT.search(line):
        raise UnreadableSheet(_("This is not UTF-8 text. Save the table as CSV in UTF-8."))
    best: tuple[list[str], str] = ([], ",")
    most = (-1, -1)
    for delimiter in DELIMITERS:
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        except csv.Error as no:
            raise UnreadableSheet from no
        known = len(set(our_names(cells, columns, mapping)) & set(columns))
        if (known, len(cells)) > most:
            best, most = (cells, delimiter), (known, len(cells))
    return best


def read_rows(
    lines: Lines, delimiter: str, header: list[str], columns: Sequence[str]
) -> Iterator[Row]:
    """Each row's first line and its clean cells in the order of `columns`, or a complaint."""
    width = len(header)
    pick = itemgetter(*[header.index(name) if name in header else width for name in columns])
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = lines.start_row()
        row = lines.plain_row(delimiter, width)
        if row is not None:
            row.append("")
            yield line, tidy(line, pick(row), columns)
            continue
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
                yield line, Complaint(line, ROW, reason, plain(lines.taken[0][:MOST_SHOWN].strip()))
                continue
            row = row[:width] + [""] * (width - len(row))
        row.append("")  # where the columns that the file does not have are read
        yield line, tidy(line, pick(row), columns)


def what_breaks(row: list[str] | None, lines: Lines, width: int) -> str:
    """Why a row can't be taken apart into the header's columns, or nothing."""
    if row is None or lines.is_over:
        return _("A quotation mark opens here and never closes. Close it or take it out.")
    if len(row) > width:  # an empty last cell may be one that a stray comma pushed along
        return _(
            "The row has %(found)s cells, the header %(expected)s. Put a cell that holds a comma"
            " or semicolon in quotation marks."
        ) % {"found": len(row), "expected": width}
    return ""
