"""What applicants and reviewers type."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hubshops.applications import rules
from hubshops.applications.models import Application
from hubshops.shops.models import TravelMode
from hubshops.stations.models import Station
from kernel import geo, zips

POSTAL_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY"
)
WEEKDAYS = [
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
]
TRADES = [
    ("bodega", _("Bodega or grocery")),
    ("café", _("Café or restaurant")),
    ("bakery", _("Bakery")),
    ("florist", _("Florist")),
    ("dry cleaner", _("Laundry or dry cleaner")),
    ("pharmacy", _("Pharmacy")),
    ("hair salon", _("Hair salon or barber")),
    ("gift shop", _("Gift or book shop")),
    ("IT shop", _("Phone or repair shop")),
    ("gym", _("Gym")),
    ("other", _("Something else")),
]
LARGEST_RADIUS_MILES = 25


def place_error(postal_code: str, state: str) -> str:
    """What is wrong with a ZIP code beside a state, or nothing. A ZIP nobody knows is let through:
    new ones appear, and a person looks."""
    place = zips.place_of(postal_code)
    if place is None or not state or place.state == state:
        return ""
    words = gettext("ZIP code %(zip)s is in %(city)s, %(right)s, not in %(wrong)s.")
    return words % {
        "zip": postal_code[:5],
        "city": place.city,
        "right": place.state,
        "wrong": state,
    }


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Ticked weekdays, as digits in order: `1` is Monday."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            choices=WEEKDAYS,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Tick at least one day.")},
            **kwargs,
        )

    def clean(self, value: object) -> str:
        return "".join(sorted(set(super().clean(value))))

    def prepare_value(self, value: object) -> object:
        return list(value) if isinstance(value, str) else value


class ApplicationForm(forms.ModelForm):
    """A business asks to join: one page, four groups."""

    trade = forms.ChoiceField(
        label=_("What kind of shop is it?"), choices=[("", _("Choose")), *TRADES]
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("Choose")), *((code, code) for code in POSTAL_STATES.split())],
    )
    weekdays = WeekdaysField(label=_("Which days could you take packages?"))
    daily_cap = forms.IntegerField(
        label=_("How many packages a day, at most?"),
        help_text=_("Between 5 and 150. Most shops start with 20 to 40."),
        min_value=rules.SMALLEST_CAP,
        max_value=rules.LARGEST_CAP,
        error_messages={
            "invalid": _("Write a whole number, such as 30."),
            "min_value": _("We bring at least 5 packages a day. Write 5 or more."),
            "max_value": _("150 packages a day is the most. Write 150 or less."),
        },
    )
    travel = forms.ChoiceField(
        label=_("How would you deliver?"), choices=TravelMode.choices, widget=forms.RadioSelect
    )
    website_address = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    class Meta:
        model = Application
        fields = [
            "name",
            "trade",
            "address1",
            "city",
            "state",
            "postal_code",
            "weekdays",
            "daily_cap",
            "travel",
            "storage_note",
            "contact_name",
            "email",
            "phone",
            "message",
        ]
        labels = {
            "name": _("What is your shop called?"),
            "address1": _("Street address"),
            "storage_note": _("Where would packages wait?"),
            "message": _("Anything else we should know?"),
        }
        help_texts = {
            "address1": _("House number and street, such as 112 W Center St."),
            "storage_note": _("For example: a locked back room, 6 by 6 feet."),
            "email": _("We write here when something happens. It becomes your sign-in."),
            "phone": _("A US number. We call only about packages."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "address1": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "postal_code": forms.TextInput(
                attrs={"autocomplete": "postal-code", "inputmode": "numeric", "class": "short"}
            ),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "phone": forms.TextInput(
                attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
            ),
            "storage_note": forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
            "message": forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        }

    MISSING = {
        "name": _("Write what your shop is called."),
        "trade": _("Choose what kind of shop it is."),
        "address1": _("Write the street with its number."),
        "city": _("Write the city."),
        "state": _("Choose the state."),
        "postal_code": _("Write the ZIP code."),
        "daily_cap": _("Write how many packages a day, at most."),
        "travel": _("Choose how you would deliver."),
        "contact_name": _("Write your name."),
        "email": _("Write your e-mail address."),
        "phone": _("Write your phone number."),
    }
    GROUPS = [
        (_("Your shop"), ["name", "trade"]),
        (_("Where it is"), ["address1", "city", "state", "postal_code"]),
        (_("Days and packages"), ["weekdays", "daily_cap", "travel", "storage_note"]),
        (_("About you"), ["contact_name", "email", "phone", "message"]),
    ]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, words in self.MISSING.items():
            self.fields[name].error_messages["required"] = words

    def groups(self) -> list[tuple[object, list[forms.BoundField]]]:
        """The fields of the page, group by group."""
        return [(title, [self[name] for name in fields]) for title, fields in self.GROUPS]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_phone(self) -> str:
        digits = rules.plain_phone(self.cleaned_data["phone"])
        if len(digits) != 10 or digits[0] in "01":
            raise forms.ValidationError(_("Write a US phone number, such as (479) 555-0110."))
        return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"

    def clean_address1(self) -> str:
        address = self.cleaned_data["address1"]
        if not any(letter.isdecimal() for letter in address):
            raise forms.ValidationError(_("Add the house number to the street."))
        return address

    def clean_postal_code(self) -> str:
        digits = self.cleaned_data["postal_code"].replace(" ", "")
        plain = digits.replace("-", "", 1)
        if not plain.isascii() or not plain.isdecimal() or len(plain) not in (5, 9):
            raise forms.ValidationError(_("Write the five digits of the ZIP code, such as 72701."))
        return plain[:5] if len(plain) == 5 else f"{plain[:5]}-{plain[5:]}"

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if data.get("website_address"):
            raise forms.ValidationError(
                _("Please leave the field “Leave this field empty” empty. Then send again.")
            )
        if problem := place_error(data.get("postal_code", ""), data.get("state", "")):
            self.add_error("postal_code", problem)
        return data

    def facts(self) -> dict[str, object]:
        """The answers, as `submit_application` takes them."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


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
