"""Who may hold a shop's payouts."""

from kernel.accounts.access import has_role
from kernel.accounts.models import Role

FINANCE = (Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER)


def may_hold(user: object) -> bool:
    """Whether a person may hold a shop's payouts, and let them go on."""
    return has_role(user, *FINANCE)
