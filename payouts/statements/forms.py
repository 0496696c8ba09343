"""What owners and staff type on the pages of money."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kernel.web.dollars import DollarsField
from kernel.web.fields import between

MOST_BYTES = 2_000_000


class OwnCostsForm(forms.Form):
    """What an owner's day takes and costs."""

    minutes_a_day = forms.IntegerField(
        label=_("Minutes a day"),
        help_text=_("All of it: the drop, the tour, the counter."),
        min_value=1,
        max_value=24 * 60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Say how many minutes a day takes."),
            "min_value": _("Give at least one minute."),
            "max_value": _("A day has 1,440 minutes."),
        },
    )
    miles_a_day = forms.DecimalField(
        label=_("Miles a day"),
        help_text=_("0 when you walk or ride."),
        min_value=0,
        max_value=999,
        max_digits=5,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.1"}),
        error_messages=between(0, 999, required=_("Say how many miles; 0 is an answer.")),
    )
    cents_a_mile = forms.DecimalField(
        label=_("Cost of a mile, in cents"),
        help_text=_("Fuel, wear and insurance, as you see it."),
        min_value=0,
        max_value=999,
        max_digits=5,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.1"}),
        error_messages=between(0, 999, required=_("Say what a mile costs; 0 is an answer.")),
    )


class ThresholdForm(forms.Form):
    """From which year on how much makes a form due."""

    first_year = forms.IntegerField(
        label=_("Tax year"),
        min_value=2000,
        max_value=2199,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("Give the tax year.")},
    )
    cents = DollarsField(
        label=_("Least amount for a form"),
        help_text=_("As the law says it, like 2,000.00. It holds until a later year has its own."),
        max_length=20,
        error_messages={"required": _("Give the amount.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Where it says so"),
        max_length=200,
        error_messages={"required": _("Say where you have it from.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReturnFileForm(forms.Form):
    """A bank's file of returns."""

    file = forms.FileField(
        label=_("The bank’s file of returns"),
        help_text=_("In the banks’ own format (NACHA), as the bank gave it."),
        error_messages={"required": _("Choose the file.")},
    )

    def clean_file(self) -> UploadedFile:
        """The file, if it is not larger than any such file is."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large."))
        return file
