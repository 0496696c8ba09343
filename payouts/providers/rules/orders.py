"""Orders and receipts: how payruns ask any provider for payments. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Order:
    """One payment to make. `key` is the transfer's own and never changes; with its version it is
    what the provider sees, and a provider that sees it twice pays once. A version is raised only
    after proof that the one before moved nothing. Orders with the same `batch_key` belong together
    (one pay run)."""

    key: str
    batch_key: str
    payee_reference: str
    payee_name: str
    amount_cents: int
    memo: str
    version: int = 1

    @property
    def idempotency_key(self) -> str:
        """What the provider is told this request is."""
        return f"{self.key}:v{self.version}"


@dataclass(frozen=True)
class ReversalOrder:
    """Money to take back from a payment that was made. The key is the reversal's own, never made
    from an amount: two equal reversals are two."""

    key: str
    transfer_reference: str
    amount_cents: int
    version: int = 1

    @property
    def idempotency_key(self) -> str:
        """What the provider is told this request is."""
        return f"{self.key}:v{self.version}"


class Outcome(StrEnum):
    """What became of an order."""

    SENT = "sent"
    FAILED = "failed"  # the provider proved that no money moved, and asking again is no use
    UNKNOWN = "unknown"  # no proof either way: look it up before anything else
    LATER = "later"  # the provider did not take the request: the same again after a pause
    HOLD = "hold"  # nothing moved; this payee cannot be paid now
    STOP = "stop"  # nothing moved; no order of this run can be carried out now
    ABSENT = "absent"  # looked up: the provider has no such payment


@dataclass(frozen=True)
class Receipt:
    """A provider's answer to one order: its own reference when sent, one sentence and a code of
    ours otherwise."""

    key: str
    outcome: Outcome
    reference: str = ""
    error: str = ""
    code: str = ""


class Gateway(Protocol):
    """Who carries out orders. Called outside any transaction; safe to call again with the same
    orders after a crash anywhere. `lease` is longer than one call of `most_at_once` may take."""

    most_at_once: int
    lease: dt.timedelta

    def send(self, orders: Sequence[Order], *, at: dt.datetime) -> list[Receipt]:
        """One receipt per order, in the same order; never `ABSENT`."""
        ...

    def find(self, orders: Sequence[Order], *, at: dt.datetime) -> list[Receipt]:
        """Look orders up without sending anything: `SENT`, `ABSENT`, or `UNKNOWN` when the
        provider could not be asked."""
        ...

    def available_cents(self) -> int | None:
        """What could be paid out now; None where there is no such limit."""
        ...


def line_reference(number: str, position: int) -> str:
    """What a line of a payment file is called: `line_reference("PF-2026-00001", 42)` is
    `PF-2026-00001-000042`."""
    return f"{number}-{position:06d}"
