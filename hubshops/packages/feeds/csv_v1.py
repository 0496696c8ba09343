"""The station's list of packages: a file in, judged rows and complaints out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
from kernel.sheets import Cells, Complaint, Content, Sheet, Source, read_sheet

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
    "deliver_from",
    "deliver_until",
    "withdrawn",
)
REQUIRED = ("tracking_id", "recipient_name", "address1", "postal_code")
REQUIREMENTS = frozenset({"", "signature", "code"})
YES = frozenset({"yes", "y", "true", "1"})
NO = frozenset({"", "no", "n", "false", "0"})
MOST = 1_000_000  # grams or millimetres: a tonne, a kilometre
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?")

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
    r"(?:\t(?:(?:[01][0-9]|2[0-3]):[0-5][0-9])?){2}\t"  # from when, until when; not withdrawn
)

# The cells of COLUMNS but the last, and `t` when placed by ZIP, else `f`, with tabs between.
Judged = str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A row that takes a package off the list. Nothing else of it is read."""

    tracking_id: str


def read_feed(content: Content | Source, *, mapping: Mapping[str, str] | None = None) -> Sheet:
    """The feed's rows, still unjudged. `mapping`: which of COLUMNS a foreign column is. Refuses a
    file that is no feed."""
    return read_sheet(
        content,
        columns=COLUMNS,
        required=REQUIRED,
        mapping=mapping,
        list_name="packages",
        flags=("withdrawn",),
    )


def judge(
    sheet: Sheet, place_of_zip: PlaceOfZip
) -> Iterator[tuple[int, Judged | Withdrawal | Complaint]]:
    """Each row with its line, fit for the table or with its first complaint in column order."""
    is_plain = PLAIN_ROW.fullmatch
    for line, row in sheet.rows:
        if isinstance(row, Complaint):
            yield line, row
            continue
        text = "\t".join(row)
        if is_plain(text) and (not row[17] or row[16] < row[17]):
            yield line, f"{text}f"
            continue
        try:
            if row[18].lower() in YES:
                check_tracking_id(row[0])
                yield line, Withdrawal(row[0])
            else:
                yield line, "\t".join(judge_row(row, place_of_zip))
        except Wrong as no:
            yield line, Complaint(line, no.field, no.reason, no.found[:80], row)


def judge_row(row: Cells, place_of_zip: PlaceOfZip) -> tuple[str, ...]:
    """The row as the table takes it: tidy ZIP, capital state, whole measures, a place. Unknown
    measures are empty."""
    tracking_id, recipient_name, address1, address2, city, state, postal_code = row[:7]
    latitude, longitude, phone, instructions = row[7:11]
    check_tracking_id(tracking_id)
    if not recipient_name:
        raise Wrong("recipient_name", _("There is no recipient name. Write who gets the package."))
    check_length("recipient_name", recipient_name, 120)
    if not address1:
        raise Wrong("address1", _("There is no street. Write street and number."))
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
    window = judge_window(row[16], row[17])
    if row[18].lower() not in NO:
        raise Wrong("withdrawn", _("Leave it empty, or write yes or no."), row[18])
    mark = "t" if is_placed_by_zip else "f"
    # fmt: off
    return (
        tracking_id, recipient_name, address1, address2, city, state, postal_code,
        latitude, longitude, phone, instructions, *measures, requires, *window, mark,
    )
    # fmt: on


def check_tracking_id(found: str) -> None:
    """A tracking id has to fit a barcode: plain signs of a keyboard."""
    if not found:
        raise Wrong("tracking_id", _("There is no tracking id. Write the one on the label."))
    check_length("tracking_id", found, 40)
    if not found.isascii():
        raise Wrong(
            "tracking_id",
            _("A tracking id has plain letters, digits and signs only, so that it can be scanned."),
            found,
        )


def judge_window(start: str, end: str) -> tuple[str, str]:
    """From when until when the door wants the package, by the station's clock."""
    window = judge_clock("deliver_from", start), judge_clock("deliver_until", end)
    if all(window) and window[0] >= window[1]:
        reason = _("This is not after deliver_from. Write the later time here.")
        raise Wrong("deliver_until", reason, end)
    return window


def judge_clock(field: str, found: str) -> str:
    """A time of day as `17:30`, or nothing."""
    if not found:
        return ""
    shape = CLOCK.fullmatch(found)
    if not shape:
        raise Wrong(field, _("Write the time like 09:00 or 17:30."), found)
    return f"{int(shape[1]):02}:{shape[2]}"
