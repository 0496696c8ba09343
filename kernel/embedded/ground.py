"""What both embedded services stand on: private folders, a lock, one plain kind of failure."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path


class EmbeddedServiceError(Exception):
    """An embedded service cannot run; the message says why in one line a person can act on."""


def private_folder(folder: Path, *, uid: int | None = None, gid: int | None = None) -> Path:
    """Make sure `folder` exists, belongs to `uid` (default: us) and is closed to everyone else.

    Refuses a folder that somebody else made first: in a shared place its name could be guessed.
    """
    uid = os.geteuid() if uid is None else uid
    try:
        folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if uid != os.geteuid():
                os.chown(folder, uid, -1 if gid is None else gid)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
            raise EmbeddedServiceError(
                f"{folder} belongs to another user; remove it or run as them"
            )
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)
    except PermissionError as no:
        raise EmbeddedServiceError(f"{no.filename} is not ours to write; run as its owner") from no
    return folder


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold this file's lock while the block runs; others wait. The system drops it if we die."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as no:
        raise EmbeddedServiceError(f"{no.filename} is not ours to write; run as its owner") from no
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def last_line(log: Path) -> str:
    """The last words a service wrote, for a failure's one-line message."""
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return "it left no log"
    return lines[-1] if lines else "its log is empty"


def trim(log: Path, *, limit: int = 5_000_000) -> None:
    """Empty a log that has grown past `limit` bytes, so that var/ stays small over months."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > limit:
            os.truncate(log, 0)
