"""Open a station."""

from typing import Any

from django.core.management.base import CommandParser

from hubshops.stations.actions import open_station
from kernel import clock
from kernel.terminal import HouseCommand


class Command(HouseCommand):
    help = "Open a station: a depot that feeds shops. The same again changes nothing."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help="2 to 12 capital letters, digits, hyphens")
        parser.add_argument("--name", required=True)
        parser.add_argument("--city", required=True)
        parser.add_argument("--state", required=True, help="two letters")
        parser.add_argument("--lat", required=True, type=float)
        parser.add_argument("--lng", required=True, type=float)
        parser.add_argument("--zone", required=True, help="like America/Chicago")

    def run(self, **options: Any) -> dict[str, Any]:
        station, is_created = open_station(
            code=options["code"],
            name=options["name"],
            city=options["city"],
            state=options["state"],
            latitude=options["lat"],
            longitude=options["lng"],
            zone=options["zone"],
            at=clock.now(),
        )
        return {"station": station.code, "created": is_created}

    def describe(self, answer: dict[str, Any]) -> str:
        return (
            f"{answer['station']} is open."
            if answer["created"]
            else (f"{answer['station']} was open already.")
        )
