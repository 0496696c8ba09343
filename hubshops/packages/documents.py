"""What was wrong with a feed, as a table to mend it by."""

import csv
import io
from collections.abc import Iterable, Mapping

from kernel.sheets import safe_cell


def complaints_csv(complaints: Iterable[Mapping[str, object]]) -> str:
    """Line, column, what was found there and why it was refused; no cell runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["line", "field", "found", "reason"])
    for one in complaints:
        writer.writerow(
            safe_cell(cell) for cell in (one["line"], one["field"], one["found"], one["reason"])
        )
    return out.getvalue()
