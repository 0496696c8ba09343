"""Every kind of trouble in a feed: what is taken, and the sentence about each row that is not."""

# ruff: noqa: E501
from pathlib import Path

import pytest

from hubshops.packages.actions import ingest_feed
from hubshops.packages.models import FeedBatch, Package, PackageEvent
from kernel.sheets import UnreadableSheet
from tests.factories import DAY, MORNING, make_station

pytestmark = pytest.mark.django_db
FEEDS = Path(__file__).parents[2] / "fixtures" / "feeds"
TOO_WIDE = (
    "The row has {} cells, the header 16. Put a cell that holds a comma or semicolon in quotation"
    " marks."
)

WRONG_TYPE = "This is a list, an object, true or false. Write plain text or a number."

# File -> rows taken, and every complaint: line, field, reason.
TAKEN = {
    "list.json": (
        2,
        [
            (
                3,
                "weight_g",
                "A measure can't be negative. Write it without the minus, or leave it empty.",
            ),
            (
                4,
                "tracking_id",
                "This tracking id is on line 1 already; the first row counts. Take one of them out.",
            ),
        ],
    ),
    "packages.json": (1, []),
    "utf16.json": (1, []),
    "lone_surrogate.json": (1, [(1, "city", "This is not UTF-8 text. Type this cell anew.")]),
    "wrong_types.json": (
        1,
        [
            (1, "phone", WRONG_TYPE),
            (2, "instructions", WRONG_TYPE),
            (3, "city", WRONG_TYPE),
            *[
                (line, "row", "This is not an object. Write a package as fields in curly brackets.")
                for line in (4, 5, 6)
            ],
            (7, "weight_g", "This is not a number. Write digits only, like 500."),
            (8, "withdrawn", "Leave it empty, or write yes or no."),
        ],
    ),
    "tabs.csv": (2, []),
    "windows1252.csv": (2, []),
    "windows.csv": (
        4,
        [
            (5, "deliver_until", "This is not after deliver_from. Write the later time here."),
            (6, "deliver_until", "This is not after deliver_from. Write the later time here."),
            (7, "deliver_from", "Write the time like 09:00 or 17:30."),
            (8, "deliver_from", "Write the time like 09:00 or 17:30."),
            (9, "deliver_until", "Write the time like 09:00 or 17:30."),
            (10, "withdrawn", "Leave it empty, or write yes or no."),
        ],
    ),
    "backslashes.csv": (
        2,
        [],
    ),
    "carriage_returns.csv": (
        2,
        [
            (3, "recipient_name", "There is no recipient name. Write who gets the package."),
        ],
    ),
    "columns_turned_around.csv": (
        1,
        [
            (3, "address1", "There is no street. Write street and number."),
        ],
    ),
    "control_characters.csv": (
        2,
        [
            (2, "recipient_name", "There is a control character in it. Type this cell anew."),
            (3, "address1", "There is a control character in it. Type this cell anew."),
            (4, "instructions", "There is a control character in it. Type this cell anew."),
            (
                6,
                "tracking_id",
                "A tracking id has plain letters, digits and signs only, so that it can be scanned.",
            ),
        ],
    ),
    "few_columns.csv": (
        2,
        [
            (3, "address1", "There is no street. Write street and number."),
        ],
    ),
    "broken_bytes.csv": (
        2,
        [
            (2, "recipient_name", "This is not UTF-8 text. Type this cell anew."),
            (4, "address1", "This is not UTF-8 text. Type this cell anew."),
        ],
    ),
    "latin1.csv": (2, []),
    "latin1_header.csv": (1, []),
    "utf16.csv": (1, []),
    "line_breaks.csv": (
        2,
        [
            (
                5,
                "weight_g",
                "A measure can't be negative. Write it without the minus, or leave it empty.",
            ),
            (8, "recipient_name", "There is no recipient name. Write who gets the package."),
        ],
    ),
    "measures.csv": (
        3,
        [
            (
                2,
                "weight_g",
                "A measure can't be negative. Write it without the minus, or leave it empty.",
            ),
            (3, "length_mm", "This is not a number. Write digits only, like 500."),
            (4, "width_mm", "This is not a number. Write digits only, like 500."),
            (5, "height_mm", "This is not a number. Write digits only, like 500."),
            (6, "weight_g", "This is not a number. Write digits only, like 500."),
            (9, "weight_g", "This lies between 0 and 1,000,000."),
            (10, "weight_g", "This is not a number. Write digits only, like 500."),
            (12, "weight_g", "This is not a number. Write digits only, like 500."),
            (13, "weight_g", "This lies between 0 and 1,000,000."),
            (14, "weight_g", "This is not a number. Write digits only, like 500."),
        ],
    ),
    "missing_facts.csv": (
        1,
        [
            (2, "tracking_id", "There is no tracking id. Write the one on the label."),
            (3, "recipient_name", "There is no recipient name. Write who gets the package."),
            (4, "address1", "There is no street. Write street and number."),
            (5, "postal_code", "There is no ZIP code. Write its five digits."),
        ],
    ),
    "open_quote.csv": (
        2,
        [
            (3, "row", "A quotation mark opens here and never closes. Close it or take it out."),
            (5, "recipient_name", "There is no recipient name. Write who gets the package."),
        ],
    ),
    "places.csv": (
        1,
        [
            (2, "latitude", "Give both latitude and longitude."),
            (3, "longitude", "Give both latitude and longitude."),
            (4, "latitude", "This is not on the globe: it lies between -90 and 90."),
            (5, "longitude", "This is not on the globe: it lies between -180 and 180."),
            (6, "latitude", "This is not a number of degrees, like 36.0822."),
            (7, "latitude", "This is not a number of degrees, like 36.0822."),
            (8, "latitude", "This is not a number of degrees, like 36.0822."),
            (9, "latitude", "This is not a number of degrees, like 36.0822."),
            (10, "latitude", "This is not on the globe: it lies between -90 and 90."),
            (12, "latitude", "This is not a number of degrees, like 36.0822."),
            (13, "latitude", "This is not a number of degrees, like 36.0822."),
        ],
    ),
    "ragged_rows.csv": (
        1,
        [(line, "row", TOO_WIDE.format(cells)) for line, cells in [(3, 18), (4, 19), (5, 17)]],
    ),
    "repeated.csv": (
        4,
        [
            (
                3,
                "tracking_id",
                "This tracking id is on line 2 already; the first row counts. Take one of them out.",
            ),
            (
                5,
                "tracking_id",
                "This tracking id is on line 2 already; the first row counts. Take one of them out.",
            ),
            (7, "recipient_name", "There is no recipient name. Write who gets the package."),
        ],
    ),
    "requires.csv": (
        2,
        [
            (4, "requires", "Leave it empty, or write signature or code."),
            (5, "requires", "Leave it empty, or write signature or code."),
        ],
    ),
    "semicolons_bom_crlf.csv": (
        2,
        [
            (4, "recipient_name", "There is no recipient name. Write who gets the package."),
        ],
    ),
    "too_long.csv": (
        1,
        [
            (2, "tracking_id", "This has 41 characters; at most 40 fit. Shorten it."),
            (3, "recipient_name", "This has 121 characters; at most 120 fit. Shorten it."),
            (4, "address1", "This has 121 characters; at most 120 fit. Shorten it."),
            (5, "address2", "This has 61 characters; at most 60 fit. Shorten it."),
            (6, "city", "This has 81 characters; at most 80 fit. Shorten it."),
            (7, "phone", "This has 31 characters; at most 30 fit. Shorten it."),
            (8, "instructions", "This has 301 characters; at most 300 fit. Shorten it."),
            (10, "state", "Give the state as two letters, like AR."),
            (11, "state", "Give the state as two letters, like AR."),
        ],
    ),
    "zips.csv": (
        4,
        [
            (
                2,
                "postal_code",
                "A ZIP code has five digits. A zero in front may have been lost: format the column as text and write it like 02134.",
            ),
            (3, "postal_code", "A ZIP code has five digits, like 72701 or 72701-1234."),
            (4, "postal_code", "A ZIP code has five digits, like 72701 or 72701-1234."),
            (5, "postal_code", "A ZIP code has five digits, like 72701 or 72701-1234."),
            (8, "postal_code", "Nobody knows where this ZIP code is. Give latitude and longitude."),
            (9, "postal_code", "Nobody knows where this ZIP code is. Give latitude and longitude."),
        ],
    ),
}

