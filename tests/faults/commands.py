"""Commands of the portal in processes that a test may have killed at a named place."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import NoReturn, TextIO

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from kernel import failpoints
from tests.faults.money_process import small_steps
from tests.faults.processes import ROOT


def started(*command: str, failpoint: str = "") -> tuple[int, str]:
    """A command in a program started from nothing: how it ended, and what it said."""
    database = connection.settings_dict["NAME"]
    words = [sys.executable, "-m", "tests.faults.money_process", database, *command]
    env = os.environ | {"FAILPOINT": failpoint, "LOG_LEVEL": "CRITICAL"}
    if settings.STRIPE_SECRET_KEY:
        env["STRIPE_SECRET_KEY"] = settings.STRIPE_SECRET_KEY
        env["STRIPE_API_BASE"] = settings.STRIPE_API_BASE
    done = subprocess.run(
        words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=90, check=False
    )
    return done.returncode, done.stdout + done.stderr


def forked(*command: str, failpoint: str = "") -> tuple[int, str]:
    """A command in a fork of this process, which saves the second of starting one."""
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if not child:
            in_the_fork(command, failpoint, said)
        _child, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read()


def in_the_fork(command: tuple[str, ...], failpoint: str, said: TextIO) -> NoReturn:
    """Run the command on a connection of its own, then end without tidying up: the connections of
    the tests are this process's too, and closing them here would close them there."""
    held = [(one, one.connection) for one in connections.all()]
    for one, _open in held:
        one.connection = None
    os.environ["FAILPOINT"] = failpoint
    failpoints.seen.clear()
    small_steps()
    try:
        call_command(*command, stdout=said)
        code = 0
    except BaseException as problem:
        said.write(str(problem))
        code = 1
    said.flush()
    os._exit(code)


def run(*command: str, failpoint: str = "", start: Callable[..., tuple[int, str]] = forked) -> str:
    """A command in its own process; with a failpoint it is killed there."""
    code, words = start(*command, failpoint=failpoint)
    assert code == (-signal.SIGKILL if failpoint else 0), words
    return words
