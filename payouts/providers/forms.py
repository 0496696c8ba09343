"""What staff type about bank accounts."""

from django import forms
from django.utils.translation import gettext_lazy as _


class BankAccountForm(forms.Form):
    """Where a shop's money goes."""

    routing_number = forms.CharField(
        label=_("Routing number"),
        help_text=_("Nine digits, at the bottom left of a check."),
        max_length=9,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Give the routing number.")},
    )
    account_number = forms.CharField(
        label=_("Account number"),
        help_text=_("It is sealed; from then on only its last four are shown."),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the account number.")},
    )
    is_savings = forms.BooleanField(label=_("A savings account"), required=False)
