"""Hand out a station's day as CSV."""

from typing import Any

from django.core.management.base import CommandParser

from hubshops.manifests.documents import day_csv
from hubshops.manifests.queries import day_rows
from hubshops.stations.queries import get_station
from kernel.terminal import HouseCommand, day


class Command(HouseCommand):
    help = "Print a CSV with one row per package of a station's day."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--station", required=True, metavar="CODE")
        parser.add_argument("--day", required=True, type=day, metavar="YYYY-MM-DD")

    def run(self, **options: Any) -> dict[str, Any]:
        station = get_station(options["station"])
        return {"csv": day_csv(day_rows(station, options["day"]))}

    def describe(self, answer: dict[str, Any]) -> str:
        return answer["csv"].removesuffix("\n")
