"""Looking for letters."""

from django import forms
from django.utils.translation import gettext_lazy as _

STATES = [
    ("", _("All")),
    ("wait", _("Waiting")),
    ("failed", _("Failed")),
    ("sent", _("Sent")),
]


class FindForm(forms.Form):
    """Which letters: in what state, to whom. An address has to be known whole."""

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    to = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("The whole address. The list shows the start of it only."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
