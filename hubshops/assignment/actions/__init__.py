"""Every write of assignments: planning a day, moving packages by hand, asking shops for more."""

from hubshops.assignment.actions.moving import (
    CannotMove,
    NothingToMove,
    NothingToUndo,
    ReasonNeeded,
    StaleBoard,
    TooManyToMove,
    UnknownPackages,
    hold_board,
    move_packages,
    raise_board,
    undo_move,
)
from hubshops.assignment.actions.offering import (
    AlreadyAsked,
    AnswerTooLate,
    AskForLess,
    CannotBeAsked,
    OfferIsClosed,
    TooLateToAsk,
    answer_overflow,
    lapse_offers,
    offer_overflow,
    withdraw_offer,
)
from hubshops.assignment.actions.planning import plan_day, release_withdrawn

__all__ = [
    "AlreadyAsked",
    "AnswerTooLate",
    "AskForLess",
    "CannotBeAsked",
    "CannotMove",
    "NothingToMove",
    "NothingToUndo",
    "OfferIsClosed",
    "ReasonNeeded",
    "StaleBoard",
    "TooLateToAsk",
    "TooManyToMove",
    "UnknownPackages",
    "answer_overflow",
    "hold_board",
    "lapse_offers",
    "move_packages",
    "offer_overflow",
    "plan_day",
    "raise_board",
    "release_withdrawn",
    "undo_move",
    "withdraw_offer",
]
