"""What the local Stripe remembers, and its clock."""

import json
import threading
import time
from pathlib import Path
from typing import Any

DAY = 86_400
EMPTY: dict[str, Any] = {
    "count": 0,
    "offset": 0.0,
    "frozen_at": None,
    "balance": 0,
    "pending": 0,
    "accounts": {},
    "links": {},
    "transfers": {},
    "payouts": {},
    "topups": {},
    "lines": [],
    "events": [],
    "destinations": {},
    "settings": {},
    "swept_at": 0,
    "every": DAY,
    "arrives_after": 2 * DAY,
    "sweeps": False,
}


class State:
    """Everything that outlives a request. One lock; a file keeps it over a restart when named."""

    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.file = file
        self.kept = json.loads(json.dumps(EMPTY))
        if file and file.exists():
            self.kept |= json.loads(file.read_text())
        self.written = ""

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["kept"][name]
        except KeyError:
            raise AttributeError(name) from None

    def now(self) -> int:
        """The moment by this Stripe's own clock."""
        frozen = self.kept["frozen_at"]
        return int(frozen if frozen is not None else time.time() + self.kept["offset"])

    def set_clock(self, *, at: float | None = None, advance: float = 0) -> int:
        """Stand still at a moment, or walk on."""
        with self.lock:
            if at is not None:
                self.kept["frozen_at"] = at
            elif self.kept["frozen_at"] is not None:
                self.kept["frozen_at"] += advance
            else:
                self.kept["offset"] += advance
            return self.now()

    def new_id(self, prefix: str) -> str:
        """The next id, in order."""
        self.kept["count"] += 1
        return f"{prefix}_local{self.kept['count']:010d}"

    def save(self) -> None:
        """Write the file when something changed."""
        if self.file is None:
            return
        with self.lock:
            words = json.dumps(self.kept)
        if words != self.written:
            beside = self.file.with_suffix(".new")
            beside.write_text(words)
            beside.replace(self.file)
            self.written = words

    def book(self, *, kind: str, cents: int, source: str) -> str:
        """One line of the platform's balance."""
        line = {
            "id": self.new_id("txn"),
            "object": "balance_transaction",
            "amount": cents,
            "net": cents,
            "fee": 0,
            "fee_details": [],
            "currency": "usd",
            "type": kind,
            "reporting_category": kind,
            "balance_type": "payments",
            "status": "available",
            "source": source,
            "created": self.now(),
            "available_on": self.now(),
        }
        self.kept["balance"] += cents
        self.kept["lines"].append(line)
        return line["id"]

    def emit(
        self, kind: str, object_id: str, object_type: str, url: str, context: str = ""
    ) -> dict:
        """Remember an event in its thin form."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self.now()))
        event: dict[str, Any] = {
            "id": self.new_id("evt"),
            "object": "v2.core.event",
            "type": kind,
            "created": f"{moment}.000Z",
            "livemode": False,
            "related_object": {"id": object_id, "type": object_type, "url": url},
        }
        if context:
            event["context"] = context
        self.kept["events"].append(event)
        return event
