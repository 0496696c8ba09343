"""Make a key for a station's own system."""

from typing import Any

from django.core.management.base import CommandParser

from hubshops.stations.actions import make_key
from hubshops.stations.queries import get_station
from kernel import clock
from kernel.terminal import HouseCommand


class Command(HouseCommand):
    help = "Make a key for a station's own system and print it, once."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("--name", required=True, help="which system uses it")

    def run(self, **options: Any) -> dict[str, Any]:
        station = get_station(options["code"])
        key, token = make_key(station=station, name=options["name"], at=clock.now())
        return {"station": station.code, "name": key.name, "key": token}

    def describe(self, answer: dict[str, Any]) -> str:
        return f"{answer['key']}\nKeep it now: it cannot be shown again."
