"""What both embedded services stand on: private folders, a lock, a user, one kind of failure."""

import contextlib
import fcntl
import os
import pwd
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SYSTEM_HOME = Path("/var/lib/hub-embedded")
TELLS_FOLDERS = Path("/proc/self/cwd").exists()


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


@dataclass(frozen=True)
class Account:
    """The system user a server runs as, when that is not the one who asks."""

    uid: int
    gid: int

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, from a folder everybody can stand in."""
        return run(*words, user=self.uid, group=self.gid, extra_groups=[])


def run(*words: str | Path, **as_whom: object) -> subprocess.CompletedProcess[str]:
    """Run a program to its end with plain surroundings and hand back what it said."""
    surroundings = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}
    return subprocess.run(  # type: ignore[call-overload]  # noqa: S603
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env=surroundings,
        check=False,
        **as_whom,
    )


def nobody_special() -> Account:
    """The unprivileged user that root's server runs as."""
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(user.pw_uid, user.pw_gid)
    raise EmbeddedServiceError(
        "PostgreSQL refuses to run as root, and there is no user postgres or nobody"
    )


def stands_in(pid: int, folder: Path) -> bool:
    """Whether a living process has `folder` as its working folder: a service has its data.

    A number alone proves nothing: after a restart it may belong to anybody.
    """
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:  # gone, or another user's: ours is open to us
        return not TELLS_FOLDERS and is_alive(pid)


def is_alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
