"""Who makes background reports: one interface, chosen by the setting `CHECKS_PROVIDER`.

A gateway places an order only for a person whose yes it is shown. What comes back is typed in by
staff; a provider with an interface of its own gets a file beside `manual.py`.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from hubshops.reviews.gateways.manual import Manual


@dataclass(frozen=True)
class Order:
    """What a provider is told. The same `key` again is the same order."""

    key: str
    name: str
    email: str
    consented_at: dt.datetime


class ReportProvider(Protocol):
    """What takes an order for a background report."""

    name: str

    def place(self, order: Order) -> str:
        """The provider's number of the order; nothing when a person has to place it."""
        ...


def provider_for(name: str) -> ReportProvider:
    """The provider that the setting names."""
    return PROVIDERS[name]()


PROVIDERS: dict[str, type[ReportProvider]] = {"manual": Manual}
