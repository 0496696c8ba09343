"""Days, caps, pauses and leavings as people write them."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import LeavingReason
from kernel.web.fields import between


def day_field(label: str, **options: Any) -> forms.DateField:
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


class DayForm(forms.Form):
    """One day, from a button or an address."""

    day = forms.DateField()


class DaysOffForm(forms.Form):
    """One day, or every day from the first through the last."""

    MOST_DAYS = 60
    FARTHEST = dt.timedelta(days=366)

    first_day = day_field(_("First day off"))
    last_day = day_field(
        _("Last day off"), required=False, help_text=_("Leave it empty for one day.")
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_first_day(self) -> dt.date:
        """Not farther ahead than a year: a slip of the finger in the year is the likely cause."""
        day = self.cleaned_data["first_day"]
        if day > self.today + self.FARTHEST:
            raise forms.ValidationError(_("Choose a day within the next 12 months."))
        return day

    def clean(self) -> dict[str, dt.date]:
        """The last day does not come before the first, and not long after it."""
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


class CapsForm(forms.Form):
    """The most packages on each weekday; empty: as many as on any other."""

    def __init__(self, *args: Any, weekdays: str, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for digit in weekdays:
            self.fields[f"day_{digit}"] = forms.IntegerField(
                label=WEEKDAYS[int(digit) - 1],
                required=False,
                min_value=1,
                max_value=most,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                error_messages=between(1, most, invalid=_("Write a whole number, such as 30.")),
            )

    def caps(self) -> dict[int, int | None]:
        """Weekday → the most, or None."""
        return {int(name.removeprefix("day_")): cap for name, cap in self.cleaned_data.items()}


class PauseForm(DaysOffForm):
    """From when to when a shop pauses; without an end it pauses until it says so."""

    MOST_DAYS = 366

    first_day = day_field(_("First day without packages"))
    last_day = day_field(
        _("Last day without packages"),
        required=False,
        help_text=_("Leave it empty if you don't know yet. You end the pause with one tap."),
    )
    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)

    def span(self) -> tuple[dt.date, dt.date | None]:
        """The first and the last day, if there is one."""
        return self.cleaned_data["first_day"], self.cleaned_data["last_day"]


class LeaveForm(forms.Form):
    """The last day with packages, and why, if the owner wants to say."""

    last_day = day_field(_("Last day with packages"))
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=[("", _("I would rather not say")), *LeavingReason.choices],
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )
    words = forms.CharField(
        label=_("What should we know?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
