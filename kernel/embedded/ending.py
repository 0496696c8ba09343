"""How everything that was started comes to its end: politely first, then for certain.

Run as a program it is the witness of a supervisor: it reads from standard input the process groups
the supervisor started, and when the supervisor dies without saying goodbye (`kill -9`), ends them
and the embedded services in its place.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from kernel.embedded.ground import EmbeddedServiceError
from kernel.embedded.postgres import Postgres
from kernel.embedded.valkey import Valkey

GRACE_SECONDS = 15
GOODBYE = "goodbye"
SERVICES: dict[str, type[Postgres] | type[Valkey]] = {"PostgreSQL": Postgres, "Valkey": Valkey}


def end_groups(
    groups: Iterable[int],
    *,
    grace: float = GRACE_SECONDS,
    reap: Callable[[], object] = lambda: None,
) -> None:
    """Ask every group's leader to end, and kill what is left of the groups after `grace` seconds.

    `reap` lets the parent collect its dead children, which would count as alive otherwise.
    """
    left = set(groups)
    for group in left:
        send(os.kill, group, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        reap()
        left = {group for group in left if send(os.killpg, group, 0)}
    for group in left:
        send(os.killpg, group, signal.SIGKILL)
    reap()


def send(how: Callable[[int, int], None], whom: int, signal_number: int) -> bool:
    """Send a signal; whether there was somebody to receive it."""
    try:
        how(whom, signal_number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def stop_services(var: Path, names: Iterable[str], *, say: Callable[[str], object]) -> None:
    """Stop the embedded services that were used, leaving a database that others still work in."""
    for name in names:
        server = SERVICES[name](var)
        try:
            if isinstance(server, Postgres) and others_work_in(server):
                say(f"{name} stays up: another process of this checkout uses it")
            elif server.stop():
                say(f"{name} stopped")
        except EmbeddedServiceError as no:
            say(str(no))


def others_work_in(server: Postgres) -> bool:
    """Whether somebody is still connected five seconds after all that we started has ended.

    A busy machine takes its time to notice that a killed client is gone.
    """
    for _ in range(100):
        if not server.is_running() or not server.answers() or server.sessions() == 0:
            return False
        time.sleep(0.05)
    return True


def watch(var: Path, services: list[str]) -> None:
    """Wait for the supervisor's last word; without one, do its duty."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        word = line.strip()
        if word == GOODBYE:
            return
        groups.add(int(word))
    end_groups(groups, grace=5)
    with contextlib.suppress(OSError):
        stop_services(var, services, say=lambda words: None)


if __name__ == "__main__":
    watch(Path(sys.argv[1]), sys.argv[2:])
