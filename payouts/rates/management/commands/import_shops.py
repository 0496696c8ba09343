"""Open a station's shops from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hubshops.stations.queries import get_station
from kernel import clock
from kernel.terminal import HouseCommand, progress
from payouts.rates.actions import import_shops


class Command(HouseCommand):
    help = "Open the shops of a CSV file, or bring them up to date, and agree their fees."
    taken = ("opened", "updated", "unchanged")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--station", required=True, metavar="CODE")

    def run(self, **options: Any) -> dict[str, Any]:
        station = get_station(options["station"])
        report = import_shops(
            station=station,
            content=options["file"].read_bytes(),
            at=clock.now(),
            on_progress=progress("shops"),
        )
        return {
            "opened": report.opened,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "rejected": report.rejected,
            "unknown_columns": list(report.unknown_columns),
        }

    def describe(self, answer: dict[str, Any]) -> str:
        lines = [", ".join(f"{answer[name]:,} {name}" for name in self.taken)]
        if answer["unknown_columns"]:
            lines.append("columns not read: " + ", ".join(answer["unknown_columns"]))
        lines += [
            f"  line {row['line']}, {row['field']}: {row['reason']}" for row in answer["rejected"]
        ]
        return "\n".join(lines)