# File -> why nothing of it can be read.
REFUSED = {
    "broken_utf16.csv": "This is broken UTF-16 text. Save the table as CSV in UTF-8.",
    "old_excel.xls": "This is an old Excel file, or one with a password. Save it as .xlsx without one.",
    "comma_too_many.json": "This stops being JSON in or after object 1: ]",
    "cut_off.json": "This stops being JSON in or after object 1: the file ends",
    "empty_list.json": "The list is empty.",
    "foreign_names.json": "The first object has none of our fields, like tracking_id, recipient_name, address1, postal_code.",
    "names_twice.json": "Object 2 names city twice. Keep one of them.",
    "no_numbers.json": "Object 2 holds NaN, which JSON does not have. Write null.",
    "not_a_list.json": "packages is not a list. Write a list of objects in square brackets.",
    "not_json.json": 'This stops being JSON in or after object 1: tracking_id: "A2"}]',
    "one_object.json": "The file holds one object without a list named packages.",
    "something_behind.json": 'This stops being JSON in or after object 1: [{"tracking_id": "A2", "recipi',
    "too_deep.json": "Object 1 is nested too deep. Its fields are texts and numbers.",
    "too_long.json": "Object 1 is longer than 65,536 signs. Nothing was read.",
    "binary.csv": "This is not UTF-8 text. Save the table as CSV in UTF-8.",
    "blank.csv": "The file is empty.",
    "column_twice.csv": "The column city stands twice in the header.",
    "empty.csv": "The file is empty.",
    "header_only.csv": "The file has a header and no rows.",
    "missing_columns.csv": "The header lacks these columns: recipient_name, postal_code.",
    "no_header.csv": "The first line is not a header. It names the columns, like tracking_id,recipient_name,address1,postal_code.",
}


