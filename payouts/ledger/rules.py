"""The chart of accounts and the only ways money moves between them. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    """What an account is for."""

    SHOP_PAYABLE = "shop_payable"
    PAYOUT_CLEARING = "payout_clearing"
    BANK = "bank"
    FEE_EXPENSE = "fee_expense"
    ADJUSTMENT_EXPENSE = "adjustment_expense"
    SHOP_RECEIVABLE = "shop_receivable"
    SHOP_HELD = "shop_held"
    BAD_DEBT = "bad_debt"


# Of these every shop has its own.
SHOP_KINDS = (Kind.SHOP_PAYABLE, Kind.SHOP_RECEIVABLE, Kind.SHOP_HELD)


class Source(StrEnum):
    """What kind of fact an entry books."""

    FEE = "fee"
    FEE_REVERSED = "fee_reversed"
    TRANSFER_APPROVED = "transfer_approved"
    TRANSFER_SENT = "transfer_sent"
    TRANSFER_RELEASED = "transfer_released"
    TRANSFER_REVERSED = "transfer_reversed"
    ADJUSTED = "adjusted"
    DEDUCTED = "deducted"
    RECOVERED = "recovered"
    FORGIVEN = "forgiven"
    HELD = "held"
    HOLD_RELEASED = "hold_released"
    HOLD_TAKEN = "hold_taken"
    WRITTEN_OFF = "written_off"
    REFERRED = "referred"


# source -> (debited account, credited account). PostgreSQL holds the same table as a law.
MOVES: dict[Source, tuple[Kind, Kind]] = {
    Source.FEE: (Kind.FEE_EXPENSE, Kind.SHOP_PAYABLE),
    Source.FEE_REVERSED: (Kind.SHOP_PAYABLE, Kind.FEE_EXPENSE),
    Source.TRANSFER_APPROVED: (Kind.SHOP_PAYABLE, Kind.PAYOUT_CLEARING),
    Source.TRANSFER_SENT: (Kind.PAYOUT_CLEARING, Kind.BANK),
    Source.TRANSFER_RELEASED: (Kind.PAYOUT_CLEARING, Kind.SHOP_PAYABLE),
    Source.TRANSFER_REVERSED: (Kind.BANK, Kind.SHOP_PAYABLE),
    Source.ADJUSTED: (Kind.ADJUSTMENT_EXPENSE, Kind.SHOP_PAYABLE),
    Source.DEDUCTED: (Kind.SHOP_RECEIVABLE, Kind.ADJUSTMENT_EXPENSE),
    Source.RECOVERED: (Kind.SHOP_PAYABLE, Kind.SHOP_RECEIVABLE),
    Source.FORGIVEN: (Kind.BAD_DEBT, Kind.SHOP_RECEIVABLE),
    Source.HELD: (Kind.SHOP_PAYABLE, Kind.SHOP_HELD),
    Source.HOLD_RELEASED: (Kind.SHOP_HELD, Kind.SHOP_PAYABLE),
    Source.HOLD_TAKEN: (Kind.SHOP_HELD, Kind.SHOP_RECEIVABLE),
    Source.WRITTEN_OFF: (Kind.BAD_DEBT, Kind.SHOP_PAYABLE),
    Source.REFERRED: (Kind.ADJUSTMENT_EXPENSE, Kind.SHOP_PAYABLE),
}

# How a transfer's own money moves; nothing else of the payable account is left unclaimed by one.
# Money that came back from a transfer is owed again, and the next one claims it.
OF_TRANSFERS = (Source.TRANSFER_APPROVED, Source.TRANSFER_SENT, Source.TRANSFER_RELEASED)
# Entries with an accrual for each delivery behind them.
OF_DELIVERIES = (Source.FEE, Source.FEE_REVERSED)
# Entries that change what a shop is to be paid: these, and no others, are claimed by transfers.
EARNINGS = tuple(
    source
    for source, kinds in MOVES.items()
    if Kind.SHOP_PAYABLE in kinds and source not in OF_TRANSFERS
)
# Those of them that add to it; the others take from it.
ADDING = tuple(source for source in EARNINGS if MOVES[source][1] == Kind.SHOP_PAYABLE)


def number(prefix: str, year: int, count: int, width: int) -> str:
    """The name of one document in a series: `number("HD", 2026, 1, 6)` is `HD-2026-000001`."""
    return f"{prefix}-{year}-{count:0{width}d}"
