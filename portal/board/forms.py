"""Which packages go where, and on which state of the board that was decided."""

from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from hubshops.stations.models import Station

NOWHERE = "-"  # take it off its shop; no shop has this short name


class KeysField(forms.Field):
    """Keys of rows that were ticked."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Sequence[str] | None) -> list[int]:
        """Each key once, in order."""
        words = value or []
        if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
            raise ValidationError(_("Tick the packages in the list."), code="invalid")
        return sorted({int(word) for word in words})


class MoveForm(forms.Form):
    """Packages, the shop they go to, and the version of the board that was seen."""

    package = KeysField(error_messages={"required": _("Tick at least one package.")})
    to = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": _("Choose where they go.")}
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, error_messages={"required": _("Open the board.")}
    )
    reason = forms.CharField(
        label=_("Why this shop all the same"),
        max_length=200,
        required=False,
        help_text=_("It is kept with the packages, with your name."),
    )

    def __init__(self, data: object, *, station: Station) -> None:
        super().__init__(data)
        self.station = station

    def need_reason(self) -> None:
        """Show the reason as one that has to be written."""
        self.fields["reason"].required = True

    def clean_to(self) -> Shop | None:
        """The shop, or None to take packages off theirs."""
        slug = self.cleaned_data["to"]
        if slug == NOWHERE:
            return None
        shop = Shop.objects.filter(station=self.station, slug=slug).first()
        if shop is None:
            raise ValidationError(_("Choose where they go."), code="invalid")
        return shop


class VersionForm(forms.Form):
    """The version of the board that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
