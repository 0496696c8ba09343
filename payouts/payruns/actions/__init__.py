"""Paying shops: drafted by one person, approved by another, sent once, confirmed by the bank.

A run claims what shops earned and nobody paid yet, and is frozen under a hash. Approval books the
money as on its way; sending leases each transfer, commits, asks the gateway with the transfer's own
key outside any transaction, and only then books the money as gone. So a worker may die anywhere:
the next one takes its leases over and the keys keep a payment from being made twice.
"""

from payouts.payruns.actions.approving import approve_run, cancel_run
from payouts.payruns.actions.drafting import draft_run
from payouts.payruns.actions.sending import confirm_file, order_sending, send_run, send_waiting

__all__ = [
    "approve_run",
    "cancel_run",
    "confirm_file",
    "draft_run",
    "order_sending",
    "send_run",
    "send_waiting",
]
