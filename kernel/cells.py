"""Judging one cell of a table that somebody sent: fit for us, or one sentence why it is not."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")
DEGREES = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]*)?|\.[0-9]+)")
WHOLE = re.compile(r"[0-9]{1,9}")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")

PlaceOfZip = Callable[[str], tuple[float, float] | None]


class Wrong(Exception):
    """A cell that can't be: its column, why, and what stood there."""

    def __init__(self, field: str, reason: str, found: str = "") -> None:
        super().__init__(reason)
        self.field, self.reason, self.found = field, reason, found


def check_length(field: str, found: str, most: int) -> None:
    """Refuse a text that is longer than its column."""
    if len(found) > most:
        reason = _("This has %(found)s characters; at most %(most)s fit. Shorten it.")
        raise Wrong(field, reason % {"found": len(found), "most": most}, found)


def judge_state(field: str, found: str) -> str:
    """Two letters in capitals, or nothing."""
    if found and not (len(found) == 2 and found.isalpha() and found.isascii()):
        raise Wrong(field, _("Give the state as two letters, like AR."), found)
    return found.upper()


def judge_zip(field: str, found: str) -> str:
    """Five digits, or ZIP+4 as `72701-1234`. A lost leading zero is never guessed."""
    if not found:
        raise Wrong(field, _("There is no ZIP code. Write its five digits."))
    if not ZIP.fullmatch(found):
        if found.isdigit() and len(found) < 5:
            reason = _(
                "A ZIP code has five digits. A zero in front may have been lost: format the column"
                " as text and write it like 02134."
            )
        else:
            reason = _("A ZIP code has five digits, like 72701 or 72701-1234.")
        raise Wrong(field, reason, found)
    return f"{found[:5]}-{found[-4:]}" if len(found) > 5 else found


def check_degrees(latitude: str, longitude: str) -> None:
    """Refuse a place unless both numbers are given, plain, and on the globe."""
    for field, found, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if not found:
            raise Wrong(field, _("Give both latitude and longitude."))
        if not NUMBER.fullmatch(found):
            raise Wrong(field, _("This is not a number of degrees, like 36.0822."), found)
        if not DEGREES.fullmatch(found) or abs(float(found)) > most:
            reason = _("This is not on the globe: it lies between -%(most)s and %(most)s.")
            raise Wrong(field, reason % {"most": most}, found)


def place(field: str, postal_code: str, place_of_zip: PlaceOfZip) -> tuple[float, float]:
    """The middle of a judged ZIP code."""
    found = place_of_zip(postal_code[:5])
    if found is None:
        reason = _("Nobody knows where this ZIP code is. Give latitude and longitude.")
        raise Wrong(field, reason, postal_code)
    return found


def judge_whole(field: str, found: str, *, least: int, most: int) -> int:
    """A whole number within its bounds; nothing else is guessed."""
    if not WHOLE.fullmatch(found.removeprefix("+")):
        raise Wrong(field, _("This is not a whole number. Write digits only."), found)
    return in_bounds(field, int(found), found, least, most)


def judge_measure(field: str, found: str, *, most: int) -> int:
    """A number of units that is not negative, rounded to whole ones."""
    if WHOLE.fullmatch(found):
        return in_bounds(field, int(found), found, 0, most)
    if not NUMBER.fullmatch(found):
        raise Wrong(field, _("This is not a number. Write digits only, like 500."), found)
    if float(found) < 0:
        raise Wrong(
            field,
            _("A measure can't be negative. Write it without the minus, or leave it empty."),
            found,
        )
    return in_bounds(field, int(min(float(found), most + 1) + 0.5), found, 0, most)


def in_bounds(field: str, value: int, found: str, least: int, most: int) -> int:
    """The value, or why it is too small or too large."""
    if not least <= value <= most:
        reason = _("This lies between %(least)s and %(most)s.")
        raise Wrong(field, reason % {"least": f"{least:,}", "most": f"{most:,}"}, found)
    return value
