"""What staff type about bank accounts and holds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop


class HoldPayoutsForm(forms.Form):
    """Whose payouts are held, why, and until when at most nobody looks at it."""

    shop = forms.ModelChoiceField(
        label=_("Shop"),
        queryset=Shop.objects.order_by("name", "pk"),
        to_field_name="slug",
        error_messages={"required": _("Choose a shop.")},
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The shop reads it."),
        max_length=200,
        error_messages={"required": _("Say why its payouts are held.")},
    )
    review_on = forms.DateField(
        label=_("Look at it again by"),
        help_text=_("Within thirty days. If nobody ends the hold, staff are told on this day."),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose a day on which somebody looks again.")},
    )


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
