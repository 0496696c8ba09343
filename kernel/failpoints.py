"""Places where a test may kill the process, to see that nothing is lost. Inert everywhere else."""

import os
import signal

from django.conf import settings

seen: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Die by SIGKILL here when a test asked for it: `FAILPOINT=name` or `FAILPOINT=name:3` (the
    third time) in the environment, and only under `settings.FAILPOINTS`."""
    if not settings.FAILPOINTS:
        return
    wanted, _, turn = os.environ.get("FAILPOINT", "").partition(":")
    if wanted != name:
        return
    seen[name] = seen.get(name, 0) + 1
    if seen[name] == int(turn or 1):
        os.kill(os.getpid(), signal.SIGKILL)
