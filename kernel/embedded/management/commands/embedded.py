"""Look after the database and the broker inside the checkout."""

from typing import Any

from django.conf import settings
from django.core.management import CommandError, CommandParser

from kernel.embedded.ending import SERVICES
from kernel.embedded.ground import EmbeddedServiceError
from kernel.terminal import HouseCommand


class Command(HouseCommand):
    """Starts, stops or describes the embedded services."""

    help = "Start, stop or describe the database and the broker inside this checkout."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["start", "stop", "status"])

    def run(self, **options: Any) -> dict[str, Any]:
        """What each service does now, after what was asked."""
        answer = {}
        for name, make in SERVICES.items():
            server = make(settings.VAR_DIR)
            try:
                if options["act"] == "start":
                    server.ensure()
                elif options["act"] == "stop":
                    server.stop()
            except EmbeddedServiceError as no:
                raise CommandError(str(no)) from no
            state = f"running, process {server.pid()}" if server.is_running() else "stopped"
            answer[name] = f"{state}, data in {server.home}"
        return answer