def load(name: str, **options):
    return ingest_feed(
        station=make_station(),
        service_day=DAY,
        content=(FEEDS / name).read_bytes(),
        file_name=name,
        at=MORNING,
        **options,
    )


def test_every_file_of_the_corpus_is_told_about():
    assert {path.name for path in FEEDS.iterdir()} - {"README.md"} == set(TAKEN) | set(REFUSED)


@pytest.mark.parametrize("name", TAKEN)
def test_good_rows_are_saved_and_bad_ones_are_named(name):
    accepted, complaints = TAKEN[name]

    report = load(name)

    assert [(one["line"], one["field"], one["reason"]) for one in report.rejected] == complaints
    assert report.accepted == accepted
    assert Package.objects.count() == PackageEvent.objects.count() == accepted


@pytest.mark.parametrize("name", TAKEN)
def test_a_dry_run_says_the_same_and_writes_nothing(name):
    accepted, complaints = TAKEN[name]

    report = load(name, is_dry_run=True)

    assert (report.accepted, len(report.rejected)) == (accepted, len(complaints))
    assert report.batch is None
    assert not Package.objects.exists()
    assert not FeedBatch.objects.exists()


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_feed_is_refused_in_one_sentence(name):
    with pytest.raises(UnreadableSheet) as no:
        load(name)
    assert no.value.sentence == REFUSED[name]
    assert not FeedBatch.objects.exists()
