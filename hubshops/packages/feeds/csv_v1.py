"""The station's list of packages as CSV: bytes in, judged rows and complaints out."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from kernel.cells import (
    PlaceOfZip,
    Wrong,
    check_degrees,
    check_length,
    judge_measure,
    judge_state,
    judge_zip,
    place,
)
from kernel.sheets import Cells, Complaint, Sheet, read_sheet

COLUMNS = (
    "tracking_id",
    "recipient_name",
    "address1",
    "address2",
    "city",
    "state",
    "postal_code",
    "latitude",
    "longitude",
    "phone",
    "instructions",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "requires",
)
REQUIRED = ("tracking_id", "recipient_name", "address1", "postal_code")
REQUIREMENTS = frozenset({"", "signature", "code"})
MOST = 1_000_000  # grams or millimetres: a tonne, a kilometre

# A row of COLUMNS in which nothing is missing, odd or to be mended, its cells joined by tabs. Most
# rows are such, and one look at all of it costs a tenth of judging cell by cell.
PLAIN_ROW = re.compile(
    r"[!-~][ -~]{0,39}"  # tracking id
    r"\t[^\t]{1,120}\t[^\t]{1,120}\t[^\t]{0,60}\t[^\t]{0,80}"  # name, street, unit, city
    r"\t(?:[A-Z]{2})?\t[0-9]{5}(?:-[0-9]{4})?"  # state, ZIP
    r"\t[+-]?[0-8]?[0-9](?:\.[0-9]+)?"  # latitude
    r"\t[+-]?(?:1[0-7][0-9]|[0-9]{1,2})(?:\.[0-9]+)?"  # longitude
    r"\t[^\t]{0,30}\t[^\t]{0,300}"  # phone, instructions
    r"\t[0-9]{0,6}\t[0-9]{0,6}\t[0-9]{0,6}\t[0-9]{0,6}"  # measures
    r"\t(?:signature|code)?"
)

Judged = str  # the cells of COLUMNS and `t` when placed by ZIP, else `f`, with tabs between


def read_feed(content: bytes) -> Sheet:
    """The feed's rows, still unjudged. Refuses a file that is no feed."""
    return read_sheet(content, columns=COLUMNS, required=REQUIRED)


def judge(sheet: Sheet, place_of_zip: PlaceOfZip) -> Iterator[tuple[int, Judged | Complaint]]:
    """Each row with its line, fit for the table or with its first complaint in column order."""
    for line, row in sheet.rows:
        if isinstance(row, Complaint):
            yield line, row
            continue
        text = "\t".join(row)
        if PLAIN_ROW.fullmatch(text):
            yield line, f"{text}\tf"
            continue
        try:
            yield line, "\t".join(judge_row(row, place_of_zip))
        except Wrong as no:
            yield line, Complaint(line, no.field, no.reason, no.found[:80])


def judge_row(row: Cells, place_of_zip: PlaceOfZip) -> tuple[str, ...]:
    """The row as the table takes it: tidy ZIP, capital state, whole measures, a place. Unknown
    measures are empty."""
    tracking_id, recipient_name, address1, address2, city, state, postal_code = row[:7]
    latitude, longitude, phone, instructions = row[7:11]
    check_tracking_id(tracking_id)
    if not recipient_name:
        raise Wrong("recipient_name", _("There is no recipient name."))
    check_length("recipient_name", recipient_name, 120)
    if not address1:
        raise Wrong("address1", _("There is no street."))
    check_length("address1", address1, 120)
    check_length("address2", address2, 60)
    check_length("city", city, 80)
    state = judge_state("state", state)
    postal_code = judge_zip("postal_code", postal_code)
    is_placed_by_zip = not (latitude or longitude)
    if is_placed_by_zip:
        latitude, longitude = map(str, place("postal_code", postal_code, place_of_zip))
    else:
        check_degrees(latitude, longitude)
    check_length("phone", phone, 30)
    check_length("instructions", instructions, 300)
    measures = [
        str(judge_measure(field, found, most=MOST)) if found else ""
        for field, found in zip(COLUMNS[11:15], row[11:15], strict=True)
    ]
    requires = row[15].lower()
    if requires not in REQUIREMENTS:
        raise Wrong("requires", _("Leave it empty, or write signature or code."), requires)
    mark = "t" if is_placed_by_zip else "f"
    # fmt: off
    return (
        tracking_id, recipient_name, address1, address2, city, state, postal_code,
        latitude, longitude, phone, instructions, *measures, requires, mark,
    )
    # fmt: on


def check_tracking_id(found: str) -> None:
    """A tracking id has to fit a barcode: plain signs of a keyboard."""
    if not found:
        raise Wrong("tracking_id", _("There is no tracking id."))
    check_length("tracking_id", found, 40)
    if not found.isascii():
        raise Wrong(
            "tracking_id",
            _("A tracking id has plain letters, digits and signs only, so that it can be scanned."),
            found,
        )
