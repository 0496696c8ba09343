"""The database inside a checkout, on real servers of their own."""

import os
import stat
import subprocess

import psycopg
import pytest

from kernel.embedded.ground import SYSTEM_HOME, EmbeddedServiceError
from kernel.embedded.postgres import USER, Postgres
from tests.faults.processes import environment, var_folder

pytestmark = pytest.mark.fault


@pytest.fixture
def var():
    with var_folder() as var:
        yield var


def ask(server, question, database="hub"):
    """One answer from a server."""
    line = psycopg.connect(host=str(server.sockets), user=USER, dbname=database, autocommit=True)
    with line:
        return line.execute(question).fetchone()


def listening_on(server):
    return ask(server, "SELECT current_setting('listen_addresses')")[0]


def test_it_starts_when_needed_durable_private_and_off_the_network(var):
    server = Postgres(var)
    assert not server.is_running()
    server.ensure(database="hub")
    assert server.is_running()
    assert listening_on(server) == ""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        assert ask(server, f"SELECT current_setting('{setting}')")[0] == "on"
    for folder in (server.home, server.data, server.sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert ask(server, "SELECT datcollate FROM pg_database WHERE datname = 'hub'")[0] == "C.UTF-8"


def test_ensuring_twice_is_one_server_and_stopping_twice_is_no_harm(var):
    server = Postgres(var)
    server.ensure(database="hub")
    first = server.pid()
    server.ensure(database="hub")
    assert server.pid() == first
    assert server.stop()
    assert not server.stop()
    assert not server.is_running()


def test_two_checkouts_do_not_meet(var):
    with var_folder() as other:
        one, two = Postgres(var), Postgres(other)
        one.ensure(database="hub")
        two.ensure(database="hub")
        ask_none(one, "CREATE TABLE mine (number int)")
        with pytest.raises(psycopg.errors.UndefinedTable):
            ask(two, "SELECT * FROM mine")
        two.stop()
        assert one.is_running()


def ask_none(server, command):
    with psycopg.connect(host=str(server.sockets), user=USER, dbname="hub", autocommit=True) as to:
        to.execute(command)


@pytest.mark.parametrize("name", ["my shop, and yours", "deep" * 30], ids=["odd", "long"])
def test_it_runs_under_odd_and_long_paths(name):
    with var_folder(name=name) as var:
        server = Postgres(var)
        server.ensure(database="hub")
        assert ask(server, "SELECT 1") == (1,)


def test_a_path_that_its_own_programs_cannot_quote_is_refused_in_one_line(var):
    server = Postgres(var)
    server.home = var / "cash$"  # root's data would have gone elsewhere by itself
    with pytest.raises(EmbeddedServiceError, match=r"cash\$: rename that folder"):
        server.ensure()


def test_a_lock_whose_number_belongs_to_somebody_else_now_does_not_stop_it(var):
    server = Postgres(var)
    server.ensure(database="hub")
    server.stop()
    lock = server.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{server.data}\n1\n5432\n{server.sockets}\n\n 1 1\nready\n")
    lock.chmod(0o644)
    assert not server.is_running()
    server.ensure(database="hub")
    assert ask(server, "SELECT 1") == (1,)


def test_a_start_that_was_killed_half_way_is_no_hindrance(var):
    server = Postgres(var)
    server.make_folders()
    (server.home / "data.draft").mkdir()
    (server.home / "data.draft" / "PG_VERSION").write_text("18\n")
    server.ensure(database="hub")
    assert ask(server, "SELECT 1") == (1,)


def test_data_of_another_version_is_refused_in_one_line(var):
    server = Postgres(var)
    server.ensure()
    server.stop()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedServiceError, match=r"needs PostgreSQL 12; found: .*Set PG_BIN"):
        Postgres(var).ensure()


def test_programs_can_be_named_and_a_wrong_name_is_one_line(var, monkeypatch):
    monkeypatch.setenv("PG_BIN", "/nowhere")
    with pytest.raises(EmbeddedServiceError, match=r"found: /nowhere \(cannot run\)"):
        Postgres(var).ensure()


def test_a_socket_folder_that_somebody_else_made_first_is_refused(var, monkeypatch):
    server = Postgres(var)
    server.make_folders()
    server.sockets.rmdir()
    server.sockets.symlink_to("/var")
    with pytest.raises(EmbeddedServiceError, match="belongs to another user"):
        server.ensure()
    server.sockets.unlink()


@pytest.mark.root
def test_roots_server_runs_as_somebody_else(var):
    server = Postgres(var)
    server.ensure()
    assert server.home.is_relative_to(var)
    assert os.stat(f"/proc/{server.pid()}").st_uid != 0


@pytest.mark.root
def test_root_keeps_the_data_elsewhere_when_the_server_cannot_walk_in(tmp_path):
    tmp_path.chmod(0o700)
    with var_folder(tmp_path) as var:
        server = Postgres(var)
        server.ensure(database="hub")
        assert server.home.parent == SYSTEM_HOME
        assert Postgres(var).home == server.home
        ask_none(server, "CREATE TABLE mine (number int)")
        moved = var.parent / "moved"
        var.rename(moved)
        assert Postgres(moved).home == server.home
        copy = var.parent / "copy"
        subprocess.run(["cp", "-r", moved, copy], check=True)
        assert Postgres(copy).home != server.home
        moved.rename(var)


@pytest.mark.root
def test_root_runs_a_copy_of_the_programs_when_the_server_cannot_reach_them(var, monkeypatch):
    from kernel.embedded import postgres

    reached = postgres.version

    def only_copies(running, folder):
        return reached(running, folder) if SYSTEM_HOME in folder.parents else None

    monkeypatch.setattr(postgres, "version", only_copies)
    server = Postgres(var)
    server.ensure(database="hub")
    assert ask(server, "SELECT 1") == (1,)
    program = os.readlink(f"/proc/{server.pid()}/exe")
    assert program.startswith(str(SYSTEM_HOME))


@pytest.mark.root
def test_an_ordinary_user_runs_everything_as_herself(ordinary_python):
    with var_folder(name="hers") as var:
        var.parent.chmod(0o777)
        answer = ordinary_python(
            "import os; from pathlib import Path\n"
            "from kernel.embedded.postgres import Postgres\n"
            "from kernel.embedded.valkey import Valkey\n"
            f"one, two = Postgres(Path({str(var)!r})), Valkey(Path({str(var)!r}))\n"
            "one.ensure(database='hub'); two.ensure()\n"
            "print(os.stat(f'/proc/{one.pid()}').st_uid, os.stat(f'/proc/{two.pid()}').st_uid)\n"
            "one.stop(); two.stop()\n",
            environment(var),
        )
        assert answer.stdout.split() == ["65534", "65534"], answer.stderr


@pytest.mark.root
def test_an_ordinary_user_is_told_whose_folder_it_is(ordinary_python, var):
    var.mkdir()
    answer = ordinary_python(
        "from pathlib import Path; from kernel.embedded.postgres import Postgres\n"
        f"Postgres(Path({str(var)!r})).ensure()\n",
        environment(var),
    )
    assert answer.stderr.strip().endswith("is not ours to write; run as its owner")
