"""Booking what deliveries earn."""

from payouts.accruals.actions.minimums import top_up_weeks
from payouts.accruals.actions.sweeping import accrue_waiting, move_mark

__all__ = ["accrue_waiting", "move_mark", "top_up_weeks"]
