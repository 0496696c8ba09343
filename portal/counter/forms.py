"""What is said at the counter: piece by piece, for the driver, and under the day."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.drops.rules import MOST_COUNT, Counts, Remark, Told
from kernel.web.fields import between

MOST_PIECES = 500
MOST_OVER = 50
KEY = re.compile(r"[0-9]{1,18}")
NOT_HERE = {
    Remark.SHORT: _("Not here"),
    Remark.DAMAGED: _("Damaged"),
    Remark.OVERSIZE: _("Too big"),
}


class PiecesForm(forms.Form):
    """Which pieces are here. A piece without a mark is here; `act_id` is made when the page is
    shown, so that sending it again is the same count."""

    act_id = forms.UUIDField(widget=forms.HiddenInput)
    over = forms.CharField(
        label=_("Packages that are not on your list"),
        help_text=_("The number under the bar code, one a line."),
        required=False,
        max_length=2500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def more(self) -> list[str]:
        """The tracking ids of what nobody announced."""
        lines = self.cleaned_data["over"].split()
        return list(dict.fromkeys(line[:40] for line in lines))[:MOST_OVER]


def marks(sent: Any) -> dict[int, Remark | None]:
    """Package → what was marked on it; None: here. What can't be a mark is here."""
    found = {}
    for key in sent.getlist("piece")[:MOST_PIECES]:
        if KEY.fullmatch(key):
            said = sent.get(f"piece-{key}", "")
            found[int(key)] = Remark(said) if said in set(map(str, NOT_HERE)) else None
    return found


class ReturnsForm(forms.Form):
    """Which returns the driver takes: the ones that are ticked."""

    act_id = forms.UUIDField(widget=forms.HiddenInput)


def ticked(sent: Any) -> list[int]:
    """The packages that are ticked."""
    keys = sent.getlist("return")[:MOST_PIECES]
    return [int(key) for key in keys if KEY.fullmatch(key)]


class SignForm(forms.Form):
    """The shop's signature: what it took and gave, and what it heard from the driver."""

    count_id = forms.UUIDField(widget=forms.HiddenInput)
    packages = forms.IntegerField(
        label=_("Packages you took"),
        min_value=0,
        max_value=MOST_COUNT,
        error_messages=between(0, MOST_COUNT),
    )
    returns = forms.IntegerField(
        label=_("Returns you gave"),
        min_value=0,
        max_value=MOST_COUNT,
        error_messages=between(0, MOST_COUNT),
    )
    code = forms.CharField(
        label=_("Six digits from the driver's phone"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    told_packages = forms.IntegerField(
        label=_("Packages, says the driver"),
        required=False,
        min_value=0,
        max_value=MOST_COUNT,
        error_messages=between(0, MOST_COUNT),
    )
    told_returns = forms.IntegerField(
        label=_("Returns, says the driver"),
        required=False,
        min_value=0,
        max_value=MOST_COUNT,
        error_messages=between(0, MOST_COUNT),
    )
    told_name = forms.CharField(label=_("The driver's name"), required=False, max_length=80)

    def clean_code(self) -> str:
        """Digits alone."""
        code = "".join(self.cleaned_data["code"].split())
        if code and not re.fullmatch(r"[0-9]{6}", code):
            raise forms.ValidationError(_("The driver's phone shows six digits."))
        return code

    def counts(self) -> Counts:
        """What the shop says."""
        return Counts(self.cleaned_data["packages"], self.cleaned_data["returns"])

    def told(self) -> Told | None:
        """What the shop heard, when both of the driver's numbers are given."""
        said = self.cleaned_data
        if said["told_packages"] is None or said["told_returns"] is None:
            return None
        return Told(Counts(said["told_packages"], said["told_returns"]), said["told_name"])


class CloseForm(forms.Form):
    """The day that is over. `close_id` is made when the page is shown."""

    close_id = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(widget=forms.HiddenInput)
