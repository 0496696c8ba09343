"""What staff type into the portal's own pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel.accounts.models import Role
from portal.ops.queries import COLUMNS


class FindForm(forms.Form):
    """One box."""

    text = forms.CharField(
        label=_("Tracking id, name, shop, or last four digits of a phone"),
        min_length=3,
        max_length=80,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Type what you are looking for."),
            "min_length": _("Type at least three letters or digits."),
        },
    )


class ListForm(forms.Form):
    """Filters of the list of packages; what can't be read is left out."""

    station = forms.ModelChoiceField(
        label=_("Station"),
        queryset=Station.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
    day = forms.DateField(
        label=_("Service day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            *((code, words) for code, words, _states in COLUMNS),
            ("held", _("in a shop's hands")),
        ],
    )
    shop = forms.ModelChoiceField(
        queryset=Shop.objects.all(),
        to_field_name="slug",
        required=False,
        widget=forms.HiddenInput,
    )

    def filters(self) -> dict[str, object]:
        """The filters that could be read."""
        data = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return {
            "station": data.get("station"),
            "day": data.get("day"),
            "group": data.get("state") or "",
            "shop": data.get("shop"),
        }


class StaffForm(forms.Form):
    """Somebody gets a role."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"required": _("Write the person's e-mail address.")},
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        error_messages={"required": _("Choose what the person may do.")},
    )
