"""What applicants type."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hubshops.applications import rules
from hubshops.applications.models import Application
from hubshops.shops.models import TravelMode
from kernel import zips
from kernel.web.fields import WeekdaysField

POSTAL_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY"
)
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


class AppealForm(forms.Form):
    """Why a declined applicant thinks that we should look again."""

    words = forms.CharField(
        label=_("What did we get wrong, or what has changed?"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        max_length=2000,
        error_messages={"required": _("Write what we got wrong, or what has changed.")},
    )
