"""Paying shops: drafted by one person, approved by another, sent once, confirmed by the bank.

A run claims what shops earned and nobody paid yet, and is frozen under a hash. Approval books the
money as on its way; sending leases each transfer, commits, asks the gateway with the transfer's own
key outside any transaction, and only then books the money as gone. So a worker may die anywhere:
the next one takes its leases over and the keys keep a payment from being made twice.
"""

from payouts.payruns.actions.approving import approve_run, cancel_run
from payouts.payruns.actions.beginning import order_sending
from payouts.payruns.actions.drafting import draft_run, draft_weekly
from payouts.payruns.actions.finishing import confirm_file
from payouts.payruns.actions.receipts import give_up_transfer, let_held_go, try_again
from payouts.payruns.actions.reconciling import close_gap, note_gap, note_transfer, reconcile
from payouts.payruns.actions.returning import (
    ReadBack,
    confirm_returns,
    keep_returns,
    throw_returns_away,
)
from payouts.payruns.actions.reversing import (
    ask_reversal,
    confirm_reversal,
    send_reversal,
    withdraw_reversal,
)
from payouts.payruns.actions.sending import send_run, send_waiting
from payouts.payruns.actions.staging import note_books_checked

__all__ = [
    "ReadBack",
    "confirm_returns",
    "confirm_reversal",
    "keep_returns",
    "throw_returns_away",
    "approve_run",
    "ask_reversal",
    "cancel_run",
    "close_gap",
    "confirm_file",
    "draft_run",
    "draft_weekly",
    "give_up_transfer",
    "let_held_go",
    "note_books_checked",
    "note_gap",
    "note_transfer",
    "order_sending",
    "reconcile",
    "send_reversal",
    "send_run",
    "send_waiting",
    "try_again",
    "withdraw_reversal",
]
