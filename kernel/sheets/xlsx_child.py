"""Takes a workbook apart, alone in a process that may use little: `python xlsx_child.py < FILE`.

Writes `[row number, [cell, …]]` as JSON, a line a row; a number that has more digits than a cell
can hold is a list of one. Ends with 3 and one word on standard error when it refuses the file. It
knows nothing of the portal and imports nothing of it.
"""

import datetime as dt
import io
import json
import resource
import sys
import zipfile
from decimal import Decimal
from typing import Any, NoReturn, TextIO

MEGABYTE = 1_000_000
MOST_FILE = 60 * MEGABYTE
MOST_ENTRIES = 200
MOST_UNPACKED = 200 * MEGABYTE
MOST_RATIO = 100
MOST_MEMORY = 600 * MEGABYTE
MOST_SECONDS = 30
MOST_WRITTEN = 400 * MEGABYTE
MOST_COLUMNS = 200
REFUSED = 3
SURE_DIGITS = 10**15  # a cell keeps 15 digits of a number


def main() -> None:
    """Look at the inventory first, then at the first sheet."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read(MOST_FILE + 1)
    if len(content) > MOST_FILE:
        refuse("large")
    try:
        inventory(content)
        write_rows(content, sys.stdout)
    except MemoryError:
        refuse("large")
    sys.stdout.flush()


def refuse(word: str) -> NoReturn:
    """Say why in a word, and end."""
    sys.stderr.write(word)
    sys.stderr.flush()
    sys.exit(REFUSED)


def inventory(content: bytes) -> None:
    """Refuse what is no workbook, what unpacks to too much, and what reaches out of itself."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        refuse("broken")
    if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
        refuse("large")
    if any(one.file_size > MOST_RATIO * max(one.compress_size, 100) for one in entries):
        refuse("bomb")
    if any(one.flag_bits & 1 for one in entries):
        refuse("locked")
    names = {one.filename.lower() for one in entries}
    if "xl/workbook.xml" not in names:
        refuse("other")
    if any(name.endswith("vbaproject.bin") for name in names):
        refuse("macros")
    if any(name.startswith("xl/externallinks/") for name in names):
        refuse("links")


def write_rows(content: bytes, out: TextIO) -> None:
    """Each row of the first sheet that has anything in it."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if not book.sheet_names:
            refuse("broken")
        sheet = book.get_sheet_by_index(0)
    except CalamineError:
        refuse("broken")
    if sheet.start is None:
        refuse("empty")
    if sheet.width > MOST_COLUMNS:
        refuse("wide")
    out.write(json.dumps({"sheets": len(book.sheet_names), "rows": sheet.total_height}) + "\n")
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [shown(value) for value in row]
        if any(cells):
            out.write(json.dumps([number, cells]) + "\n")


def shown(value: Any) -> Any:
    """A cell as a person sees it, in plain text: no `.0`, no exponent, days and times as we write
    them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        if not 0 <= seconds < 24 * 3600:
            return str(value)
        value = dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    if isinstance(value, dt.time):
        return value.isoformat("seconds" if value.second else "minutes")
    return "" if value is None else str(value)


def number(value: float) -> Any:
    """A number in digits, as many as a spreadsheet shows."""
    text = format(Decimal(f"{value:.15g}"), "f")
    return [text] if abs(value) >= SURE_DIGITS else text


if __name__ == "__main__":
    main()
