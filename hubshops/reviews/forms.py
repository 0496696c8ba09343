"""What reviewers decide, and what those say who are checked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.applications.rules import LARGEST_CAP
from hubshops.reviews.rules import is_name_of
from hubshops.stations.models import Station
from kernel import geo
from kernel.web.fields import WeekdaysField

LARGEST_RADIUS_MILES = 25


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
        max_value=LARGEST_CAP,
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


QUESTIONS = [
    ("", _("Choose")),
    ("storage", _("Where do packages wait, and can the place be locked?")),
    ("people", _("Who delivers besides you? Please give full names and e-mail addresses.")),
    ("vehicle", _("Which car or bike do you use, and is it insured for deliveries?")),
    ("hours", _("On which days and at what time is somebody there to take the packages?")),
    ("address", _("We can't find your address. Where is the door that our van comes to?")),
    ("other", _("Another question: write it below.")),
]


class AskForm(SeenForm):
    """A question to the applicant: one of ours, which we have in her language, or one's own."""

    template = forms.ChoiceField(
        label=_("Question"),
        choices=QUESTIONS,
        error_messages={"required": _("Choose a question, or “another”.")},
    )
    question = forms.CharField(
        label=_("Your own words"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        max_length=1000,
        required=False,
        help_text=_(
            "Write them in the applicant's language: they go out as they stand here. It leaves "
            "by mail and is answered on the status page."
        ),
    )

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if data.get("template") == "other" and not data.get("question"):
            self.add_error("question", _("Write the question that the applicant should answer."))
        return data

    def sentence(self) -> object:
        """Our own question, translatable; nothing for another one."""
        chosen = self.cleaned_data["template"]
        return "" if chosen == "other" else dict(QUESTIONS)[chosen]


class PersonForm(forms.Form):
    """One more person who will deliver."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        error_messages={"required": _("Write the person's full name.")},
    )
    email = forms.EmailField(
        label=_("Her e-mail address"),
        help_text=_("We ask for consent there."),
        error_messages={"required": _("Write the person's e-mail address.")},
    )


class OrderForm(forms.Form):
    """Where a report was ordered."""

    order_reference = forms.CharField(
        label=_("The provider's order number"),
        max_length=80,
        help_text=_("Order the report on the provider's page first."),
        error_messages={"required": _("Write the order number.")},
    )


class ResultForm(forms.Form):
    """What a report says."""

    result = forms.ChoiceField(
        label=_("What does the report say?"),
        choices=[("clear", _("Clear")), ("consider", _("Something to look at"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the report is clear.")},
    )
    report = forms.CharField(
        label=_("Copy of the report"),
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": 20000}),
        max_length=20000,
        required=False,
        help_text=_("Needed when there is something to look at. It is kept sealed."),
    )


class ReasonForm(forms.Form):
    """Why a check ends as it does."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        max_length=1000,
        error_messages={"required": _("Write the reason. It stays with the check.")},
    )


class ConsentForm(forms.Form):
    """A person's yes to her check."""

    name = forms.CharField(
        label=_("Type your full name to agree"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your full name.")},
    )

    def __init__(self, *args: Any, named: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named = named

    def clean(self) -> dict[str, Any]:
        """Another name than the one we were told is asked about once, and kept with a tick."""
        data = super().clean()
        if data.get("name") and not is_name_of(self.named, data["name"]):
            self.fields["is_mine"] = forms.BooleanField(label=_("This is my name"), required=False)
            if not self.data.get("is_mine"):
                words = _(
                    "You are named here as %(name)s. If that is you, write your name as on your "
                    "papers."
                )
                self.add_error("name", words % {"name": self.named})
        return data


class ReportAnswerForm(forms.Form):
    """What a person says about her report."""

    words = forms.CharField(
        label=_("Is something wrong, or should we know more?"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        max_length=2000,
        error_messages={"required": _("Write your answer first.")},
    )
