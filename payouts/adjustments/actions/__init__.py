"""Changing what a shop is paid: proposed in words, heard, decided by a person, booked once."""

from payouts.adjustments.actions.deciding import decide_adjustment
from payouts.adjustments.actions.disputing import (
    decline_dispute,
    grant_dispute,
    open_dispute,
    settle_disputes,
)
from payouts.adjustments.actions.holding import end_holds, place_hold, release_hold
from payouts.adjustments.actions.proposing import (
    answer_deduction,
    give_up_balance,
    give_up_deduction,
    propose_adjustment,
    withdraw_adjustment,
)
from payouts.adjustments.actions.recovering import recover

__all__ = [
    "answer_deduction",
    "decide_adjustment",
    "decline_dispute",
    "end_holds",
    "give_up_balance",
    "give_up_deduction",
    "grant_dispute",
    "open_dispute",
    "place_hold",
    "propose_adjustment",
    "recover",
    "release_hold",
    "settle_disputes",
    "withdraw_adjustment",
]
