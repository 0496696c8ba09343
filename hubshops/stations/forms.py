"""What staff type about a station's own systems."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station
from kernel import clock


class KeyForm(forms.Form):
    """A new key: what it is for, and how long it works."""

    name = forms.CharField(
        label=_("Name of the key"),
        help_text=_("Say which system uses it, like “Feed export”."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the key a name.")},
    )
    last_day = forms.DateField(
        label=_("Last day"),
        help_text=_("Without one it works until you revoke it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day like 2026-11-20.")},
    )

    def __init__(self, *args: object, station: Station, at: dt.datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.station, self.at = station, at

    def clean_last_day(self) -> dt.date | None:
        """Today or later, by the station's clock."""
        day = self.cleaned_data["last_day"]
        if day and day < clock.local_day(self.at, self.station.zone):
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        return day

    def expires_at(self) -> dt.datetime | None:
        """The moment after the last day, or None."""
        day = self.cleaned_data["last_day"]
        return clock.day_bounds(day, self.station.zone)[1] if day else None
