"""Run the whole portal from one terminal."""

import fcntl
import os
import socket
import sys
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management import CommandError, CommandParser, call_command
from django.core.management.base import BaseCommand
from django.db import connections

from kernel.embedded.ground import EmbeddedServiceError
from kernel.embedded.supervisor import Child, KeepsDyingError, Supervisor

HOST = "127.0.0.1"
# Celery warns of root and of its version 6, whitenoise of a folder that only production has.
QUIET = ["-W", "ignore::UserWarning", "-W", "ignore::PendingDeprecationWarning"]


class Command(BaseCommand):
    """Starts the embedded services, migrates, then runs web, worker and scheduler until Ctrl-C."""

    help = "Run web, worker and scheduler, with the embedded services they need, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument("--before", help="a command to run once the database is migrated")
        parser.add_argument("--welcome", help="a text file to print once everything is ready")

    def handle(self, *args: Any, **options: Any) -> None:
        port = free_port(options["port"])
        os.environ["PORT"] = str(port)  # the children build links from it
        lock = only_supervisor()
        address = f"http://{HOST}:{port}"

        def prepare() -> None:
            try:
                call_command("migrate", interactive=False, verbosity=0)
                if options["before"]:
                    call_command(options["before"])
            finally:
                connections.close_all()

        def when_ready() -> None:
            words = Path(options["welcome"]).read_text() if options["welcome"] else ""
            self.stdout.write(f"\nReady: {address}\n{words}Ctrl-C stops everything.\n\n")
            self.stdout.flush()

        supervisor = Supervisor(
            programs(port),
            folder=settings.BASE_DIR,
            var=settings.VAR_DIR,
            services=embedded_services(),
        )
        try:
            supervisor.run(
                prepare=prepare, ready_url=f"{address}/healthz/ready", when_ready=when_ready
            )
        except (KeepsDyingError, EmbeddedServiceError) as no:
            raise CommandError(str(no)) from no
        finally:
            lock.close()


def embedded_services() -> list[str]:
    """The services that no address was given for."""
    is_embedded = settings.DATABASES["default"]["ENGINE"] == "kernel.embedded.backend"
    uses_valkey = settings.EMBEDDED_BROKER or settings.EMBEDDED_CACHE
    return ["PostgreSQL"] * is_embedded + ["Valkey"] * uses_valkey


def programs(port: int) -> list[Child]:
    """What runs side by side."""
    roof = settings.WSGI_APPLICATION.split(".")[0]
    python = [sys.executable, *QUIET, "-m"]
    web = ["granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws"]
    web += ["--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers"]
    web += ["--workers-kill-timeout", "10", "--log-level", "warning", f"{roof}.wsgi:application"]
    celery = ["celery", "--quiet", "-A", roof]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "warning"]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel", "warning", "--pidfile="]
    beat += ["--schedule", str(settings.VAR_DIR / "beat-schedule")]
    named = {"web": web, "worker": worker, "beat": beat} | settings.SIDE_PROGRAMS
    return [Child(name, python + words) for name, words in named.items()]


def free_port(wanted: str) -> int:
    """The port as a number; refuses one that is none or that somebody listens on."""
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {wanted}")
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((HOST, int(wanted)))
        except OSError as no:
            raise CommandError(
                f"port {wanted} is not free ({no.strerror}); choose another: PORT=8001 make demo"
            ) from no
    return int(wanted)


def is_served() -> bool:
    """Whether a supervisor of this checkout is at work."""
    try:
        only_supervisor().close()
    except CommandError:
        return True
    return False


def only_supervisor() -> IO[str]:
    """The lock that keeps two supervisors from sharing one checkout; dropped when we die."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    lock = (settings.VAR_DIR / "serve.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as no:
        lock.close()
        raise CommandError("this checkout is already being served; stop that one first") from no
    return lock
