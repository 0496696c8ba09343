"""The short code of a stop, as it stands in a QR code on paper. Pure.

It names a manifest's row and a stop's number and nothing else: no shop, no day, no door.
"""

import re

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STOP_CODE = re.compile(r"([0-9A-Z]{1,12})-([1-9][0-9]{0,4})", re.IGNORECASE)
STOP_ADDRESS = "/S/"  # upper case, so that a code has the fewest squares


def stop_code(manifest_id: int, stop: int) -> str:
    """`4711, 12` → `"3MV-12"`."""
    return f"{base36(manifest_id)}-{stop}"


def base36(number: int) -> str:
    """A whole number in digits and capital letters."""
    signs = ""
    while number:
        number, place = divmod(number, 36)
        signs = SIGNS[place] + signs
    return signs or "0"


def read_stop_code(code: str) -> tuple[int, int] | None:
    """The manifest's key and the stop's number, or None for what is no code."""
    found = STOP_CODE.fullmatch(code)
    return (int(found[1], 36), int(found[2])) if found else None


def paper_address(public_url: str, manifest_id: int) -> str:
    """What comes before a stop's number in a QR code. Upper case: a host has none, and capital
    letters make a code with fewer and larger squares."""
    return f"{public_url.upper()}{STOP_ADDRESS}{base36(manifest_id)}-"
