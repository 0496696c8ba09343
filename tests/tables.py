"""Tables as other programs save them, for tests of what reads them."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TOP = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# Style 1 is a time of day, style 2 a day.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="20"/>'
    '<xf numFmtId="14"/></cellXfs></styleSheet>'
)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV in UTF-8."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def json_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A JSON list of objects."""
    return json.dumps([dict(zip(header, row, strict=True)) for row in rows]).encode()


def workbook(
    rows: Iterable[Sequence[object] | None],
    *,
    sheets: int = 1,
    extra: Mapping[str, bytes] | None = None,
    sheet_xml: bytes | None = None,
) -> bytes:
    """An Excel workbook; numbers as numbers, `("time", 0.5)` as a time, None as an empty row."""
    out = io.BytesIO()
    names = range(1, sheets + 1)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", TYPES)
        book.writestr("_rels/.rels", TOP)
        book.writestr("xl/styles.xml", STYLES)
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            + "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in names)
            + "</sheets></workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="styles.xml"/>'
            + "".join(
                f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="sheet{n}.xml"/>'
                for n in names
            )
            + "</Relationships>",
        )
        for number in names:
            book.writestr(f"xl/sheet{number}.xml", sheet_xml or sheet_of(rows))
        for name, content in (extra or {}).items():
            book.writestr(name, content)
    return out.getvalue()


def sheet_of(rows: Iterable[Sequence[object] | None]) -> str:
    """The XML of one sheet."""
    lines = [
        f'<row r="{number}">'
        + "".join(cell_of(f"{column_name(place)}{number}", one) for place, one in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
        if row is not None
    ]
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def column_name(place: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_of(name: str, value: object) -> str:
    """One cell."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{name}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{name}"><v>{value!r}</v></c>'
    if isinstance(value, tuple):
        style = {"time": 1, "day": 2}[value[0]]
        return f'<c r="{name}" s="{style}"><v>{value[1]!r}</v></c>'
    text = escape(str(value))
    return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
