"""Choosing a station and a day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station


class PlanForm(forms.Form):
    """Which day of which station to look at."""

    station = forms.ModelChoiceField(
        Station.objects.order_by("code"),
        label=_("Station"),
        to_field_name="code",
        empty_label=None,
        error_messages={"required": _("Choose a station.")},
    )
    day = forms.DateField(
        label=_("Service day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("Write the day like 2026-11-20."),
        },
    )
