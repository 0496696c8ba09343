"""Book every fee that waits."""

from typing import Any

from kernel import clock
from kernel.money import as_dollars
from kernel.terminal import HouseCommand
from payouts.accruals.actions import accrue_waiting, top_up_weeks


class Command(HouseCommand):
    """Runs the sweep until nothing waits."""

    help = (
        "Book the fee of every delivered package that waits for one, and take back the fees of "
        "voided deliveries, and top up weeks that ended below their minimum. `accrued` counts "
        "all of them; `cents` is net of what was taken back."
    )

    def run(self, **options: Any) -> dict[str, Any]:
        """Look at every delivery, whatever the sweep's mark says."""
        at = clock.now()
        accrued, cents = accrue_waiting(at=at, is_full=True)
        weeks, missing = top_up_weeks(at=at)
        return {"accrued": accrued + weeks, "cents": cents + missing}

    def describe(self, answer: dict[str, Any]) -> str:
        """How many fees, how much money."""
        if not answer["accrued"]:
            return "Nothing waits for its fee."
        return f"Booked {answer['accrued']:,} fees: {as_dollars(answer['cents'])}."
