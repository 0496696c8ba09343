"""One command runs everything; however it ends, nothing stays behind, and whatever is killed comes
back by itself."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from kernel.embedded.postgres import Postgres
from kernel.embedded.valkey import Valkey
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


@pytest.fixture(scope="module")
def var():
    """The var folder of a checkout; the database is migrated once and found again after that."""
    with var_folder() as var:
        yield var


@pytest.fixture
def served(var):
    """A portal that is ready: its supervisor and its address."""
    port = free_port()
    serve = ("manage.py", "serve", "--port", str(port))
    with started(*serve, var=var) as (supervisor, said):
        assert eventually(lambda: "Ready:" in said.read_text(), 90), said.read_text()
        yield supervisor, f"http://127.0.0.1:{port}"
        if supervisor.poll() is None:
            supervisor.terminate()
            supervisor.wait(30)


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


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_supervisor_leaves_no_process_behind(served, var, ending):
    supervisor, _ = served
    assert len(processes_of(var)) >= 9
    os.kill(supervisor.pid, ending)
    supervisor.wait(30)
    assert eventually(lambda: not processes_of(var)), processes_of(var)
    assert supervisor.returncode == (-signal.SIGKILL if ending == signal.SIGKILL else 0)


def test_whatever_is_killed_comes_back(served, var):
    supervisor, address = served
    others = set(processes_of(var)) - {supervisor.pid}
    postgres, valkey = Postgres(var).pid(), Valkey(var).pid()
    witness = {pid for pid in others if "ending" in command(pid)}
    for pid in others - witness:
        os.kill(pid, signal.SIGKILL)
    assert eventually(
        lambda: is_ready(address) and {postgres, valkey}.isdisjoint(processes_of(var)), 60
    )
    assert eventually(lambda: len(processes_of(var)) >= len(others))


def command(pid: int) -> str:
    """A process's command line."""
    with open(f"/proc/{pid}/cmdline") as words:
        return words.read().replace("\0", " ")


def test_a_child_that_keeps_dying_ends_the_portal_with_its_name():
    """Rather than a page that never comes, one line."""
    program = (
        "import sys; from pathlib import Path; from kernel.embedded.supervisor import *\n"
        "children = [Child('web', [sys.executable, '-c', 'raise SystemExit(3)'])]\n"
        "one = Supervisor(children, folder=Path.cwd(), var=Path(sys.argv[1]), services=[])\n"
        "one.run(prepare=lambda: None, ready_url='http://127.0.0.1:9', when_ready=lambda: None)\n"
    )
    with (
        var_folder() as var,
        started("-c", program, str(var), var=var) as (supervisor, said),
    ):
        supervisor.wait(60)
        assert "KeepsDyingError: web ended 5 times within a minute" in said.read_text()
        assert eventually(lambda: not processes_of(var))


@pytest.mark.parametrize(
    ("port", "sentence"),
    [
        ("eighty", "PORT must be a number from 1 to 65535, not eighty"),
        ("0", "PORT must be a number from 1 to 65535, not 0"),
        ("70000", "PORT must be a number from 1 to 65535, not 70000"),
    ],
)
def test_a_port_that_is_none_is_refused_in_one_line(port, sentence):
    with var_folder() as var:
        answer = run_serve(var, port)
        assert answer.returncode == 1
        assert answer.stderr == f"CommandError: {sentence}\n"
        assert not processes_of(var)


def test_a_taken_port_is_refused_in_one_line(served, var):
    _, address = served
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
