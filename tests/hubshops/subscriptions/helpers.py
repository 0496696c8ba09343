"""A real web server of the station's, with a memory and moods, and events to tell."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import connection

from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import EventKind, State
from tests.factories import MORNING


class Receiver(ThreadingHTTPServer):
    """Keeps what it was sent. `moods` says how each next one is met; without, it is taken."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.moods: list[str] = []
        self.was_cut_off = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/events?for=us"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mood = self.server.moods.pop(0) if self.server.moods else "200"
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.heard.append((headers | {"path": self.path}, body))
        getattr(self, f"be_{mood}", lambda: self.answer(int(mood)))()

    def answer(self, status: int, text: bytes = b"thanks", location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(text)

    def be_redirecting(self) -> None:
        self.answer(302, location=self.server.url)

    def be_talkative(self) -> None:
        self.answer(500, b"x\x00y" * 10_000)

    def be_half_way(self) -> None:
        self.wfile.write(b"HTTP/1.1 20")
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def be_silent(self) -> None:
        time.sleep(1.5)

    def be_dripping(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(40):
            self.wfile.write(b"X: y\r\n")
            self.wfile.flush()
            time.sleep(0.05)

    def be_never_ending(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        try:
            for _ in range(60):
                self.wfile.write(b"y")
                time.sleep(0.05)
        except OSError:
            self.server.was_cut_off.set()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens meanwhile."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# Transaction numbers are of the whole server: one that writes in a database beside this one, as
# another process of the suite has it, keeps the newest events back until it ends. A second
# connection to this database does so on purpose, and nobody waits for it.
ARE_READY = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > coalesce(max(written_in), 0)
    OR EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND backend_type = 'client backend' AND backend_xid IS NOT NULL
    )
FROM package_event WHERE written_in < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""


def wait_for_neighbours() -> None:
    """Wait until no transaction beside this database keeps its events back."""
    if connection.in_atomic_block:
        return
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(ARE_READY)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise AssertionError("something on this server has been writing for a minute")


def write_events(package, count: int = 1) -> list[int]:
    """Some more events of a package, ready to be told; their ids."""
    ids = [
        PackageEvent.objects.create(
            package=package,
            kind=EventKind.CHANGED,
            from_state=State.ANNOUNCED,
            to_state=State.ANNOUNCED,
            happened_at=MORNING,
            received_at=MORNING,
            counted_at=MORNING,
            note="Ring twice",
        ).pk
        for _ in range(count)
    ]
    wait_for_neighbours()
    return ids
