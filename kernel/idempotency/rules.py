"""What makes two requests the same, and which answers are the last word. Pure."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

KEY = re.compile(r"[\x21-\x7e]{1,200}")
FINAL_REFUSALS = {400, 413, 415, 422}


def is_key(text: str) -> bool:
    """Whether `text` can be a key: 1 to 200 visible ASCII characters, no spaces."""
    return KEY.fullmatch(text) is not None


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What was asked, as SHA-256: the same for the same method, address and bytes alone."""
    head = f"{method} {path}\n".encode()
    return hashlib.sha256(head + hashlib.sha256(body).digest()).hexdigest()


def is_final(status: int) -> bool:
    """Whether asking again would get the same answer: what was done, and what is wrong with the
    request itself. Who asks, what stands in the way now, limits and failures may change."""
    return 200 <= status < 300 or status in FINAL_REFUSALS


def takes_up_to(most_bytes: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark an operation that reads longer bodies than forms may have."""

    def mark(act: Callable[..., Any]) -> Callable[..., Any]:
        act.most_bytes = most_bytes  # type: ignore[attr-defined]
        return act

    return mark
