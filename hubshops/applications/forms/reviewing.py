"""What reviewers type, and applicants in answer to them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.applications import rules
from hubshops.applications.forms.fields import WeekdaysField
from hubshops.stations.models import Station
from kernel import geo

LARGEST_RADIUS_MILES = 25


class AnswerForm(forms.Form):
    """The applicant's answer to our question."""

    words = forms.CharField(
        label=_("Your answer"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        max_length=2000,
        error_messages={"required": _("Write your answer first.")},
    )


class SeenForm(forms.Form):
    """A decision carries the last step its maker has read."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class ApproveForm(SeenForm):
    """What staff and shop agreed."""

    station = forms.ModelChoiceField(
        label=_("Station"),
        queryset=Station.objects.order_by("code"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose a station.")},
    )
    radius_miles = forms.DecimalField(
        label=_("Service radius, in miles"),
        error_messages={"required": _("Say how many miles the shop delivers.")},
        min_value=0.2,
        max_value=LARGEST_RADIUS_MILES,
        decimal_places=1,
        max_digits=4,
        help_text=_("As the crow flies from the shop."),
    )
    daily_cap = forms.IntegerField(
        label=_("Most packages a day"),
        min_value=1,
        max_value=rules.LARGEST_CAP,
        error_messages={"required": _("Say how many packages a day.")},
    )
    weekdays = WeekdaysField(label=_("Weekdays"))
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    longitude = forms.FloatField(
        label=_("Longitude"), min_value=-180, max_value=180, required=False
    )

    def __init__(self, *args: object, is_placed: bool = True, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if is_placed:
            del self.fields["latitude"], self.fields["longitude"]

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            raise forms.ValidationError(_("Give both latitude and longitude."))
        return data

    def terms(self) -> dict[str, object]:
        """The agreement, as `approve_application` takes it."""
        names = ["station", "daily_cap", "weekdays", "latitude", "longitude", "seen"]
        terms = {name: self.cleaned_data.get(name) for name in names}
        metres = round(float(self.cleaned_data["radius_miles"]) * geo.METRES_PER_MILE)
        return terms | {"radius_m": metres}


DECLINE_REASONS = [
    ("", _("Choose")),
    ("area", _("No station of ours drives to your street yet.")),
    ("full", _("We have enough shops in your area now.")),
    ("space", _("Packages need a dry place that can be locked, and we could not see one.")),
    ("days", _("We need a shop that is open on more days.")),
    ("answer", _("We asked a question and got no answer.")),
    ("other", _("Another reason: write it below.")),
]


class DeclineForm(SeenForm):
    """Why not, in words the applicant reads."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=DECLINE_REASONS,
        error_messages={"required": _("Choose a reason. The applicant reads it.")},
    )
    words = forms.CharField(
        label=_("More words for the applicant"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        max_length=1000,
        required=False,
        help_text=_("Say what would change our answer. The applicant reads this as you write it."),
    )

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if data.get("reason") == "other" and not data.get("words"):
            self.add_error("words", _("Write the reason. The applicant reads it."))
        return data

    def sentence(self) -> object:
        """Our own sentence for the chosen reason, translatable; nothing for another reason."""
        chosen = self.cleaned_data["reason"]
        return "" if chosen == "other" else dict(DECLINE_REASONS)[chosen]


class AskForm(SeenForm):
    """A question to the applicant."""

    question = forms.CharField(
        label=_("Your question"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        max_length=1000,
        help_text=_(
            "One question at a time. It goes out by mail and is answered on the status page."
        ),
        error_messages={"required": _("Write the question that the applicant should answer.")},
    )
