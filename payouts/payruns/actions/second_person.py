"""What one person asks for and another one has to confirm."""

from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.refusals import Refusal


class ConfirmedByAnother(Refusal):
    code = "confirmed_by_another_person"
    message = _("You asked for this, so another person has to confirm it.")


def refuse_who_asked(by: User, *, asked_by_id: int | None) -> None:
    """Refuse the person who asked for what is to be confirmed."""
    if by.pk == asked_by_id:
        raise ConfirmedByAnother
