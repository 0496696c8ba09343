"""What people say on a practice day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.practice.rules import BY_CODE, Outcome
from kernel.web.fields import between


class CountInForm(forms.Form):
    """Which pretend packages came damaged; none ticked is a possible answer."""

    damaged = forms.MultipleChoiceField(choices=[(code, code) for code in BY_CODE], required=False)


class DoorForm(forms.Form):
    """What happened at one pretend door."""

    code = forms.ChoiceField(choices=[(code, code) for code in BY_CODE])
    outcome = forms.ChoiceField(choices=[(one, one) for one in Outcome if one])


class CloseForm(forms.Form):
    """How many packages are still at the shop."""

    still_here = forms.IntegerField(
        label=_("How many packages are still with you?"),
        min_value=0,
        max_value=99,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=between(0, 99, required=_("Write a number. Write 0 when you have none.")),
    )


class LetGoLiveForm(forms.Form):
    """Why a shop needs no practice day."""

    reason = forms.CharField(
        label=_("Why does this shop need no practice day?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        error_messages={"required": _("Write why this shop needs no practice day.")},
    )
