"""What the local Stripe remembers of requests with a key, by Stripe's published rules."""

import hashlib
import threading
from typing import Any

from tests.local_stripe.answers import NoError

KEPT_S = {"v1": 86_400, "v2": 30 * 86_400}


class Keys:
    """The first answer of a key, replayed for a day (v1) or thirty (v2), an error included; other
    parameters under the same key are refused, and so is a second request while the first runs."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: dict[str, dict[str, Any]] = {}
        self.running: set[str] = set()

    def take(self, key: str, path: str, body: bytes, now: int) -> tuple[int, Any] | None:
        """The answer given before, or None: then the key is ours until `give`."""
        print_ = hashlib.sha256(path.encode() + b"\0" + body).hexdigest()
        with self.lock:
            if key in self.running:
                raise NoError(409, "idempotency_key_in_use", "This key is being used right now.")
            known = self.kept.get(key)
            if known and now - known["at"] < KEPT_S[path.split("/")[1]]:
                if known["print"] != print_:
                    words = "Keys for idempotent requests can only be used with the same parameters"
                    raise NoError(400, "idempotency_error", words, kind="idempotency_error")
                return known["status"], known["answer"]
            self.running.add(key)
            self.kept[key] = {"print": print_, "at": now}
            return None

    def give(self, key: str, status: int, answer: Any, *, is_kept: bool) -> None:
        """The request has ended; its answer is kept, or the key is as new."""
        with self.lock:
            self.running.discard(key)
            if is_kept:
                self.kept[key] |= {"status": status, "answer": answer}
            else:
                self.kept.pop(key, None)
