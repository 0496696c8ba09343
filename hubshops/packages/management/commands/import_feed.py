"""Load a station's feed."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hubshops.packages.actions import ingest_feed
from hubshops.packages.queries import remembered_columns
from hubshops.stations.queries import get_station
from kernel import clock
from kernel.terminal import HouseCommand, day, progress, steps


class Command(HouseCommand):
    help = "Announce the packages of a CSV, Excel or JSON file for one service day."
    taken = ("accepted", "updated", "unchanged", "withdrawn")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--station", required=True, metavar="CODE")
        parser.add_argument("--day", required=True, type=day, metavar="YYYY-MM-DD")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen and write nothing"
        )
        parser.add_argument(
            "--whole-list",
            action="store_true",
            help="this is the whole list of the day: what it does not name is withdrawn",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        station = get_station(options["station"])
        report = ingest_feed(
            station=station,
            service_day=options["day"],
            content=options["file"],
            file_name=options["file"].name,
            at=clock.now(),
            mapping=remembered_columns(station.pk),
            is_whole_list=options["whole_list"],
            is_dry_run=options["dry_run"],
            on_progress=progress("feed"),
            on_step=steps("feed"),
        )
        return {
            "batch": report.batch,
            "accepted": report.accepted,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "rejected": report.rejected,
            "unknown_columns": list(report.unknown_columns),
            "withdrawn": report.withdrawn,
            "version": report.version,
            "warnings": [warning.as_dict() for warning in report.warnings],
        }

    def describe(self, answer: dict[str, Any]) -> str:
        lines = [", ".join(f"{answer[name]:,} {name}" for name in self.taken)]
        if answer["batch"] is None:
            lines[0] += " (nothing was written)"
        if answer["unknown_columns"]:
            lines.append("columns not read: " + ", ".join(answer["unknown_columns"]))
        for title in ("warnings", "rejected"):
            if answer[title]:
                lines.append(f"{len(answer[title]):,} {title}:")
                lines += [
                    f"  line {row['line']}, {row['field']}: {row['reason']}"
                    for row in answer[title]
                ]
        return "\n".join(lines)
