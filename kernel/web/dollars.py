"""An amount of money in a form."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

AMOUNT = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{2}))?")


class DollarsField(forms.CharField):
    """Dollars as people type them (`1,234.50`, `$1234.50`), in cents."""

    default_error_messages = {"dollars": _("Type an amount like 1,234.50.")}

    def clean(self, value: str) -> int:
        """The cents, or what is wrong with the amount."""
        found = AMOUNT.fullmatch(super().clean(value))
        if found is None:
            raise forms.ValidationError(self.error_messages["dollars"], code="dollars")
        whole, cents = found.groups()
        return int(whole.replace(",", "")) * 100 + int(cents or 0)
