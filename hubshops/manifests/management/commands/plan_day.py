"""Plan a station's day."""

from typing import Any

from django.core.management.base import CommandParser

from hubshops.manifests.actions import plan_and_publish
from hubshops.stations.queries import get_station
from kernel import clock
from kernel.terminal import HouseCommand, day


class Command(HouseCommand):
    help = "Give a day's packages to shops and publish their manifests."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--station", required=True, metavar="CODE")
        parser.add_argument("--day", required=True, type=day, metavar="YYYY-MM-DD")

    def run(self, **options: Any) -> dict[str, Any]:
        station = get_station(options["station"])
        planned = plan_and_publish(station=station, service_day=options["day"], at=clock.now())
        return {
            "assigned": planned.plan.assigned,
            "unassigned": [
                {"tracking_id": tracking_id, "reason": str(cause)}
                for tracking_id, cause in planned.plan.unplaced.items()
            ],
            "manifests": planned.manifests,
            "total_m": planned.plan.total_m,
        }

    def describe(self, answer: dict[str, Any]) -> str:
        lines = [
            f"{answer['assigned']:,} packages have a shop, on {answer['manifests']:,} manifests;"
            f" {answer['total_m']:,} m from shop to door in all."
        ]
        lines += [f"  {one['tracking_id']}: {one['reason']}" for one in answer["unassigned"]]
        return "\n".join(lines)
