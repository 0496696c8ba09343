"""Inviting people to a shop's team, and taking days off."""

import datetime as dt

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


def day_field(label: str, **options) -> forms.DateField:
    """A day as a browser's own calendar writes it."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day like 2026-11-20."),
        },
        **options,
    )


class DaysOffForm(forms.Form):
    """One day, or every day from the first through the last."""

    MOST_DAYS = 60
    FARTHEST = dt.timedelta(days=366)

    first_day = day_field(_("First day off"))
    last_day = day_field(
        _("Last day off"), required=False, help_text=_("Leave it empty for one day.")
    )

    def __init__(self, *args, today: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_first_day(self) -> dt.date:
        day = self.cleaned_data["first_day"]
        if day > self.today + self.FARTHEST:
            raise forms.ValidationError(_("Choose a day within the next 12 months."))
        return day

    def clean(self) -> dict[str, dt.date]:
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first. Swap them."))
        elif first and last and (last - first).days >= self.MOST_DAYS:
            words = _("Take at most 60 days at once. Call us if you need a longer break.")
            self.add_error("last_day", words)
        return self.cleaned_data

    def span(self) -> tuple[dt.date, dt.date]:
        """The first and the last day."""
        first = self.cleaned_data["first_day"]
        return first, self.cleaned_data["last_day"] or first
