"""What staff send to load a feed, and what they say its columns are."""

import datetime as dt
from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubshops.packages.queries import ForeignColumn
from hubshops.packages.rules import is_plausible_day
from hubshops.stations.models import Station


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
        help_text=_("CSV, Excel (.xlsx) or JSON."),
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
        if not is_plausible_day(day, today=self.today):
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


class BatchListForm(forms.Form):
    """Filters of the list of feeds; what can't be read is left out."""

    station = forms.ModelChoiceField(
        Station.objects.order_by("code"),
        label=_("Station"),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
    day = forms.DateField(
        label=_("Service day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def filters(self) -> dict[str, object]:
        """The filters that could be read."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in ("station", "day")}


class WholeListForm(forms.Form):
    """Whether a file is all there is for its day."""

    is_whole_list = forms.BooleanField(label=_("This is the whole list of the day"), required=False)


class LookForm(forms.Form):
    """Which dry run the person saw when she pressed the button."""

    look = forms.IntegerField(min_value=1, max_value=1_000_000)


# Our columns in a person's words.
COLUMN_WORDS = {
    "tracking_id": _("Tracking id"),
    "recipient_name": _("Recipient's name"),
    "address1": _("Street"),
    "address2": _("Apartment or unit"),
    "city": _("City"),
    "state": _("State"),
    "postal_code": pgettext_lazy("label", "ZIP code"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "phone": _("Phone"),
    "instructions": _("Instructions for the door"),
    "weight_g": _("Weight in grams"),
    "length_mm": _("Length in millimeters"),
    "width_mm": _("Width in millimeters"),
    "height_mm": _("Height in millimeters"),
    "requires": _("Needs a signature or a code"),
    "withdrawn": _("Taken off the list"),
    "deliver_from": _("Not before"),
    "deliver_until": _("Not after"),
}
NOT_USED = "-"


def read_as(foreign: Sequence[ForeignColumn]) -> list[tuple[str, str]]:
    """How a file spells its foreign columns, and what they are read as, in a person's words."""
    return [
        (column.spelt, COLUMN_WORDS.get(column.answer, column.answer) if column.answer else "")
        for column in foreign
    ]


class ColumnsForm(forms.Form):
    """One choice for each column of a file that we do not know by name."""

    def __init__(
        self, *args: object, foreign: Sequence[ForeignColumn], free: Sequence[str], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.foreign = foreign
        words = [(name, COLUMN_WORDS.get(name, name)) for name in free]
        choices = [("", _("Choose")), (NOT_USED, _("Don't use it")), *words]
        for number, column in enumerate(foreign):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column.spelt,
                choices=choices,
                initial=NOT_USED if column.answer == "" else column.answer or column.guess,
                error_messages={"required": _("Say what this column is, or that it is not used.")},
            )

    def clean(self) -> dict[str, object]:
        """Two columns of a file can't both be the same of ours."""
        taken: dict[str, str] = {}
        for name, column in list(self.cleaned_data.items()):
            if column != NOT_USED and column in taken:
                words = _("“%(other)s” is chosen for this already. Choose one of the two.")
                self.add_error(name, words % {"other": self.fields[taken[column]].label})
            taken.setdefault(column, name)
        return self.cleaned_data

    def answers(self) -> dict[str, str]:
        """Each foreign name with the column it stands for; empty: none."""
        return {
            column.name: self.cleaned_data[f"column_{number}"].replace(NOT_USED, "")
            for number, column in enumerate(self.foreign)
        }
