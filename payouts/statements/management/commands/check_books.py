"""Look whether all books agree."""

from typing import Any

from kernel import clock
from kernel.terminal import HouseCommand
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean


class Command(HouseCommand):
    help = (
        "Look whether packages, fees, transfers, statements and the ledger tell the same story."
        " Changes nothing; exit status 2 when anything is off."
    )

    def run(self, **options: Any) -> dict[str, Any]:
        """Everything that is off."""
        return check_of_books(at=clock.now())

    def describe(self, answer: dict[str, Any]) -> str:
        """One line when clean; otherwise every finding."""
        if is_clean(answer):
            return "The books are clean: every package is accounted for and every cent balances."
        lines = [f"trial balance: {answer.pop('trial_balance_cents')} cents"]
        for name, found in answer.items():
            lines += [f"{name}: {len(found)}"] if found else []
            lines += ["  " + ", ".join(f"{k} {v}" for k, v in row.items()) for row in found]
        return "\n".join(lines)

    def is_partial(self, answer: dict[str, Any]) -> bool:
        """Anything that is off."""
        return not is_clean(answer)
