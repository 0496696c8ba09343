"""Tables as other programs save them: CSV, Excel or JSON, told apart by what they hold."""

from collections.abc import Mapping, Sequence

from kernel.sheets.csv_text import read_csv
from kernel.sheets.json_text import read_json
from kernel.sheets.parts import (
    FILE,
    ROW,
    Cells,
    Complaint,
    Row,
    Sheet,
    UnreadableSheet,
    safe_cell,
    tidy_name,
)
from kernel.sheets.source import JSON, XLSX, Content, Source
from kernel.sheets.xlsx_book import read_xlsx

__all__ = [
    "FILE",
    "ROW",
    "Cells",
    "Complaint",
    "Content",
    "Row",
    "Sheet",
    "Source",
    "UnreadableSheet",
    "read_sheet",
    "safe_cell",
    "tidy_name",
]


def read_sheet(
    content: Content | Source,
    *,
    columns: Sequence[str],
    required: Sequence[str],
    mapping: Mapping[str, str] | None = None,
    list_name: str = "rows",
    flags: Sequence[str] = (),
) -> Sheet:
    """Understand the header of a table and hand out its rows one by one.

    UTF-8 with or without BOM, UTF-16 with one, Windows-1252; comma, semicolon or tab; Excel; a JSON
    list of objects, or one under `list_name`. `mapping` says which of our columns a foreign name
    stands for; `flags` are the columns that JSON may say true or false in. Refuses a file that is
    empty, is no table, has no row, or lacks a required column. Memory stays flat.
    """
    source = content if isinstance(content, Source) else Source(content)
    mapping = mapping or {}
    if source.kind == XLSX:
        return read_xlsx(source, columns, required, mapping)
    if source.kind == JSON:
        return read_json(source, columns, required, mapping, list_name=list_name, flags=flags)
    return read_csv(source, columns, required, mapping)
