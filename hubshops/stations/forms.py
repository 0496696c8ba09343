"""What staff type about a station's own systems."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station
from kernel import clock


def hour_field(label: object, hint: object = "") -> forms.TimeField:
    """An hour that may be left empty, as a browser's own clock writes it."""
    return forms.TimeField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"}),
        error_messages={"invalid": _("Write a time such as 7:30.")},
    )


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


class HoursForm(forms.Form):
    """When the day is planned by itself, and when vans reach the shops; by the station's clock."""

    plans_at = hour_field(_("The day is planned at"), _("Leave it empty to plan by hand."))
    drops_from = hour_field(_("Vans come from"), _("Shops and helpers read these hours."))
    drops_until = hour_field(_("and until"))

    def clean(self) -> dict[str, dt.time | None]:
        """Both hours of the vans, or none, in their order."""
        first, last = self.cleaned_data.get("drops_from"), self.cleaned_data.get("drops_until")
        if self.errors or first is last is None:
            return self.cleaned_data
        if first is None or last is None:
            missing = "drops_from" if first is None else "drops_until"
            self.add_error(missing, _("Write both hours, or leave both empty."))
        elif first >= last:
            self.add_error("drops_until", _("Write an hour after the first one."))
        return self.cleaned_data
