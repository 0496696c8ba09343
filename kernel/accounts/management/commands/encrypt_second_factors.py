"""Encrypt second factors with the first of MFA_KEYS."""

from typing import Any

from kernel.accounts.actions import encrypt_second_factors_anew
from kernel.terminal import HouseCommand


class Command(HouseCommand):
    help = "Encrypt all second factors with the first of MFA_KEYS, so that earlier keys may go."

    def run(self, **options: Any) -> dict[str, Any]:
        return {"encrypted": encrypt_second_factors_anew()}
