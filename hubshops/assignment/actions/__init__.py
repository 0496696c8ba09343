"""Every write of assignments: planning a day."""

from hubshops.assignment.actions.planning import plan_day

__all__ = ["plan_day"]
