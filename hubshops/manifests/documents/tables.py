"""A day as a table for other programs."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, fields

from hubshops.manifests.queries import ExportRow
from kernel.sheets import safe_cell


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
