"""The short code of a stop, as it stands in a QR code on paper. Pure.

It names a line of a manifest and the stop's number on that paper, and nothing else: no shop, no
day, no door. The line finds the door even when stops were numbered anew; the number tells that.
"""

import re

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STOP_CODE = re.compile(r"([0-9A-Z]{1,12})-([1-9][0-9]{0,4})", re.IGNORECASE)
STOP_ADDRESS = "/S/"  # upper case, so that a code has the fewest squares


def stop_code(line_id: int, stop: int) -> str:
    """`4711, 12` → `"3MV-12"`."""
    return f"{base36(line_id)}-{stop}"


def base36(number: int) -> str:
    """A whole number in digits and capital letters."""
    signs = ""
    while number:
        number, place = divmod(number, 36)
        signs = SIGNS[place] + signs
    return signs or "0"


def read_stop_code(code: str) -> tuple[int, int] | None:
    """The line's key and the stop's number on the paper, or None for what is no code."""
    found = STOP_CODE.fullmatch(code)
    return (int(found[1], 36), int(found[2])) if found else None


def paper_address(public_url: str) -> str:
    """What comes before a stop's code in a QR code. Scheme and host are upper case: they have no
    case, and capital letters make a code with fewer and larger squares. A path keeps its case: it
    is another's, who may tell `/hub` from `/HUB`."""
    scheme, _slashes, rest = public_url.rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}".upper() + slash + path + STOP_ADDRESS
