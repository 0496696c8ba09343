"""Agreeing a fee."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _


class FeeForm(forms.Form):
    """What a delivered package earns, and from which day."""

    amount = forms.DecimalField(
        label=_("Fee for a delivered package, in dollars"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        error_messages={
            "required": _("Write the fee, like 1.50."),
            "invalid": _("Write the fee as dollars and cents, like 1.50."),
            "min_value": _("A fee lies between $0.00 and $100.00 a package."),
            "max_value": _("A fee lies between $0.00 and $100.00 a package."),
            "max_decimal_places": _("Write whole cents, like 1.50."),
        },
    )
    first_day = forms.DateField(
        label=_("First day"),
        help_text=_("The first day whose deliveries earn it. Earlier days keep their fee."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day like 2026-11-20."),
        },
    )

    def terms(self) -> dict[str, int | dt.date]:
        """What `agree_rate` takes: whole cents and the day."""
        cents = int(self.cleaned_data["amount"] * 100)
        return {"amount_cents": cents, "first_day": self.cleaned_data["first_day"]}
