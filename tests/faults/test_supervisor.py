"""One command runs everything; however it ends, nothing stays behind, and whatever is killed comes
back by itself."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError

from kernel.embedded.management.commands import serve
from tests.faults.processes import (
    ROOT,
    environment,
    eventually,
    free_port,
    processes_of,
    started,
    var_folder,
)

pytestmark = pytest.mark.fault
PROGRAMS = {
    "web": "-m granian ",
    "worker": " worker ",
    "beat": " beat ",
    "postgres": "bin/postgres -D",
    "valkey": "valkey-server",
    "ending": "-m kernel.embedded.ending",
}


@pytest.fixture(scope="module")
def var():
    """The var folder of a checkout; the database is migrated once and found again after that."""
    with var_folder() as var:
        yield var


@contextlib.contextmanager
def serving(var):
    """A portal that is ready: its supervisor and its address."""
    port = free_port()
    serve = ("manage.py", "serve", "--port", str(port))
    with started(*serve, var=var) as (supervisor, said):
        assert eventually(lambda: "Ready:" in said.read_text(), 300), said.read_text()
        yield supervisor, f"http://127.0.0.1:{port}"


def readiness(address: str) -> dict[str, str]:
    """What the portal says of its parts; empty while nobody answers."""
    try:
        with urllib.request.urlopen(f"{address}/healthz/ready", timeout=10) as answer:
            return json.load(answer)["parts"]
    except urllib.error.HTTPError as no:
        return json.load(no)["parts"]
    except OSError:
        return {}


def is_ready(address: str) -> bool:
    """Whether every part answers."""
    return set(readiness(address).values()) == {"up"}


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_supervisor_leaves_no_process_behind(var, ending):
    with serving(var) as (supervisor, _):
        assert len(processes_of(var)) >= 9
        end(supervisor, ending, var)


def end(supervisor, ending, var):
    """Send the signal; nothing of this checkout may be left."""
    os.kill(supervisor.pid, ending)
    supervisor.wait(30)
    assert eventually(lambda: not processes_of(var)), processes_of(var)
    assert supervisor.returncode == (-signal.SIGKILL if ending == signal.SIGKILL else 0)


def test_whatever_is_killed_comes_back_and_one_portal_is_enough(var):
    with serving(var) as (supervisor, address):
        kill_all_but(supervisor, address, var)
        refuse_a_second_one(address, var)
        end(supervisor, signal.SIGTERM, var)


def kill_all_but(supervisor, address, var):
    before = programs(var)
    assert all(before.values())
    for pid in set(processes_of(var)) - {supervisor.pid, *before.pop("ending")}:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: is_ready(address) and came_back(before, programs(var)), 90)


def came_back(before, now):
    """Whether every program runs again, by other processes than before."""
    return all(now[name] and before[name].isdisjoint(now[name]) for name in before)


def programs(var):
    """The processes of each program that a portal consists of."""
    found = {name: set() for name in PROGRAMS}
    for pid in processes_of(var):
        words = command(pid)
        for name, mark in PROGRAMS.items():
            if mark in words:
                found[name].add(pid)
    return found


def command(pid: int) -> str:
    """A process's command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def test_a_child_that_keeps_dying_ends_the_portal_with_its_name():
    """Rather than a page that never comes, one line."""
    program = (
        "import sys; from pathlib import Path\n"
        "from kernel.embedded import supervisor; from kernel.embedded.supervisor import *\n"
        "supervisor.MOST_DEATHS = 3\n"
        "children = [Child('web', [sys.executable, '-c', 'raise SystemExit(3)'])]\n"
        "one = Supervisor(children, folder=Path.cwd(), var=Path(sys.argv[1]), services=[])\n"
        "one.run(prepare=lambda: None, ready_url='http://127.0.0.1:9', when_ready=lambda: None)\n"
    )
    with (
        var_folder() as var,
        started("-c", program, str(var), var=var) as (supervisor, said),
    ):
        supervisor.wait(60)
        assert "KeepsDyingError: web ended 3 times within a minute" in said.read_text()
        assert eventually(lambda: not processes_of(var))


def test_a_port_that_is_none_is_refused_in_one_line(var):
    answer = run_serve(var, "eighty")
    assert answer.returncode == 1
    assert answer.stderr == ("CommandError: PORT must be a number from 1 to 65535, not eighty\n")
    assert not processes_of(var)


@pytest.mark.parametrize("port", ["0", "70000", "-1", "8000.5", ""])
def test_only_whole_numbers_that_a_port_can_have_pass(port):
    with pytest.raises(CommandError, match="PORT must be a number from 1 to 65535"):
        serve.free_port(port)


def refuse_a_second_one(address, var):
    port = address.rsplit(":", 1)[1]
    with var_folder() as other:
        answer = run_serve(other, port)
    assert answer.returncode == 1
    assert f"port {port} is not free" in answer.stderr
    assert "PORT=8001 make demo" in answer.stderr
    second = run_serve(var, str(free_port()))
    assert "this checkout is already being served" in second.stderr
    assert is_ready(address)


def run_serve(var, port: str) -> subprocess.CompletedProcess[str]:
    """The command, as it ends by itself."""
    return subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", port],
        cwd=ROOT,
        env=environment(var),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
