"""After a dump was restored: let events be read again."""

from typing import Any

from hubshops.subscriptions.actions import settle_events
from kernel.terminal import HouseCommand


class Command(HouseCommand):
    help = "Run once after a dump was restored, before anybody comes in."

    def run(self, **options: Any) -> dict[str, Any]:
        return {"subscriptions": settle_events()}

    def describe(self, answer: dict[str, Any]) -> str:
        return "Events can be read again. Ask stations to start without a cursor."
