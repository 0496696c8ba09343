"""What staff type on the pages of pay runs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.web.dollars import DollarsField


class DraftForm(forms.Form):
    """Through which day a run pays."""

    through = forms.DateField(
        label=_("Pay through"),
        help_text=_("The last day that is paid. Whatever was earned later waits for the next run."),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose the last day to pay.")},
    )
    zone = forms.ChoiceField(
        label=_("Whose shops"),
        help_text=_("By the time zone of their station, in which their days count."),
        required=False,
    )

    def __init__(self, *args: Any, zones: list[str], **kwargs: Any) -> None:
        """A zone is asked for only where there are several."""
        super().__init__(*args, **kwargs)
        if len(zones) > 1:
            all_zones = ("", _("All time zones"))
            self.fields["zone"].choices = [all_zones, *((zone, zone) for zone in zones)]
        else:
            del self.fields["zone"]


class ApproveForm(forms.Form):
    """The approver types the total, so that nobody approves without reading it."""

    total = DollarsField(
        label=_("Type the total of this run"),
        help_text=_("As it stands above, like 1,234.50."),
        max_length=20,
        error_messages={"required": _("Type the total of this run.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class ReversalForm(forms.Form):
    """How much of a payment is taken back, and why."""

    amount = DollarsField(
        label=_("How much is taken back"),
        max_length=20,
        error_messages={"required": _("Type how much is taken back.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        error_messages={"required": _("Write why this payment is taken back.")},
        help_text=_("The shop is owed it again then: correct its fees, or hold its payouts."),
    )


class GapForm(forms.Form):
    """What somebody found out about a difference."""

    gap = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What it is"),
        max_length=200,
        error_messages={"required": _("Write what you found out about this difference.")},
    )


class ClosingForm(forms.Form):
    """Which difference is closed."""

    gap = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(forms.Form):
    """Why a run is taken back."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        error_messages={"required": _("Say why the run is cancelled.")},
        help_text=_("Kept with the run. What it claimed is owed again and joins the next run."),
    )


class ConfirmForm(forms.Form):
    """What the bank answered."""

    bank_reference = forms.CharField(
        label=_("The bank’s reference"),
        max_length=80,
        error_messages={"required": _("Type the bank’s reference.")},
        help_text=_("From the bank’s confirmation. It can’t be changed afterwards."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class StopForm(forms.Form):
    """Why all payments stop."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        error_messages={"required": _("Say why payments stop.")},
    )
