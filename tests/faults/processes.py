"""Real processes for tests that kill them: started with a var folder of their own, found again by
it, and ended by their numbers whatever happens."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kernel.embedded import tether
from kernel.embedded.postgres import Postgres
from kernel.embedded.valkey import Valkey

ROOT = Path(__file__).parents[2]


def eventually(is_so: Callable[[], object], seconds: float = 30) -> bool:
    """Whether it becomes so within the time given; asked twenty times a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return bool(is_so())


@contextlib.contextmanager
def var_folder(parent: Path | None = None, name: str = "var") -> Iterator[Path]:
    """A var folder of its own; its services are stopped and its data removed in the end."""
    place = Path(tempfile.mkdtemp(prefix="hub-", dir=parent or "/tmp"))
    place.chmod(0o755)
    var = (place / name).resolve()
    try:
        yield var
    finally:
        postgres = Postgres(var)
        folders = (place, postgres.home, postgres.sockets, Valkey(var).sockets)
        # Asked, PostgreSQL cleans up its shared memory; what does not listen is killed.
        for sent in (signal.SIGQUIT, signal.SIGKILL):
            for pid in processes_of(var):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sent)
            if eventually(lambda: not processes_of(var), 3):
                break
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def processes_of(var: Path) -> list[int]:
    """The living processes that were started with this var folder or stand in it, ours aside."""
    home = Postgres(var).home
    found = []
    for place in Path("/proc").iterdir():
        if not place.name.isdigit() or int(place.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            stands = (place / "cwd").readlink()
            told = f"VAR_DIR={var}".encode() in (place / "environ").read_bytes().split(b"\0")
            if told or stands.is_relative_to(var) or stands.is_relative_to(home):
                found.append(int(place.name))
    return found


def environment(var: Path, **more: str) -> dict[str, str]:
    """The environment of a checkout that keeps everything in `var`."""
    ours = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE", "PG_BIN")
    plain = {name: value for name, value in os.environ.items() if name not in ours}
    return plain | {"VAR_DIR": str(var), "PYTHONUNBUFFERED": "1"} | more


@contextlib.contextmanager
def started(
    *words: str, var: Path, env: dict[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A program of the portal, running, with the file that collects what it says.

    Tethered to this process, so that a suite that is killed leaves nothing behind either.
    """
    said = var.parent / f"{words[0].rsplit('.', 1)[-1]}-{time.monotonic_ns()}.log"
    with said.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, tether.__file__, str(os.getpid()), sys.executable, *words],
            cwd=ROOT,
            env=env or environment(var),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        yield process, said
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]
