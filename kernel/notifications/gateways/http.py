"""A texting service with an address: one JSON POST a text.

The service is the operator's own choice, so its address is taken as it is. Redirects are not
followed: our token is for this host alone. Of the answer only the status counts.
"""

import http.client
import json
from dataclasses import dataclass

from kernel.notifications.gateways.refusing import NotTaken

SECONDS_A_STEP = 5.0  # connecting, or waiting for the next bytes
LATER = {408, 409, 425, 429}  # as any 5xx: asking again may help


@dataclass(frozen=True, slots=True)
class Http:
    """Posts `{"key", "to", "text", "language"}` with a bearer token. `key` is also the
    Idempotency-Key, so a service that knows it sends the text of two requests once."""

    is_secure: bool
    host: str
    port: int | None
    target: str
    token: str

    def send(self, *, key: str, to: str, body: str, language: str) -> None:
        sent = {"key": key, "to": to, "text": body, "language": language}
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        try:
            status = self.post(json.dumps(sent).encode(), headers)
        except (OSError, http.client.HTTPException) as problem:
            raise NotTaken(type(problem).__name__, is_final=False) from None
        if not 200 <= status < 300:
            is_final = status < 500 and status not in LATER
            raise NotTaken(f"answered {status}", is_final=is_final)

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer."""
        kind = http.client.HTTPSConnection if self.is_secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=SECONDS_A_STEP)
        try:
            connection.request("POST", self.target, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
