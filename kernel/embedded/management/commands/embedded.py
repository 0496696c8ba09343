"""Look after the database and the broker inside the checkout."""

from typing import Any

from django.conf import settings
from django.core.management import CommandError, CommandParser
from django.db import connections

from kernel.embedded.ending import SERVICES, stop_services
from kernel.embedded.ground import EmbeddedServiceError
from kernel.embedded.management.commands.serve import is_served
from kernel.embedded.postgres import Postgres
from kernel.embedded.valkey import Valkey
from kernel.terminal import HouseCommand


class Command(HouseCommand):
    """Starts, stops or describes the embedded services."""

    help = "Start, stop or describe the database and the broker inside this checkout."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=list(ACTS))

    def run(self, **options: Any) -> dict[str, Any]:
        """What each service does now, after what was asked."""
        try:
            ACTS[options["act"]]()
        except EmbeddedServiceError as no:
            raise CommandError(str(no)) from no
        servers = {name: make(settings.VAR_DIR) for name, make in SERVICES.items()}
        return {name: described(server) for name, server in servers.items()}


def start() -> None:
    """Have both services answering."""
    for make in SERVICES.values():
        make(settings.VAR_DIR).ensure()


def stop() -> None:
    """End both services, whoever uses them: they come back at the next connection."""
    for make in SERVICES.values():
        make(settings.VAR_DIR).stop()


def release() -> None:
    """End both services unless somebody uses them: a supervisor or a connected session."""
    connections.close_all()
    if not is_served():
        stop_services(settings.VAR_DIR, SERVICES, say=lambda words: None)


def described(server: Postgres | Valkey) -> str:
    """One service's state in words."""
    state = f"running, process {server.pid()}" if server.is_running() else "stopped"
    return f"{state}, data in {server.home}"


ACTS = {"start": start, "stop": stop, "release": release, "status": lambda: None}
