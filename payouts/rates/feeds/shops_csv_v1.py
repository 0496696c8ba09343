"""A station's shops with their fees as CSV: bytes in, judged shops and complaints out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from hubshops.shops.rules import FARTHEST_M, MOST_A_DAY, tidy_weekdays
from kernel.cells import Wrong, check_degrees, check_length, judge_state, judge_whole, judge_zip
from kernel.sheets import Complaint, Row, read_sheet

COLUMNS = (
    "name",
    "trade",
    "contact_name",
    "email",
    "phone",
    "address1",
    "city",
    "state",
    "postal_code",
    "latitude",
    "longitude",
    "radius_m",
    "daily_cap",
    "weekdays",
    "fee_cents",
)
REQUIRED = COLUMNS[:-1]
LONGEST = {
    "name": 120,
    "trade": 60,
    "contact_name": 120,
    "email": 254,
    "phone": 30,
    "address1": 120,
    "city": 80,
}
MAY_BE_EMPTY = frozenset({"trade", "contact_name", "phone"})


@dataclass(frozen=True, slots=True)
class ShopRow:
    """One judged row: what `save_shop` takes, and the fee (None: the station's standard)."""

    facts: dict[str, Any]
    fee_cents: int | None


def read_shops(content: bytes) -> tuple[Iterator[tuple[int, ShopRow | Complaint]], list[str]]:
    """Each row judged, and the columns nobody knows. Refuses a file that is no list of shops."""
    sheet = read_sheet(content, columns=COLUMNS, required=REQUIRED)
    return judge_rows(sheet.rows), sheet.unknown_columns


def judge_rows(
    rows: Iterator[Row],
) -> Iterator[tuple[int, ShopRow | Complaint]]:
    """Each row with its line, fit for `save_shop` or with its first complaint in column order."""
    for line, row in rows:
        if isinstance(row, Complaint):
            yield line, row
            continue
        try:
            yield line, judge_row(dict(zip(COLUMNS, row, strict=True)))
        except Wrong as no:
            yield line, Complaint(line, no.field, no.reason, no.found[:80])


def judge_row(cells: dict[str, str]) -> ShopRow:
    """The shop as the table takes it."""
    facts: dict[str, Any] = {}
    for field, most in LONGEST.items():
        if not cells[field] and field not in MAY_BE_EMPTY:
            raise Wrong(field, _("This is empty; every shop needs it."))
        check_length(field, cells[field], most)
        facts[field] = cells[field]
        if field == "email":
            facts["email"] = judge_email(cells["email"])
    if not cells["state"]:
        raise Wrong("state", _("This is empty; every shop needs it."))
    facts["state"] = judge_state("state", cells["state"])
    facts["postal_code"] = judge_zip("postal_code", cells["postal_code"])
    check_degrees(cells["latitude"], cells["longitude"])
    facts["latitude"] = float(cells["latitude"])
    facts["longitude"] = float(cells["longitude"])
    facts["radius_m"] = judge_whole("radius_m", cells["radius_m"], least=1, most=FARTHEST_M)
    facts["daily_cap"] = judge_whole("daily_cap", cells["daily_cap"], least=1, most=MOST_A_DAY)
    facts["weekdays"] = judge_weekdays(cells["weekdays"])
    fee = cells["fee_cents"]
    return ShopRow(facts, judge_whole("fee_cents", fee, least=0, most=10_000) if fee else None)


def judge_email(found: str) -> str:
    """An address that can get a letter, in lower case."""
    try:
        validate_email(found)
    except ValidationError as no:
        raise Wrong("email", _("This is not an e-mail address."), found) from no
    return found.lower()


def judge_weekdays(found: str) -> str:
    """Digits of weekdays in order, Monday is 1."""
    days = tidy_weekdays(found)
    if days is None:
        reason = _("Give weekdays as digits from 1 (Monday) to 7 (Sunday), like 123456.")
        raise Wrong("weekdays", reason, found)
    return days
