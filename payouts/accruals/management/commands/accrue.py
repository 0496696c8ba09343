"""Book every fee that waits."""

from typing import Any

from kernel import clock
from kernel.money import as_dollars
from kernel.terminal import HouseCommand
from payouts.accruals.actions import accrue_waiting


class Command(HouseCommand):
    """Runs the sweep until nothing waits."""

    help = (
        "Book the fee of every delivered package that waits for one, and take back the fees of "
        "voided deliveries. `accrued` counts both; `cents` is net of what was taken back."
    )

    def run(self, **options: Any) -> dict[str, Any]:
        """Look at every delivery, whatever the sweep's mark says."""
        accrued, cents = accrue_waiting(at=clock.now(), is_full=True)
        return {"accrued": accrued, "cents": cents}

    def describe(self, answer: dict[str, Any]) -> str:
        """How many fees, how much money."""
        if not answer["accrued"]:
            return "Nothing waits for its fee."
        return f"Booked {answer['accrued']:,} fees: {as_dollars(answer['cents'])}."
