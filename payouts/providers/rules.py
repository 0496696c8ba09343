"""The words in which payruns and any provider of payments speak. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Order:
    """One payment to make. `key` is the transfer's own and never changes: a provider that sees it
    twice pays once. Orders with the same `batch_key` belong together (one pay run)."""

    key: str
    batch_key: str
    payee_reference: str
    payee_name: str
    amount_cents: int
    memo: str


class Outcome(StrEnum):
    """What became of an order."""

    SENT = "sent"
    FAILED = "failed"  # the provider proved that no money moved
    UNKNOWN = "unknown"  # no proof either way: ask again with the same key


@dataclass(frozen=True)
class Receipt:
    """A provider's answer to one order: its own reference when sent, one sentence otherwise."""

    key: str
    outcome: Outcome
    reference: str = ""
    error: str = ""


class Gateway(Protocol):
    """Who carries out orders. Called outside any transaction; safe to call again with the same
    orders after a crash anywhere. `lease` is longer than one call of `most_at_once` may take."""

    most_at_once: int
    lease: dt.timedelta

    def send(self, orders: Sequence[Order], *, at: dt.datetime) -> list[Receipt]:
        """One receipt per order, in the same order."""
        ...


def line_reference(number: str, position: int) -> str:
    """What a line of a payment file is called: `line_reference("PF-2026-00001", 42)` is
    `PF-2026-00001-000042`."""
    return f"{number}-{position:06d}"
