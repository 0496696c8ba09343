"""The HTTP server: reads a request, suffers its faults, keeps its key, checks both ways."""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.local_stripe import control, pages
from tests.local_stripe.answers import NoError
from tests.local_stripe.api import CALLS, Call
from tests.local_stripe.contract import call_at, typed, wrong
from tests.local_stripe.faults import FaultPlan
from tests.local_stripe.hooks import Hooks
from tests.local_stripe.keys import Keys
from tests.local_stripe.money import tick
from tests.local_stripe.state import State

Body = dict[str, Any]
NOT_KEPT = {401, 409, 429}


class LocalStripe(ThreadingHTTPServer):
    """One Stripe on a port of the loopback."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, *, file: Path | None, url: str, secrets: list[str]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.state = State(file)
        self.hooks = Hooks(self.state, url, secrets)
        self.faults = FaultPlan()
        self.keys = Keys()
        self.log: list[Body] = []
        self.broken: list[str] = []
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.go_on, daemon=True).start()

    def go_on(self) -> None:
        """Time goes by: balances are swept, payouts arrive, events go out, the file is written."""
        while True:
            time.sleep(0.2)
            tick(self.state)
            self.hooks.collect()
            self.state.save()


def nested(pairs: list[tuple[str, str]]) -> Body:
    """`a[b][c]=1` as {"a": {"b": {"c": "1"}}}; lists stay objects with numbers."""
    found: Body = {}
    for name, value in pairs:
        parts = re.findall(r"[^\[\]]+", name)
        place = found
        for part in parts[:-1]:
            place = place.setdefault(part, {})
        place[parts[-1]] = value
    return found


class Handler(BaseHTTPRequestHandler):
    """One connection. The answer is written in one piece: in two, Nagle's algorithm and delayed
    acknowledgements cost 44 ms each."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65_536
    server: LocalStripe

    def do_GET(self) -> None:
        self.handle_request()

    def do_POST(self) -> None:
        self.handle_request()

    def log_message(self, *args: object) -> None:
        """Silence: the log is asked for at /_control/log."""

    def handle_request(self) -> None:
        place = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if place.path.startswith("/_control/"):
            status, found = control.answer(self.server, place.path, json.loads(raw or b"{}"))
            self.send(status, json.dumps(found).encode())
        elif place.path.startswith(("/onboarding/", "/express/")):
            self.hosted(place.path, raw)
        else:
            self.call(place.path, place.query, raw)

    def hosted(self, path: str, raw: bytes) -> None:
        """The pages that a shop sees."""
        token = path.rsplit("/", 1)[-1]
        with self.server.state.lock:
            if path.startswith("/express/"):
                found = 200, pages.page("Express dashboard", f"<p>{token[:40]}</p>"), ""
            elif self.command == "POST":
                form = dict(parse_qsl(raw.decode()))
                found = pages.submit(self.server.state, token, form)
            else:
                found = pages.open_link(self.server.state, token)
        status, words, there = found
        headers = {"Location": there} if there else {}
        self.send(status, words.encode(), "text/html; charset=utf-8", headers)

    def call(self, path: str, query: str, raw: bytes) -> None:
        """One call of the API, with everything that may happen to it."""
        server, key = self.server, self.headers.get("Idempotency-Key", "")
        row: Body = {
            "at": time.time(),
            "method": self.command,
            "path": path,
            "key": key,
            "body": raw.decode(),
            "account": self.headers.get("Stripe-Account", ""),
            "version": self.headers.get("Stripe-Version", ""),
        }
        server.log.append(row)
        deed = server.faults.deed(self.command, path)
        do = deed["do"] if deed else ""
        row["fault"] = do
        if do == "drop_before":
            return self.hang_up(row)
        if do in ("429", "409", "503"):
            return self.refuse(row, int(do))
        if do == "slow":
            time.sleep(deed["seconds"])
        status, found, is_replayed = self.with_key(path, query, raw, key, is_500=do == "500_after")
        row |= {"status": status, "replayed": is_replayed}
        server.hooks.collect(at_once=True)
        if do == "hang_after":
            time.sleep(deed["seconds"])
        if do in ("drop_after", "hang_after"):
            return self.hang_up(row)
        headers = {"Request-Id": f"req_local{len(server.log)}"}
        headers |= {"Idempotent-Replayed": "true"} if is_replayed else {}
        self.send(status, json.dumps(found).encode(), headers=headers)
        return None

    def with_key(
        self, path: str, query: str, raw: bytes, key: str, *, is_500: bool
    ) -> tuple[int, Body, bool]:
        """The answer under a key: the one given before, or a new one that is kept."""
        uses_key = bool(key) and self.command == "POST"
        try:
            if uses_key and (known := self.server.keys.take(key, path, raw, self.now())):
                return *known, True
        except NoError as no:
            return no.status, no.body, False
        status, found, is_kept = self.run(path, query, raw)
        if is_500 and status == 200:
            status, is_kept = 500, True
            found = {"error": {"type": "api_error", "message": "Something went wrong here."}}
        if uses_key:
            self.server.keys.give(key, status, found, is_kept=is_kept)
        return status, found, False

    def now(self) -> int:
        return self.server.state.now()

    def run(self, path: str, query: str, raw: bytes) -> tuple[int, Body, bool]:
        """Check, do, check again: status, answer, whether it is kept under its key."""
        try:
            call, schema, make = self.read(path, query, raw)
            with self.server.state.lock:
                found = make(call)
        except NoError as no:
            return no.status, no.body, no.is_kept and no.status not in NOT_KEPT
        if broken := wrong(schema["answer"], found):
            self.server.broken += [f"{self.command} {path} answers {no}" for no in broken]
            return 599, {"error": {"type": "api_error", "message": "; ".join(broken)}}, False
        return 200, found, True

    def read(self, path: str, query: str, raw: bytes) -> tuple[Call, Body, Any]:
        """The call behind an address, its parameters in their types; refuses what is unknown."""
        self.check_key()
        place = call_at(self.command, path)
        if place is None or (self.command, place[0]) not in CALLS:
            raise NoError(404, "url_invalid", f"Unrecognized request URL ({path})")
        name, schema, ids = place
        asked = {"properties": schema["query"], "type": "object"}
        given = typed(asked, nested(parse_qsl(query, keep_blank_values=True)))
        if path.startswith("/v2/"):
            body = json.loads(raw or b"{}")
        else:
            form = nested(parse_qsl(raw.decode(), keep_blank_values=True))
            body = typed(schema["body"], form)
        problems = wrong(asked, given) + (wrong(schema["body"], body) if raw else [])
        if problems:
            self.server.broken += [f"{self.command} {path} asks {no}" for no in problems]
            raise NoError(400, "parameter_unknown", "; ".join(problems))
        account = self.headers.get("Stripe-Account") or self.headers.get("Stripe-Context") or ""
        call = Call(self.server.state, self.server.base, ids, given, body, account)
        return call, schema, CALLS[self.command, name]

    def check_key(self) -> None:
        """A test key that is not revoked."""
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not key.startswith(("sk_test_", "rk_test_")) or "revoked" in key:
            words = "Invalid API Key provided"
            raise NoError(401, "api_key_invalid", words, kind="authentication_error")

    def refuse(self, row: Body, status: int) -> None:
        """A no before anything happened."""
        kind = "rate_limit" if status == 429 else "lock_timeout" if status == 409 else "down"
        row["status"] = status
        error = {"type": "invalid_request_error", "code": kind, "message": "Not now."}
        if status == 503:
            error["type"] = "api_error"
        self.send(status, json.dumps({"error": error}).encode())

    def hang_up(self, row: Body) -> None:
        """Close the line without a word."""
        row.setdefault("status", 0)
        self.close_connection = True
        self.connection.close()

    def send(
        self,
        status: int,
        body: bytes,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        """One answer in one piece."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
