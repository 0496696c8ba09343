"""What news from a provider is about, and how long it may wait. Pure."""

import datetime as dt
from enum import StrEnum

GIVE_UP_AFTER = dt.timedelta(hours=24)


class Topic(StrEnum):
    """What has to be read again because of an event."""

    ACCOUNT = "account"
    TRANSFER = "transfer"
    BANK_PAYOUT = "bank_payout"
    BALANCE = "balance"
    NOTHING = "nothing"


def topic_of(kind: str) -> Topic:
    """What an event of this kind is about; `NOTHING` for kinds that change nothing here."""
    if kind.startswith("transfer."):
        return Topic.TRANSFER
    if kind.startswith("payout."):
        return Topic.BANK_PAYOUT
    if kind.startswith(("v2.core.account", "account.", "capability.")):
        return Topic.ACCOUNT
    if kind.startswith("topup.") or kind == "balance.available":
        return Topic.BALANCE
    return Topic.NOTHING


def pause(attempts: int) -> dt.timedelta:
    """How long an event that could not be applied waits: from 5 s, doubling, to an hour."""
    return dt.timedelta(seconds=min(5 * 2 ** min(attempts, 12), 3600))
