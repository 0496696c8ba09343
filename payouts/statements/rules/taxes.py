"""What was paid in a year, and who gets a yearly form. Pure. It adds up; it gives no advice."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

PREVIEW_FROM_MONTH = 12


@dataclass(frozen=True, slots=True)
class Month:
    """What was sent and what came back in one month, on the days on which it happened."""

    month: int
    payments: int = 0
    sent_cents: int = 0
    back_cents: int = 0

    @property
    def cents(self) -> int:
        """What the shop kept."""
        return self.sent_cents - self.back_cents


@dataclass(frozen=True, slots=True)
class Year:
    """A shop's year: twelve months, also those without a payment."""

    year: int
    months: tuple[Month, ...]

    @property
    def payments(self) -> int:
        """How many payments were sent."""
        return sum(month.payments for month in self.months)

    @property
    def sent_cents(self) -> int:
        """What was sent."""
        return sum(month.sent_cents for month in self.months)

    @property
    def back_cents(self) -> int:
        """What came back."""
        return sum(month.back_cents for month in self.months)

    @property
    def cents(self) -> int:
        """Gross paid: what was sent less what came back."""
        return self.sent_cents - self.back_cents


def year_of(year: int, known: Mapping[int, Month]) -> Year:
    """A whole year from the months with payments."""
    return Year(year, tuple(known.get(number, Month(number)) for number in range(1, 13)))


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least amount for a form; `is_own`: entered for this very year, not carried on from an
    earlier one."""

    cents: int
    first_year: int
    is_own: bool
    note: str = ""


def threshold_of(year: int, entered: Mapping[int, tuple[int, str]]) -> Threshold | None:
    """The amount that holds for a year: the latest one entered for it or before it."""
    first = max((one for one in entered if one <= year), default=None)
    if first is None:
        return None
    cents, note = entered[first]
    return Threshold(cents, first, first == year, note)


class W9(StrEnum):
    """What is known of a shop's tax number and name."""

    COLLECTED = "collected"  # the provider has them, and asks for nothing more
    MISSING = "missing"  # the provider waits for them
    UNKNOWN = "unknown"  # nobody told us: ask the shop for its form


# What providers call the things that a W-9 asks for.
ASKED = ("tax_id", "id_number", "ssn", "business_details.id_numbers")


def w9_of(gateway: str, capability: str, asked: list[str]) -> W9:
    """What the provider lets us know: it says what it still wants of a shop, not what it has."""
    if gateway != "stripe":
        return W9.UNKNOWN
    if any(name in code for code in asked for name in ASKED):
        return W9.MISSING
    return W9.COLLECTED if capability == "active" else W9.UNKNOWN


class Stage(StrEnum):
    """Where a year is."""

    RUNNING = "running"
    PREVIEW = "preview"  # its last month
    OVER = "over"


def stage_of(year: int, today: dt.date) -> Stage:
    """Where a year is on a day."""
    if today.year > year:
        return Stage.OVER
    is_preview = today.year == year and today.month >= PREVIEW_FROM_MONTH
    return Stage.PREVIEW if is_preview else Stage.RUNNING
