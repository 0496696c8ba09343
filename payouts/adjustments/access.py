"""Who may propose and decide what changes a shop's pay."""

from kernel.accounts.access import has_role
from kernel.accounts.models import Role


def may_propose(user: object) -> bool:
    """Whether a person may propose adjustments and set amounts aside."""
    return has_role(user, Role.SUPPORT, Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER)


def may_decide(user: object) -> bool:
    """Whether a person may decide what somebody else proposed, and answer disputes."""
    return has_role(user, Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER)
