"""Who takes our texts: one interface, chosen by the setting `TEXTS_URL`.

A gateway's `send` returns once the text was taken, and raises `NotTaken` when it was not. The same
`key` again is the same text. A number or a text never goes into an error or a log.
"""

from typing import Protocol
from urllib.parse import unquote, urlsplit

from kernel.notifications.gateways.console import Console
from kernel.notifications.gateways.http import Http
from kernel.notifications.gateways.refusing import NotTaken

__all__ = ["NotTaken", "TextGateway", "gateway_for"]


class TextGateway(Protocol):
    """What takes a text to a phone."""

    def send(self, *, key: str, to: str, body: str, language: str) -> None: ...


def gateway_for(address: str) -> TextGateway | None:
    """The gateway that a setting names; None when texts are off. The settings checked the word."""
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme == "console":
        return Console()
    return Http(
        is_secure=parts.scheme == "https",
        host=str(parts.hostname),
        port=parts.port,
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        token=unquote(parts.username or ""),
    )
