"""Inviting people to a shop's team."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import MemberRole


class InviteForm(forms.Form):
    """Who shall work for the shop, and what she may do."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("Write the person's name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("We send a letter with a link to choose a password."),
        error_messages={
            "required": _("Write the person's e-mail address."),
            "invalid": _("Write an e-mail address like sam@example.com."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("What may this person do?"),
        choices=[
            (MemberRole.HELPER, _("Deliver packages. Sees no money.")),
            (MemberRole.OWNER, _("Everything: deliver, see money, invite and remove people.")),
        ],
        initial=MemberRole.HELPER,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the person may do.")},
    )

    def clean_email(self) -> str:
        """The address as it is kept: in lower case."""
        return self.cleaned_data["email"].lower()
