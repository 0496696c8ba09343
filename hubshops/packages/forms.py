"""What staff send to load a feed."""

import datetime as dt

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station

FARTHEST_DAY = dt.timedelta(days=366)


class FeedForm(forms.Form):
    """A station, a service day and a file."""

    station = forms.ModelChoiceField(
        Station.objects.order_by("code"),
        empty_label=_("Choose"),
        label=_("Station"),
        error_messages={"required": _("Choose the station the list is from.")},
    )
    service_day = forms.DateField(
        label=_("Service day"),
        help_text=_("The day on which the packages go to the doors."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day like 2026-11-20."),
        },
    )
    file = forms.FileField(
        label=_("List of packages"),
        help_text=_("A CSV file in UTF-8, with commas or semicolons."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )

    def __init__(self, *args: object, today: dt.date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_service_day(self) -> dt.date:
        """A day within a year of today: anything else is a slip of the keyboard."""
        day = self.cleaned_data["service_day"]
        if abs(day - self.today) > FARTHEST_DAY:
            raise forms.ValidationError(_("This day is more than a year away. Check the year."))
        return day

    def clean_file(self) -> UploadedFile:
        """A file that fits."""
        file = self.cleaned_data["file"]
        if file.size > settings.FEED_MAX_BYTES:
            most = settings.FEED_MAX_BYTES // 1_000_000
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Split it, or use the terminal.")
                % {"most": most}
            )
        return file
