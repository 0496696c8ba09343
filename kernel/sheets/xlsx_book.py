"""Tables as Excel workbooks (.xlsx). Taken apart in a process of its own that may use little, so
that a file made to fill memory ends that process and nothing else."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.sheets import xlsx_child
from kernel.sheets.parts import (
    FILE,
    ROW,
    Complaint,
    Row,
    Sheet,
    UnreadableSheet,
    check_header,
    our_names,
    tidy,
    unknown_of,
)
from kernel.sheets.source import Source

MOST_SECONDS = 90
TOO_LARGE = gettext_lazy("This workbook is too large to read. Save the sheet as CSV.")
SENTENCES = {
    "large": TOO_LARGE,
    "bomb": gettext_lazy("This workbook unpacks to far more than its size. Save the sheet as CSV."),
    "broken": gettext_lazy("This workbook is broken. Open it and save it anew."),
    "locked": gettext_lazy("This workbook has a password. Save it without one."),
    "other": gettext_lazy("This zip file is no Excel workbook. Save the sheet as .xlsx or CSV."),
    "macros": gettext_lazy("This workbook holds macros. Save it as .xlsx without them."),
    "links": gettext_lazy(
        "This workbook refers to other files. Save the sheet alone as .xlsx or CSV."
    ),
    "empty": gettext_lazy("The first sheet is empty."),
    "wide": gettext_lazy("The first sheet has too many columns. Delete those beside the table."),
}


def read_xlsx(
    source: Source, columns: Sequence[str], required: Sequence[str], mapping: Mapping[str, str]
) -> Sheet:
    """Understand the first row of the first sheet and hand out the others one by one.

    The line of a row is its number in the sheet. Numbers, days and times come as plain text.
    Refuses what is no workbook, holds macros or links, or unpacks to too much.
    """
    rows = taken_apart(source)
    about = json.loads(next(rows))
    _line, cells = json.loads(next(rows, '[1, [""]]'))
    cells = [str(cell).strip() for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    header = our_names(cells, columns, mapping)
    check_header(cells, header, columns, required)
    first = next(rows, None)
    if first is None:
        raise UnreadableSheet(_("The file has a header and no rows."))
    warnings = list(source.warnings)
    if about["sheets"] > 1:
        reason = _("The workbook has %(count)s sheets; only the first was read.")
        warnings.append(Complaint(1, FILE, reason % {"count": about["sheets"]}))
    return Sheet(
        rows=read_rows(first, rows, header, columns),
        unknown_columns=unknown_of(cells, header, columns),
        lines=about["rows"],
        header=cells,
        warnings=warnings,
    )


def taken_apart(source: Source) -> Iterator[bytes]:
    """The lines that the child wrote about this file."""
    answer: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  it goes with its rows
    with tempfile.TemporaryFile() as copy:
        source.file.seek(0)
        while piece := source.file.read(1 << 20):
            copy.write(piece)
        copy.seek(0)
        try:
            child = subprocess.run(  # noqa: S603  our own program, no word of it from outside
                [sys.executable, "-I", xlsx_child.__file__],
                stdin=copy,
                stdout=answer,
                stderr=subprocess.PIPE,
                timeout=MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as no:
            raise UnreadableSheet(TOO_LARGE) from no
    if child.returncode:
        word = child.stderr.decode(errors="replace")
        is_ours = child.returncode == xlsx_child.REFUSED and word in SENTENCES
        # Killed for its memory or time, or broken in a way of its own.
        killed = "large" if child.returncode < 0 or "MemoryError" in word else "broken"
        raise UnreadableSheet(SENTENCES[word if is_ours else killed])
    answer.seek(0)
    return iter(answer)


def read_rows(
    first: bytes, others: Iterator[bytes], header: list[str], columns: Sequence[str]
) -> Iterator[Row]:
    """Each row's number and its clean cells in the order of `columns`, or a complaint."""
    width = len(header)
    pick = itemgetter(*[header.index(name) if name in header else width for name in columns])
    text: bytes | None = first
    while text is not None:
        line, row = json.loads(text)
        yield line, cells_of(line, row, pick, width, columns)
        text = next(others, None)


def cells_of(
    line: int, row: list[Any], pick: Any, width: int, columns: Sequence[str]
) -> tuple[str, ...] | Complaint:
    """The cells of one row, or what is wrong with it as a whole or with a number in it."""
    if any(row[width:]):
        reason = _("There is a cell beside the table. Delete it, or give its column a name.")
        return Complaint(line, ROW, reason, str(next(filter(None, row[width:])))[:80])
    cells = pick([*row[:width], *[""] * (width + 1 - len(row[:width]))])
    for name, cell in zip(columns, cells, strict=True):
        if isinstance(cell, list):
            shown = tuple(one[0] if isinstance(one, list) else one for one in cells)
            reason = _(
                "This number has more digits than a cell keeps. Format the column as text and type"
                " it anew."
            )
            return Complaint(line, name, reason, cell[0][:80], shown)
    return tidy(line, cells, columns)
