"""What was wrong with a feed, as a table to mend it by."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from hubshops.packages.queries import FEED_COLUMNS
from kernel.cells import NUMBER
from kernel.sheets import safe_cell


def corrected_rows_csv(complaints: Iterable[Mapping[str, Any]]) -> str:
    """The refused rows alone, in the feed's own columns, to be mended and loaded. The last column
    says why; loading passes it over. A row that could not be taken apart stands in that column."""
    return table(
        (*FEED_COLUMNS, "reason"),
        ([*cells_of(one), why(one)] for one in complaints),
    )


def cells_of(complaint: Mapping[str, Any]) -> list[str]:
    """The row's cells in the order of the feed's columns, empty when they are not known."""
    return list(complaint.get("cells") or [""] * len(FEED_COLUMNS))


def why(complaint: Mapping[str, Any]) -> str:
    """The reason; with what was found when there are no cells to show it."""
    reason = complaint["reason"]
    return reason if complaint.get("cells") else f"{reason} {complaint['found']}".strip()


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """CSV that a person may open: what a spreadsheet would run gets a quote in front, which our
    reading takes away again; a number stays one."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(
            cell if isinstance(cell, str) and NUMBER.fullmatch(cell) else safe_cell(cell)
            for cell in row
        )
    return out.getvalue()
