"""Take a person's lost second factor away."""

from typing import Any

from django.core.management.base import CommandParser

from kernel import clock
from kernel.accounts.actions import reset_second_factor
from kernel.terminal import HouseCommand


class Command(HouseCommand):
    help = "Take a person's second factors away after she proved herself; she is told by mail."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def run(self, **options: Any) -> dict[str, Any]:
        return {"reset": reset_second_factor(email=options["email"], at=clock.now()).email}

    def describe(self, answer: dict[str, Any]) -> str:
        return f"{answer['reset']} is signed out everywhere and sets a new second factor up."
