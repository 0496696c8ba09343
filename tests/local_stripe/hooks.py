"""Tells events to webhook endpoints: signed, again until taken, and out of order when told so."""

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from tests.local_stripe.state import State

USUAL = {"mode": "on", "copies": 1, "delay": 0.0, "before_answer": False, "threads": 1}
PAUSES_S = (0.3, 0.6, 1.2, 2.4, 4.8)


class Hooks:
    """Modes: `on`; `off` (everything is lost); `hold` (kept until released, in any order)."""

    def __init__(self, state: State, url: str, secrets: list[str]) -> None:
        self.state, self.url, self.secrets = state, url, secrets
        self.ways: dict[str, Any] = dict(USUAL)
        self.held: list[dict] = []
        self.queue: list[tuple[float, int, dict]] = []
        self.log: list[dict[str, Any]] = []
        self.seen = len(state.events)
        self.wake = threading.Condition()
        threading.Thread(target=self.run, daemon=True).start()

    def forget(self) -> None:
        """Nothing was told, nothing waits, nobody listens."""
        with self.wake:
            self.queue.clear()
        self.held, self.log, self.seen, self.url = [], [], 0, ""
        self.ways = dict(USUAL)

    def collect(self, *, at_once: bool = False) -> None:
        """Take up events that are new since the last time; with `at_once` tell them right here."""
        with self.state.lock:
            fresh = self.state.events[self.seen :]
            self.seen = len(self.state.events)
        for event in fresh if self.url else []:
            if self.ways["mode"] == "hold":
                self.held.append(event)
            elif self.ways["mode"] == "on":
                self.tell(event, at_once=at_once and self.ways["before_answer"])

    def tell(self, event: dict, *, at_once: bool = False) -> None:
        """Send an event as many times as the ways say."""
        for _copy in range(self.ways["copies"]):
            if at_once:
                self.post(event)
            else:
                self.put(event, 0, self.ways["delay"])

    def put(self, event: dict, turn: int, pause: float) -> None:
        """Have it sent a while from now."""
        with self.wake:
            self.queue.append((time.monotonic() + pause, turn, event))
            self.wake.notify()

    def release(self, order: list[str] | None, seed: int | None) -> int:
        """Send what was held: in a given order of ids, shuffled, or as it came."""
        held, self.held = self.held, []
        if order is not None:
            held.sort(key=lambda event: order.index(event["id"]))
        elif seed is not None:
            random.Random(seed).shuffle(held)
        for event in held:
            self.post(event)
        return len(held)

    def run(self) -> None:
        """Send what is due, one after the other."""
        while True:
            with self.wake:
                due = [one for one in self.queue if one[0] <= time.monotonic()]
                if not due:
                    self.wake.wait(0.05)
                    continue
                self.queue.remove(due[0])
            _at, turn, event = due[0]
            if not 200 <= self.post(event) < 300 and turn < len(PAUSES_S):
                self.put(event, turn + 1, PAUSES_S[turn])

    def post(self, event: dict) -> int:
        """One delivery; 0 when nobody answered."""
        body = json.dumps(event).encode()
        words = {"Content-Type": "application/json", "Stripe-Signature": self.sign(body)}
        request = urllib.request.Request(self.url, data=body, headers=words)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status = answer.status
        except urllib.error.HTTPError as no:
            status = no.code
        except OSError:
            status = 0
        self.log.append({"event": event["id"], "type": event["type"], "status": status})
        return status

    def sign(self, body: bytes) -> str:
        """The signature header, one signature a secret."""
        moment = self.state.now()
        text = f"{moment}.".encode() + body
        signs = [hmac.new(one.encode(), text, hashlib.sha256).hexdigest() for one in self.secrets]
        return f"t={moment}," + ",".join(f"v1={sign}" for sign in signs)
