"""Where the embedded services keep their things. Pure: nothing here starts or creates a server."""

import hashlib
import os
import re
import secrets
from pathlib import Path

LONGEST_SOCKET_PATH = 90
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
SHORT_PLACE = Path("/tmp")  # noqa: S108 - the same for every process, whatever its TMPDIR says


def var_dir(base_dir: Path) -> Path:
    """The folder of everything this checkout makes at run time (`VAR_DIR` overrides it)."""
    return Path(os.environ.get("VAR_DIR") or base_dir / "var").resolve()


def holds_sockets(folder: Path) -> bool:
    """Whether sockets can live here.

    The system cuts a socket's path at some 100 characters, and the addresses that carry it (libpq's
    host, a URL) give blanks and commas a meaning of their own.
    """
    path = str(folder / ".s.PGSQL.5432.lock")
    return len(path) <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(path) is not None


def socket_dir(home: Path, *, of: Path, uid: int) -> Path:
    """`home/run`, or a short folder of this user's own when the path of `home` is too long or odd.

    The short name carries a mark of `of`, so that several checkouts never meet.
    """
    if holds_sockets(home / "run"):
        return home / "run"
    mark = hashlib.sha256(str(of).encode()).hexdigest()[:12]
    return SHORT_PLACE / f"hub-{uid}-{mark}"


def run_dir(base_dir: Path) -> Path:
    """The folder of the embedded broker's socket."""
    home = var_dir(base_dir)
    return socket_dir(home, of=home, uid=os.getuid())


def valkey_socket(base_dir: Path) -> Path:
    """The embedded broker's Unix socket."""
    return run_dir(base_dir) / "valkey.sock"


def valkey_url(base_dir: Path, *, database: int) -> str:
    """The broker's address as Celery reads it."""
    return f"redis+socket://{valkey_socket(base_dir)}?virtual_host={database}"


def valkey_cache_url(base_dir: Path, *, database: int) -> str:
    """The cache's address as Django reads it."""
    return f"unix://{valkey_socket(base_dir)}?db={database}"


def laptop_secret(home: Path) -> str:
    """A random signing key made once per checkout and readable by its owner only."""
    place = home / "secret_key"
    if not place.exists():
        home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(60))
    return place.read_text()
