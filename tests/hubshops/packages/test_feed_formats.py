"""The same list says the same as CSV, JSON and Excel; a workbook that is none is one sentence."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubshops.packages.actions import ingest_feed
from hubshops.packages.feeds.csv_v1 import COLUMNS, judge, read_feed
from hubshops.packages.models import Package
from kernel.sheets import Complaint, UnreadableSheet
from kernel.sheets.xlsx_child import MOST_ENTRIES
from tests.factories import DAY, MORNING, make_station
from tests.tables import MAIN, csv_text, json_text, workbook

HEADER = ("tracking_id", "recipient_name", "address1", "postal_code", "latitude", "longitude")
GOOD = ("A1", "Ines Bell", "12 Oak St", "72701", 36.08, -94.17)


def nowhere(_postal_code):
    return None


def judged(content, **options):
    """What is said of each row, whatever its line is called."""
    return [
        (row.field, row.reason) if isinstance(row, Complaint) else row
        for _line, row in judge(read_feed(content, **options), nowhere)
    ]


word = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
cells = st.tuples(
    st.sampled_from(["A1", "1Z-9", "é", ""]) | st.integers(0, 10**14),
    word,
    word | st.just(""),
    st.sampled_from(["72701", "2134", 2134, 72701, "72701-1234"]),
    st.sampled_from(["", "", 36.08, "36.08", -90, 91, 0.000012]),
    st.sampled_from(["", "", -94.17, "-94.17", 180, "west"]),
    st.sampled_from(["", 500, 500.0, 12.5, "12.5", -1, "1e3", 10**9]),
    st.sampled_from(["", "09:00", "17:30", "9:5"]),
    st.sampled_from(["", "18:00", "08:00"]),
    st.sampled_from(["", "yes", "no", 1, 0, True, False, "maybe"]),
)
NAMES = (*HEADER, "weight_g", "deliver_from", "deliver_until", "withdrawn")


def spelt(value):
    """A value as CSV has it: without the `.0` that numbers have elsewhere."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return value


@settings(max_examples=15, deadline=None)
@given(st.lists(cells, min_size=1, max_size=12))
def test_the_same_rows_are_judged_the_same_in_every_format(rows):
    plain = [[spelt(value) for value in row] for row in rows]
    as_csv = judged(csv_text(NAMES, plain))
    as_json = judged(json_text(NAMES, [row[:-1] + row[-1:] for row in plain]))
    as_xlsx = judged(workbook([NAMES, *rows]))
    assert as_csv == as_json == as_xlsx


def test_lines_are_the_rows_of_the_sheet():
    book = workbook([None, HEADER, GOOD, None, ("A2", "", "12 Oak St", "72701", "", "")])
    rows = list(judge(read_feed(book), nowhere))
    assert [line for line, _row in rows] == [3, 5]
    assert rows[1][1].reason.startswith("There is no recipient name.")


def test_a_zip_code_that_lost_its_zero_in_a_number_is_never_guessed():
    ((field, reason),) = judged(workbook([HEADER, ("A1", "Ines", "12 Oak St", 2134, "", "")]))
    assert field == "postal_code"
    assert reason == (
        "A ZIP code has five digits. A zero in front may have been lost: format the column as text"
        " and write it like 02134."
    )


def test_a_tracking_id_that_a_cell_could_not_keep_is_refused():
    ((field, reason),) = judged(
        workbook([HEADER, (9400111202555842332669, "Ines", "12 Oak St", 72701, "", "")])
    )
    assert field == "tracking_id"
    assert reason.startswith("This number has more digits than a cell keeps.")


def test_times_in_cells_are_read_as_times():
    names = (*HEADER, "deliver_from", "deliver_until")
    (row,) = judged(workbook([names, (*GOOD, ("time", 0.375), ("time", 17.5 / 24))]))
    assert "\t09:00\t17:30\t" in row


def test_more_than_one_sheet_is_told():
    sheet = read_feed(workbook([HEADER, GOOD], sheets=2))
    assert [one.reason for one in sheet.warnings] == [
        "The workbook has 2 sheets; only the first was read."
    ]


