"""Who may draft and approve new cards."""

from kernel.accounts.access import has_role
from kernel.accounts.models import Role


def may_draft(user: object) -> bool:
    """Whether a person may draft, publish and withdraw new cards."""
    return has_role(user, Role.FINANCE_DRAFTER)


def may_approve(user: object) -> bool:
    """Whether a person may approve a card that somebody else wrote."""
    return has_role(user, Role.FINANCE_APPROVER)
