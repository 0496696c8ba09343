"""Load the sample network, or play it on to today."""

from typing import Any

from django.conf import settings

from kernel import clock
from kernel.terminal import HouseCommand, progress
from portal.demo.actions import load_sample_network


class Command(HouseCommand):
    help = "Load the sample network of three stations and four weeks (only with DEMO=1)."

    def run(self, **options: Any) -> dict[str, Any]:
        # Nobody listens while the network loads: its jobs are done at the end of the load.
        settings.JOB_WAKE_UPS = False
        return load_sample_network(at=clock.now(), report=progress("Sample network"))

    def describe(self, answer: dict[str, Any]) -> str:
        return (
            "Sample network: {stations} stations, {shops} shops, {packages:,} packages, "
            "{pay_runs} pay runs."
        ).format(**answer)
