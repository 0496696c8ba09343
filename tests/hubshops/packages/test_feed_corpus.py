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

# File -> rows taken, and every complaint: line, field, reason.
TAKEN = {
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
    assert {path.name for path in FEEDS.glob("*.csv")} == set(TAKEN) | set(REFUSED)


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
