"""The chart of accounts and the only ways money moves between them. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    """What an account is for."""

    SHOP_PAYABLE = "shop_payable"
    PAYOUT_CLEARING = "payout_clearing"
    BANK = "bank"
    FEE_EXPENSE = "fee_expense"
    ADJUSTMENT_EXPENSE = "adjustment_expense"


class Source(StrEnum):
    """What kind of fact an entry books."""

    FEE = "fee"
    FEE_REVERSED = "fee_reversed"
    TRANSFER_APPROVED = "transfer_approved"
    TRANSFER_SENT = "transfer_sent"
    TRANSFER_RELEASED = "transfer_released"
    TRANSFER_REVERSED = "transfer_reversed"


# source -> (debited account, credited account). PostgreSQL holds the same table as a law.
MOVES: dict[Source, tuple[Kind, Kind]] = {
    Source.FEE: (Kind.FEE_EXPENSE, Kind.SHOP_PAYABLE),
    Source.FEE_REVERSED: (Kind.SHOP_PAYABLE, Kind.FEE_EXPENSE),
    Source.TRANSFER_APPROVED: (Kind.SHOP_PAYABLE, Kind.PAYOUT_CLEARING),
    Source.TRANSFER_SENT: (Kind.PAYOUT_CLEARING, Kind.BANK),
    Source.TRANSFER_RELEASED: (Kind.PAYOUT_CLEARING, Kind.SHOP_PAYABLE),
    Source.TRANSFER_REVERSED: (Kind.BANK, Kind.SHOP_PAYABLE),
}

# Entries that change what a shop is to be paid: these, and no others, are claimed by transfers.
# Money that came back from a transfer is owed again, and its entry is claimed by the next one.
EARNINGS = (Source.FEE, Source.FEE_REVERSED, Source.TRANSFER_REVERSED)


def number(prefix: str, year: int, count: int, width: int) -> str:
    """The name of one document in a series: `number("HD", 2026, 1, 6)` is `HD-2026-000001`."""
    return f"{prefix}-{year}-{count:0{width}d}"
