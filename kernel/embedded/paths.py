"""Where the embedded services keep their things. Pure: nothing here starts or creates a server."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

LONGEST_SOCKET_PATH = 90


def var_dir(base_dir: Path) -> Path:
    """The folder of everything this checkout makes at run time (`VAR_DIR` overrides it)."""
    return Path(os.environ.get("VAR_DIR") or base_dir / "var").resolve()


def run_dir(base_dir: Path) -> Path:
    """The folder of the sockets: short, because a socket's path may not pass some 100 characters."""
    home = var_dir(base_dir)
    if len(str(home / "run" / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return home / "run"
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"hub-{os.getuid()}-{mark}"


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
