"""Every write of assignments: planning a day, and moving packages by hand."""

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
from hubshops.assignment.actions.planning import plan_day, release_withdrawn

__all__ = [
    "CannotMove",
    "NothingToMove",
    "NothingToUndo",
    "ReasonNeeded",
    "StaleBoard",
    "TooManyToMove",
    "UnknownPackages",
    "hold_board",
    "move_packages",
    "plan_day",
    "raise_board",
    "release_withdrawn",
    "undo_move",
]
