"""The station's list of packages as CSV: bytes in, judged rows and complaints out."""

import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from kernel.sheets import Complaint, Sheet, read_sheet

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
LONGEST = {
    "tracking_id": 40,
    "recipient_name": 120,
    "address1": 120,
    "address2": 60,
    "city": 80,
    "phone": 30,
    "instructions": 300,
}
REQUIREMENTS = frozenset({"", "signature", "code"})
MOST = 1_000_000  # grams or millimetres: a tonne, a kilometre
NOTHING = "\x01"  # an unknown measure; a control character, so that no cell can be one

ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")
DEGREES = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]*)?|\.[0-9]+)")
WHOLE = re.compile(r"[0-9]{1,6}")
DECIMAL = re.compile(r"[+-]?[0-9]*\.?[0-9]*")

PlaceOfZip = Callable[[str], tuple[float, float] | None]
Judged = tuple[str, ...]  # the cells of COLUMNS made fit for the table, then `t` when placed by ZIP


class Wrong(Exception):
    """A cell that can't be: its column, why, and what stood there."""

    def __init__(self, field: str, reason: str, found: str = "") -> None:
        self.field, self.reason, self.found = field, reason, found


def read_feed(content: bytes) -> Sheet:
    """The feed's rows, still unjudged. Refuses a file that is no feed."""
    return read_sheet(content, columns=COLUMNS, required=REQUIRED)


def judge(sheet: Sheet, place_of_zip: PlaceOfZip) -> Iterator[tuple[int, Judged | Complaint]]:
    """Each row with its line, fit for the table or with its first complaint in column order."""
    for line, row in sheet.rows:
        if isinstance(row, Complaint):
            yield line, row
            continue
        try:
            yield line, judge_row(row, place_of_zip)
        except Wrong as no:
            yield line, Complaint(line, no.field, no.reason, no.found[:80])


def judge_row(row: list[str], place_of_zip: PlaceOfZip) -> Judged:
    """The row as the table takes it: tidy ZIP, capital state, whole measures, a place."""
    (
        tracking_id,
        recipient_name,
        address1,
        address2,
        city,
        state,
        postal_code,
        latitude,
        longitude,
        phone,
        instructions,
        *measures,
        requires,
    ) = row
    check_tracking_id(tracking_id)
    check_text("recipient_name", recipient_name, _needed_name)
    check_text("address1", address1, _needed_street)
    if address2:
        check_text("address2", address2)
    if city:
        check_text("city", city)
    state = judge_state(state)
    postal_code = judge_zip(postal_code)
    is_placed_by_zip = "f"
    if latitude or longitude:
        check_degrees(latitude, longitude)
    else:
        latitude, longitude = place(postal_code, place_of_zip)
        is_placed_by_zip = "t"
    if phone:
        check_text("phone", phone)
    if instructions:
        check_text("instructions", instructions)
    measures = [judge_measure(*one) for one in zip(COLUMNS[11:15], measures, strict=True)]
    requires = requires.lower()
    if requires not in REQUIREMENTS:
        raise Wrong("requires", _("Leave it empty, or write signature or code."), requires)
    return (
        tracking_id,
        recipient_name,
        address1,
        address2,
        city,
        state,
        postal_code,
        latitude,
        longitude,
        phone,
        instructions,
        *measures,
        requires,
        is_placed_by_zip,
    )


def check_tracking_id(found: str) -> None:
    """A tracking id has to fit a barcode: plain signs of a keyboard."""
    if not found:
        raise Wrong("tracking_id", _("There is no tracking id."))
    if len(found) > LONGEST["tracking_id"]:
        raise too_long("tracking_id", found)
    if not found.isascii():
        raise Wrong(
            "tracking_id",
            _("A tracking id has plain letters, digits and signs only, so that it can be scanned."),
            found,
        )


def _needed_name() -> str:
    return _("There is no recipient name.")


def _needed_street() -> str:
    return _("There is no street.")


def check_text(field: str, found: str, why_needed: Callable[[], str] | None = None) -> None:
    """Refuse a text that is missing where it is needed, or longer than its column."""
    if not found and why_needed:
        raise Wrong(field, why_needed())
    if len(found) > LONGEST[field]:
        raise too_long(field, found)


def too_long(field: str, found: str) -> Wrong:
    """The complaint about a text that is longer than its column."""
    return Wrong(
        field,
        _("This has %(found)s characters; at most %(most)s fit.")
        % {"found": len(found), "most": LONGEST[field]},
        found,
    )


def judge_state(found: str) -> str:
    """Two letters in capitals, or nothing."""
    if found and not (len(found) == 2 and found.isalpha() and found.isascii()):
        raise Wrong("state", _("Give the state as two letters, like AR."), found)
    return found.upper()


def judge_zip(found: str) -> str:
    """Five digits, or ZIP+4 as `72701-1234`. A lost leading zero is never guessed."""
    if not found:
        raise Wrong("postal_code", _("There is no ZIP code."))
    if not ZIP.fullmatch(found):
        if found.isdigit() and len(found) < 5:
            reason = _("A ZIP code has five digits. A zero in front may have been lost.")
        else:
            reason = _("A ZIP code has five digits, like 72701 or 72701-1234.")
        raise Wrong("postal_code", reason, found)
    return f"{found[:5]}-{found[-4:]}" if len(found) > 5 else found


def check_degrees(latitude: str, longitude: str) -> None:
    """Both given, both plain numbers, both on the globe."""
    for field, found, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if not found:
            raise Wrong(field, _("Give both latitude and longitude, or none of them."))
        if not DEGREES.fullmatch(found):
            if found.replace(".", "").lstrip("+-").isdigit():
                reason = off_the_globe(most)
            else:
                reason = _("This is not a number of degrees, like 36.0822.")
            raise Wrong(field, reason, found)
        if abs(float(found)) > most:
            raise Wrong(field, off_the_globe(most), found)


def off_the_globe(most: int) -> str:
    """Why a number of degrees is not on earth."""
    return _("This is not on earth: it lies between -%(most)s and %(most)s.") % {"most": most}


def place(postal_code: str, place_of_zip: PlaceOfZip) -> tuple[str, str]:
    """The middle of a ZIP code, as text."""
    found = place_of_zip(postal_code[:5])
    if found is None:
        raise Wrong(
            "postal_code",
            _("Nobody knows where this ZIP code is. Give latitude and longitude."),
            postal_code,
        )
    return str(found[0]), str(found[1])


def judge_measure(field: str, found: str) -> str:
    """A whole number of grams or millimetres; decimals are rounded, an empty cell is `NOTHING`."""
    if not found:
        return NOTHING
    if WHOLE.fullmatch(found):
        return found
    if not DECIMAL.fullmatch(found) or not any(sign.isdigit() for sign in found):
        raise Wrong(field, _("This is not a number."), found)
    value = float(found)
    if value < 0:
        raise Wrong(field, _("A measure can't be negative."), found)
    if value > MOST:
        raise Wrong(field, _("This is more than %(most)s.") % {"most": f"{MOST:,}"}, found)
    return str(int(value + 0.5))
