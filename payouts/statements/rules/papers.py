"""What a statement and a check of the books come to. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SERIES = "HD"
WIDTH = 6


@dataclass(frozen=True)
class Settled:
    """What one transfer settled, added up from its lines."""

    transfer_id: int
    shop_id: int
    first_day: dt.date
    last_day: dt.date
    packages: int
    earned_cents: int
    corrections_cents: int
    paid_cents: int
    shop_name: str
    shop_address: str
    zone: str


def closing(settled: Settled, *, opening_cents: int) -> int:
    """What is left after a payment: opening + earned + corrections − paid."""
    return opening_cents + settled.earned_cents + settled.corrections_cents - settled.paid_cents


def is_clean(findings: Mapping[str, object]) -> bool:
    """Whether a check of the books found nothing: every sum is zero and every list is empty."""
    return not any(findings.values())


# Findings that say money may be wrong: no payment leaves until a person looked. The others hold one
# shop's payment at most (`unpriced`), or are told to the people of the day (`count_gaps`).
STOPPING = (
    "trial_balance_cents",
    "transfer_gaps",
    "balance_gaps",
    "adjustment_gaps",
    "provider_gaps",
)


def stops_payments(findings: Mapping[str, object]) -> bool:
    """Whether no payment may leave while the books say this."""
    return any(findings.get(name) for name in STOPPING)


@dataclass(frozen=True)
class Earned:
    """One day of a shop's money, as its page shows it."""

    day: dt.date
    packages: int
    cents: int


def by_day(
    first: dt.date, last: dt.date, packages: Mapping[dt.date, int], cents: Mapping[dt.date, int]
) -> list[Earned]:
    """Every day from first to last, days without work included."""
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    return [Earned(day, packages.get(day, 0), cents.get(day, 0)) for day in days]


@dataclass(frozen=True)
class NextPayout:
    """What is owed and not yet on its way: booked before today, booked today, taken back, already
    claimed by a run that waits for approval, and packages whose fee is not booked yet."""

    final_cents: int
    today_cents: int
    corrections_cents: int
    drafted_cents: int
    packages: int
    waiting_packages: int

    @property
    def total_cents(self) -> int:
        """All of it together."""
        return self.final_cents + self.today_cents + self.corrections_cents


def total(days: Sequence[Earned]) -> int:
    """Cents of several days."""
    return sum(day.cents for day in days)
