"""How allauth behaves in this house."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """People join by invitation: a shop's approval or a member of staff opens the door."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