FAR = (
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
TOO_LARGE = "This workbook is too large to read. Save the sheet as CSV."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: workbook([]), "The first sheet is empty."),
        (lambda: workbook([HEADER]), "The file has a header and no rows."),
        (
            lambda: workbook([GOOD]),
            "The first line is not a header. It names the columns, like"
            " tracking_id,recipient_name,address1,postal_code.",
        ),
        (
            lambda: workbook([HEADER, GOOD], extra={"xl/vbaProject.bin": b"x"}),
            "This workbook holds macros. Save it as .xlsx without them.",
        ),
        (
            lambda: workbook([HEADER, GOOD], extra={"xl/externalLinks/e1.xml": b"x"}),
            "This workbook refers to other files. Save the sheet alone as .xlsx or CSV.",
        ),
        (
            lambda: workbook([HEADER, GOOD], extra={"xl/a.bin": bytes(30_000_000)}),
            "This workbook unpacks to far more than its size. Save the sheet as CSV.",
        ),
        (
            lambda: workbook([HEADER], extra={f"{n}": b"" for n in range(MOST_ENTRIES)}),
            TOO_LARGE,
        ),
        (lambda: workbook([], sheet_xml=FAR.encode()), TOO_LARGE),
        (
            lambda: workbook([], sheet_xml=b"<worksheet><sheetData><row"),
            "This workbook is broken. Open it and save it anew.",
        ),
        (
            lambda: workbook([HEADER, GOOD])[:400],
            "This workbook is broken. Open it and save it anew.",
        ),
        (
            lambda: workbook([HEADER, GOOD]).replace(b"xl/workbook.xml", b"xl/workbood.xml"),
            "This zip file is no Excel workbook. Save the sheet as .xlsx or CSV.",
        ),
    ],
)
def test_a_workbook_that_is_no_feed_is_one_sentence(content, sentence):
    with pytest.raises(UnreadableSheet) as no:
        read_feed(content())
    assert no.value.sentence == sentence


def test_western_text_is_read_as_such_and_told():
    text = "tracking_id,recipient_name,address1,postal_code\nA1,José Núñez,12 Oak,72701\n"
    sheet = read_feed(text.encode("cp1252"))
    assert [one.reason for one in sheet.warnings] == [
        "It was read as Western European (Windows-1252); check names with accents."
    ]
    assert next(sheet.rows)[1][1] == "José Núñez"


FOREIGN = "Barcode,Name,Street,ZIP Code,Shoe size\nA1,Ines,12 Oak St,72701,9\n"
MAPPING = {
    "Barcode": "tracking_id",
    "name": "recipient_name",
    "Street": "address1",
    "ZIP Code": "postal_code",
}


@pytest.mark.parametrize("content", [FOREIGN.encode(), FOREIGN.replace(",", ";").encode()])
def test_foreign_columns_are_read_as_ours_when_somebody_said_so(content):
    sheet = read_feed(content, mapping=MAPPING)
    assert sheet.unknown_columns == ["Shoe size"]
    assert next(sheet.rows)[1][:3] == ("A1", "Ines", "12 Oak St")


def test_a_header_that_lacks_columns_says_what_it_names():
    with pytest.raises(UnreadableSheet) as no:
        read_feed(FOREIGN.encode())
    assert no.value.details["header"] == ["Barcode", "Name", "Street", "ZIP Code", "Shoe size"]


def test_our_own_column_is_never_taken_from_a_foreign_one():
    text = "tracking_id,Barcode,recipient_name,address1,postal_code\nA1,B1,Ines,12 Oak St,72701\n"
    sheet = read_feed(text.encode(), mapping=MAPPING)
    assert sheet.unknown_columns == ["Barcode"]
    assert next(sheet.rows)[1][0] == "A1"


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["bytes", "path", "file"])
def test_a_feed_is_loaded_from_bytes_a_path_or_an_open_file(way, tmp_path):
    content = json_text(HEADER, [GOOD])
    path = tmp_path / "feed.any"
    path.write_bytes(content)
    given = {"bytes": content, "path": path, "file": io.BytesIO(content)}[way]

    report = ingest_feed(station=make_station(), service_day=DAY, content=given, at=MORNING)

    assert report.accepted == Package.objects.count() == 1
    assert len(COLUMNS) == 19
