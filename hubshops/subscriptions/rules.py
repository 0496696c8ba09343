"""Cursors, signatures, pauses, and which addresses we post to. Pure."""

import base64
import datetime as dt
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

CURSOR = re.compile(r"([0-9a-f]{1,15})-([0-9a-f]{1,15})-([0-9a-f]{1,15})")
PAUSES = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=6),
    dt.timedelta(hours=24),
)
GONE = 410
LONGEST_URL = 500
LEAST_FREE_PORT = 1024


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a reader has come: within the window of transactions `low` to `high` (half-open, all
    of them ended), everything up to the event `last`; and all of every window before."""

    low: int = 0
    high: int = 0
    last: int = 0

    def __str__(self) -> str:
        return f"{self.low:x}-{self.high:x}-{self.last:x}"


def parse_cursor(text: str) -> Cursor | None:
    """A cursor as we gave it out; None for anything else. Empty is the beginning."""
    if not text:
        return Cursor()
    found = CURSOR.fullmatch(text)
    return Cursor(*(int(part, 16) for part in found.groups())) if found else None


def back_to(cursor: Cursor, event_id: int) -> Cursor:
    """Where to go on so that `event_id` and all after it come again, and nothing that `cursor` has
    not seen is left out."""
    seen = cursor.last if cursor.low < cursor.high else event_id - 1
    return Cursor(0, cursor.high, max(0, min(event_id - 1, seen)))


def pause_after(failures: int) -> dt.timedelta | None:
    """How long to wait after this many failures in a row; None when a person has to look."""
    return PAUSES[failures - 1] if failures <= len(PAUSES) else None


def is_taken(status: int | None) -> bool:
    """Whether an answer says that the receiver has it now."""
    return status is not None and 200 <= status < 300


def secret_of(salt: str, secret_key: str) -> bytes:
    """A subscription's secret, made from its salt and our own key: no table holds it."""
    return hmac.digest(secret_key.encode(), f"webhook:{salt}".encode(), "sha256")


def shown_secret(secret: bytes) -> str:
    """A secret as receivers' libraries take it."""
    return "whsec_" + base64.b64encode(secret).decode()


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature of the Standard Webhooks scheme, version 1."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def is_address(url: str, *, allow_local: bool) -> bool:
    """Whether `url` can be posted to: https, a host, a usual port, no name and password in it.
    Where the host leads is looked at each time we post."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        return False
    return (
        len(url) <= LONGEST_URL
        and url.isascii()
        and url.isprintable()
        and " " not in url
        and parts.scheme in (("https", "http") if allow_local else ("https",))
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not parts.fragment
        and (port == 443 or port >= LEAST_FREE_PORT)
    )
