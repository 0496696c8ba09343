"""What staff type about who is told."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.subscriptions.rules import LONGEST_URL


class AddressForm(forms.Form):
    """A new address, and from when on it is told."""

    url = forms.CharField(
        label=_("Address"),
        help_text=_("Where the station's system listens, like https://station.example/events"),
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Give an address.")},
    )
    from_the_start = forms.BooleanField(
        label=_("Tell it everything from the first event on"), required=False
    )


class ReplayForm(forms.Form):
    """From which event on to tell again."""

    event_id = forms.IntegerField(
        label=_("Tell again from event"),
        help_text=_("The id of an event, as the API and our messages give it."),
        min_value=1,
        max_value=2**63 - 1,
        error_messages={
            "required": _("Give the id of an event."),
            "invalid": _("The id of an event is a whole number."),
            "min_value": _("The id of an event is 1 or more."),
        },
    )
