"""Who may draft, approve and send."""

from django.utils.translation import gettext_lazy as _

from kernel.accounts.access import has_role
from kernel.accounts.models import Role, User
from kernel.refusals import Refusal


class UnknownPerson(Refusal):
    code = "unknown_person"
    message = _("There is no member of staff with the e-mail address {email}.")


def get_person(email: str) -> User:
    """The member of staff with this e-mail address."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None or not has_role(user):
        raise UnknownPerson(email=email.strip() or "“”")
    return user


def may_draft(user: object) -> bool:
    """Whether a person may prepare pay runs."""
    return has_role(user, Role.FINANCE_DRAFTER)


def may_approve(user: object) -> bool:
    """Whether a person may approve pay runs that somebody else prepared."""
    return has_role(user, Role.FINANCE_APPROVER)


def may_handle(user: object) -> bool:
    """Whether a person may send approved runs, cancel runs and note the bank's answers."""
    return has_role(user, Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER)
