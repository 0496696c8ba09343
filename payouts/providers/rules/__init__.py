"""The words in which payruns and any provider of payments speak, and what providers tell. Pure."""

from payouts.providers.rules.facts import (
    AccountFacts,
    BankPayoutFacts,
    Capability,
    EventFacts,
    Requirement,
    ReversalFacts,
    TransferFacts,
    is_other_bank,
)
from payouts.providers.rules.orders import (
    Gateway,
    Order,
    Outcome,
    Receipt,
    ReversalOrder,
    line_reference,
)

__all__ = [
    "AccountFacts",
    "BankPayoutFacts",
    "Capability",
    "EventFacts",
    "Gateway",
    "Order",
    "Outcome",
    "Receipt",
    "Requirement",
    "ReversalFacts",
    "ReversalOrder",
    "TransferFacts",
    "is_other_bank",
    "line_reference",
]
