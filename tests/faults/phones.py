"""Phones that keep an act until they have its receipt, and a line that loses what they say."""

import contextlib
import datetime as dt
import http.client
import json
import random
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field

MOST_A_CALL = 50
LATER = {429, 502, 503, 504}  # answers that lose nothing


def act(
    kind: str, tracking_id: str, happened_at: dt.datetime, **words: object
) -> dict[str, object]:
    """One act as a phone writes it down, with an id of its own."""
    return {
        "id": str(uuid.uuid4()),
        "act": kind,
        "tracking_id": tracking_id,
        "happened_at": happened_at.isoformat(),
        **words,
    }


@dataclass
class Phone:
    """Sends its acts in order, some a call, and the same again until each has its receipt. `slow`
    is how far its clock is behind; `device` makes it speak protocol 3."""

    port: int
    session: str
    token: str
    acts: list[dict[str, object]]
    a_call: int = MOST_A_CALL
    pause: float = 0.05
    patience: float = 120
    slow: dt.timedelta = dt.timedelta()
    device: str = ""
    receipts: dict[str, dict[str, str]] = field(default_factory=dict)
    heard: list[object] = field(default_factory=list)

    @property
    def waiting(self) -> list[dict[str, object]]:
        """The acts without a receipt."""
        return [one for one in self.acts if one["id"] not in self.receipts]

    def send_all(self) -> None:
        """Send until nothing waits or the patience is over."""
        deadline = time.monotonic() + self.patience
        while self.waiting and time.monotonic() < deadline:
            try:
                self.send(self.waiting[: self.a_call])
            except (OSError, http.client.HTTPException) as problem:
                self.heard.append(type(problem).__name__)
            time.sleep(self.pause)

    def send(self, items: list[dict[str, object]]) -> None:
        """One call on a line of its own; receipts are kept, anything else means later."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            line.request("POST", "/api/v1/door/sync", self.body(items), self.headers())
            answer = line.getresponse()
            said = answer.read()
        finally:
            line.close()
        self.heard.append(answer.status)
        if answer.status == 200:
            for receipt in json.loads(said)["receipts"]:
                self.receipts[receipt["id"]] = receipt

    def body(self, items: list[dict[str, object]]) -> bytes:
        """The acts, and from protocol 2 on what the phone says of itself."""
        if not self.device:
            return json.dumps({"items": items}).encode()
        now = dt.datetime.now(dt.UTC) - self.slow
        itself = {"protocol": 3, "device": self.device, "sent_at": now.isoformat()}
        return json.dumps(itself | {"unsent": len(self.waiting), "items": items}).encode()

    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "Cookie": f"sessionid={self.session}; csrftoken={self.token}",
            "X-CSRFToken": self.token,
        }

    def results(self) -> set[str]:
        """What became of the acts."""
        return {receipt["result"] for receipt in self.receipts.values()}


class BadLine:
    """A line to the portal that loses a part of what goes over it, by the dice of a seed: whole
    calls before they arrive, answers after the portal has committed, and the rest of an answer."""

    def __init__(self, port: int, *, seed: int, lost: float = 0.3) -> None:
        self.target, self.lost, self.dice = port, lost, random.Random(seed)
        self.cuts = {"call": 0, "answer": 0, "half": 0}
        self.ear = socket.create_server(("127.0.0.1", 0))
        self.port = self.ear.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def __enter__(self) -> "BadLine":
        return self

    def __exit__(self, *problem: object) -> None:
        self.ear.close()

    def listen(self) -> None:
        """Take calls until the ear is closed."""
        while True:
            try:
                caller, _address = self.ear.accept()
            except OSError:
                return
            luck = self.dice.random(), self.dice.choice(list(self.cuts))
            threading.Thread(target=self.pass_on, args=(caller, *luck), daemon=True).start()

    def pass_on(self, caller: socket.socket, luck: float, cut: str) -> None:
        """One call there and back, unless it gets lost."""
        is_lost = luck < self.lost
        with caller, contextlib.suppress(OSError):
            said = read_message(caller)
            if is_lost and cut == "call":
                self.cuts["call"] += 1
                return
            with socket.create_connection(("127.0.0.1", self.target), 15) as portal:
                portal.sendall(said)
                answer = read_message(portal)  # by now the portal has committed
            if is_lost:
                self.cuts[cut] += 1
                answer = answer[: len(answer) // 2] if cut == "half" else b""
            caller.sendall(answer)


def read_message(line: socket.socket) -> bytes:
    """One HTTP message with a length."""
    line.settimeout(30)
    said = b""
    while b"\r\n\r\n" not in said:
        said += more(line)
    head, _end, body = said.partition(b"\r\n\r\n")
    lengths = [
        int(one.split(b":")[1])
        for one in head.split(b"\r\n")
        if one.lower().startswith(b"content-length:")
    ]
    while len(body) < (lengths[0] if lengths else 0):
        body += more(line)
    return head + b"\r\n\r\n" + body


def more(line: socket.socket) -> bytes:
    """The next bytes; an end before the end is an error."""
    found = line.recv(65536)
    if not found:
        raise ConnectionResetError
    return found
