"""The code a recipient tells at the door: five digits that only the portal knows, and a check digit
by which a phone without a signal finds typing errors. Pure."""

import hashlib
import hmac

CODE_DIGITS = 6
# Damm's quasigroup of order ten: finds a wrong digit, and two neighbours that changed places.
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def recipient_code(*, package_id: int, tracking_id: str, secret: bytes) -> str:
    """The code of one package: the same each time, told by nothing that is printed on it."""
    key = hashlib.sha256(b"recipient code" + secret).digest()
    digest = hmac.digest(key, f"{package_id} {tracking_id}".encode(), "sha256")
    digits = f"{int.from_bytes(digest[:8], 'big') % 10 ** (CODE_DIGITS - 1):05d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The digit that makes Damm's sum zero."""
    return str(damm(digits))


def has_check_digit(code: str) -> bool:
    """Whether these are six digits that fit together, as they do unless somebody mistyped."""
    is_six = len(code) == CODE_DIGITS and code.isascii() and code.isdigit()
    return is_six and damm(code) == 0


def damm(digits: str) -> int:
    """Damm's sum of some digits."""
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return interim
