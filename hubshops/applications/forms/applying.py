"""What applicants type: whether it fits, and one group of questions a page."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hubshops.applications import rules
from hubshops.applications.forms.fields import POSTAL_STATES, WeekdaysField, place_error
from hubshops.applications.models import TRADES, Application, StorageKind
from hubshops.shops.models import TravelMode
from kernel.addresses import street_of
from kernel.phones import us_phone
from kernel.sealed import fingerprint

YES_OR_NO = [("yes", _("Yes")), ("no", _("No"))]


def yes_or_no(question: object, hint: object = "") -> forms.ChoiceField:
    """A question whose no is an answer like the yes."""
    return forms.ChoiceField(
        label=question,
        help_text=hint,
        choices=YES_OR_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )


class FitForm(forms.Form):
    """Whether the work fits, before anybody types a name."""

    place = yes_or_no(
        _("Do you have a shop, an office or a workshop where packages can be kept dry?"),
        _("Somebody has to be there in the morning to take them in."),
    )
    person = yes_or_no(
        _("Can somebody deliver on most days of the week?"),
        _("You, or people who work for you: at least four days."),
    )
    way = yes_or_no(
        _("Do you have your own smartphone, and a way to the doors?"),
        _("A car, a bike, or feet."),
    )
    age = yes_or_no(_("Is everybody who would deliver 18 or older?"))

    def missing(self) -> list[str]:
        """The questions that were answered with no."""
        return [name for name in self.fields if self.cleaned_data[name] == "no"]

    def as_hidden(self) -> list[str]:
        """The answers, to be carried along unseen."""
        return [self[name].as_hidden() for name in self.fields]


class EmailForm(forms.Form):
    """Where a draft's link is sent."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send your link there. Later it becomes your sign-in."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Write your e-mail address.")},
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def answers(self) -> dict[str, Any]:
        """What was typed, by the application's own names."""
        return {"email": self.cleaned_data["email"]}


class HoneypotForm(EmailForm):
    """The e-mail address on a page that programs find, too."""

    website_address = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_website_address(self) -> str:
        if self.cleaned_data["website_address"]:
            raise forms.ValidationError(
                _("Please leave the field “Leave this field empty” empty. Then send again.")
            )
        return ""


MISSING = {
    "name": _("Write what your shop is called."),
    "trade": _("Choose what kind of shop it is."),
    "address1": _("Write the street with its number."),
    "city": _("Write the city."),
    "state": _("Choose the state."),
    "postal_code": _("Write the ZIP code."),
    "contact_name": _("Write your name."),
    "phone": _("Write your phone number."),
    "storage_kind": _("Choose where packages would wait."),
    "receives_from": _("Write from when somebody is there."),
    "daily_cap": _("Write how many packages a day, at most."),
    "travel": _("Choose how you would deliver."),
    "email": _("Write your e-mail address."),
}


class PageForm(forms.ModelForm):
    """One page of a draft. `override`: what may be kept as it was written when our check says no;
    its tick appears with the no."""

    override = ""
    override_label: object = _("Use it as I wrote it")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, words in MISSING.items():
            if name in self.fields:
                self.fields[name].error_messages["required"] = words
        self.doubts: list[tuple[str, Any]] = []

    @property
    def keeps_it(self) -> bool:
        """Whether the applicant ticked that she wants it as she wrote it."""
        return bool(self.override and self.data.get("as_written"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.doubts or self.keeps_it:
            self.fields["as_written"] = forms.BooleanField(
                label=self.override_label, required=False
            )
        if not self.keeps_it:
            for name, words in self.doubts:
                self.add_error(name, words)
        return data

    def answers(self) -> dict[str, Any]:
        """What was typed, by the application's own names; with what was kept against our check."""
        answers = {name: self.cleaned_data[name] for name in self.Meta.fields}
        if self.override:
            kept = set(self.instance.as_written) - {self.override}
            kept |= {self.override} if self.doubts else set()
            answers["as_written"] = sorted(kept)
        return answers


class NamePage(PageForm):
    trade = forms.ChoiceField(
        label=_("What kind of shop is it?"), choices=[("", _("Choose")), *TRADES]
    )
    tax_number = forms.CharField(
        label=_("Tax number (EIN), if your shop has one"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    class Meta:
        model = Application
        fields = ["name", "trade"]
        labels = {"name": _("What is your shop called?")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "organization"})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax_number"].help_text = (
            _("You wrote one. Leave this empty to keep it.")
            if self.instance.tax_fingerprint
            else _("Nine digits. We don't keep the number, only a mark that finds it again.")
        )

    def clean_tax_number(self) -> str:
        digits = self.cleaned_data["tax_number"].replace("-", "").replace(" ", "")
        if digits and not (digits.isascii() and digits.isdecimal() and len(digits) == 9):
            words = _(
                "An EIN has nine digits, such as 12-3456789. Leave it empty if you have none."
            )
            raise forms.ValidationError(words)
        return digits

    def answers(self) -> dict[str, Any]:
        number = self.cleaned_data["tax_number"]
        return super().answers() | ({"tax_fingerprint": fingerprint(number)} if number else {})


class AddressPage(PageForm):
    override = "address"
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("Choose")), *((code, code) for code in POSTAL_STATES.split())],
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
    )

    class Meta:
        model = Application
        fields = ["address1", "city", "state", "postal_code"]
        labels = {"address1": _("Street address")}
        help_texts = {"address1": _("House number and street, such as 112 W Center St.")}
        widgets = {
            "address1": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "postal_code": forms.TextInput(
                attrs={"autocomplete": "postal-code", "inputmode": "numeric", "class": "short"}
            ),
        }

    def clean_address1(self) -> str:
        address = self.cleaned_data["address1"]
        street = street_of(address)
        if street is None:
            words = _("We can't read this as one street. Write the number and the street only.")
            self.doubts.append(("address1", words))
        elif street.is_box:
            words = _("A van can't stop at a post office box. Write the street of your shop.")
            self.doubts.append(("address1", words))
        elif not street.has_number:
            self.doubts.append(("address1", _("Add the house number to the street.")))
        return address

    def clean_postal_code(self) -> str:
        digits = self.cleaned_data["postal_code"].replace(" ", "")
        plain = digits.replace("-", "", 1)
        if not plain.isascii() or not plain.isdecimal() or len(plain) not in (5, 9):
            raise forms.ValidationError(_("Write the five digits of the ZIP code, such as 72701."))
        return plain[:5] if len(plain) == 5 else f"{plain[:5]}-{plain[5:]}"

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if problem := place_error(data.get("postal_code", ""), data.get("state", "")):
            self.doubts.append(("postal_code", problem))
        return super().clean()


class ContactPage(PageForm):
    override = "phone"

    class Meta:
        model = Application
        fields = ["contact_name", "phone"]
        labels = {"contact_name": _("Your name"), "phone": _("Phone")}
        help_texts = {"phone": _("A US number. We call only about packages.")}
        widgets = {
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(
                attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
            ),
        }

    def clean_phone(self) -> str:
        phone = us_phone(self.cleaned_data["phone"])
        if phone is None:
            words = _("Write a US phone number, such as (479) 555-0110.")
            self.doubts.append(("phone", words))
        return phone or self.cleaned_data["phone"]


class StoragePage(PageForm):
    storage_kind = forms.ChoiceField(
        label=_("Where would packages wait?"),
        choices=StorageKind.choices,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("storage_kind") == StorageKind.OTHER and not data.get("storage_note"):
            self.add_error("storage_note", _("Say where packages would wait."))
        return data

    class Meta:
        model = Application
        fields = ["storage_kind", "storage_note"]
        labels = {"storage_note": _("Tell us more about the place")}
        help_texts = {"storage_note": _("For example: a dry back room, 6 by 6 feet.")}
        widgets = {"storage_note": forms.Textarea(attrs={"rows": 3, "maxlength": 500})}


class AccessPage(PageForm):
    override = "receives_from"
    receives_from = forms.TimeField(
        label=_("From when in the morning is somebody there?"),
        help_text=_("Vans come between 7 and 10. Write a time such as 7:30."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"}),
        error_messages={"invalid": _("Write a time such as 7:30.")},
    )

    class Meta:
        model = Application
        fields = ["receives_from", "access_note"]
        labels = {"access_note": _("What should the driver know?")}
        help_texts = {"access_note": _("For example: ring at the back door, stop in the lane.")}
        widgets = {"access_note": forms.Textarea(attrs={"rows": 3, "maxlength": 500})}

    def clean_receives_from(self) -> dt.time:
        time = self.cleaned_data["receives_from"]
        if time > rules.LATEST_VAN:
            words = _("Vans come between 7 and 10 in the morning: somebody has to be there by 10.")
            self.doubts.append(("receives_from", words))
        return time


class DaysPage(PageForm):
    override = "weekdays"
    weekdays = WeekdaysField(label=_("Which days could you take packages?"))

    class Meta:
        model = Application
        fields = ["weekdays"]

    def clean_weekdays(self) -> str:
        weekdays = self.cleaned_data["weekdays"]
        if len(weekdays) < rules.FEWEST_WEEKDAYS:
            words = _("We need shops that deliver on at least four days of the week.")
            self.doubts.append(("weekdays", words))
        return weekdays


class PackagesPage(PageForm):
    daily_cap = forms.IntegerField(
        label=_("How many packages a day, at most?"),
        help_text=_("Between 5 and 150. Most shops start with 20 to 40."),
        min_value=rules.SMALLEST_CAP,
        max_value=rules.LARGEST_CAP,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={
            "invalid": _("Write a whole number, such as 30."),
            "min_value": _("We bring at least 5 packages a day. Write 5 or more."),
            "max_value": _("150 packages a day is the most. Write 150 or less."),
        },
    )
    travel = forms.ChoiceField(
        label=_("How would you deliver?"), choices=TravelMode.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Application
        fields = ["daily_cap", "travel"]


class PeoplePage(PageForm):
    """Everybody who would deliver: a pair of fields for each, and an empty one for the next."""

    class Meta:
        model = Application
        fields: list[str] = []

    def __init__(self, *args: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = people_initial(self.instance) | self.initial
        given = self.data if self.is_bound else self.initial
        named = sum(f"name_{place}" in given for place in range(rules.MOST_PEOPLE))
        self.size = max(1, min(named + (not self.is_bound), rules.MOST_PEOPLE))
        for place in range(self.size):
            self.add_person(place)

    def add_person(self, place: int) -> None:
        """The two fields of one person; only the first must be filled."""
        is_first = place == 0
        self.fields[f"name_{place}"] = forms.CharField(
            label=format_lazy(_("Person {number}: first and last name"), number=place + 1),
            max_length=120,
            required=is_first,
            error_messages={"required": _("Write at least one name.")},
        )
        self.fields[f"email_{place}"] = forms.EmailField(
            label=format_lazy(_("Person {number}: e-mail"), number=place + 1),
            required=is_first,
            error_messages={"required": _("Write this person’s e-mail address.")},
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        seen: set[str] = set()
        for place in range(self.size):
            name, email = data.get(f"name_{place}", ""), data.get(f"email_{place}", "").lower()
            if name and f"email_{place}" in data and not email:
                self.add_error(f"email_{place}", _("Write this person’s e-mail address."))
            if email and f"name_{place}" in data and not name:
                self.add_error(f"name_{place}", _("Write this person’s name."))
            if email and email in seen:
                words = _("Two people can’t share an address: each of them gets a letter.")
                self.add_error(f"email_{place}", words)
            seen.add(email)
        return data

    def answers(self) -> dict[str, Any]:
        places = range(self.size)
        pairs = [
            (self.cleaned_data[f"name_{place}"], self.cleaned_data[f"email_{place}"].lower())
            for place in places
        ]
        return {"people": [pair for pair in pairs if pair[0]]}


def people_initial(application: Application) -> dict[str, str]:
    """Who was named before; at first the applicant herself."""
    people = [(one.name, one.email) for one in application.people.all()]
    initial = {}
    for place, (name, email) in enumerate(
        people or [(application.contact_name, application.email)]
    ):
        initial |= {f"name_{place}": name, f"email_{place}": email}
    return initial


class DocumentsPage(PageForm):
    """Nothing to fill in yet: documents are asked for once the application was sent."""

    class Meta:
        model = Application
        fields: list[str] = []


class MorePage(PageForm):
    class Meta:
        model = Application
        fields = ["message"]
        labels = {"message": _("Anything else we should know?")}
        widgets = {"message": forms.Textarea(attrs={"rows": 4, "maxlength": 1000})}


PAGE_FORMS: dict[str, Any] = {
    "name": NamePage,
    "address": AddressPage,
    "contact": ContactPage,
    "storage": StoragePage,
    "access": AccessPage,
    "days": DaysPage,
    "packages": PackagesPage,
    "people": PeoplePage,
    "documents": DocumentsPage,
    "more": MorePage,
}


class WaitlistForm(HoneypotForm):
    """Tell me when a van comes to my street."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": MISSING["contact_name"]},
    )
    trade = forms.ChoiceField(
        label=_("What kind of shop is it?"),
        choices=[("", _("Choose")), *TRADES],
        error_messages={"required": MISSING["trade"]},
    )
    postal_code = forms.RegexField(
        label=_("ZIP code of your shop"),
        regex=r"^[0-9]{5}(-[0-9]{4})?$",
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "postal-code", "class": "short"}
        ),
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("Write the five digits of the ZIP code, such as 72701.")
        ),
    )
    field_order = ["name", "email", "trade", "postal_code", "website_address"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("We write here once a van comes, and for nothing else.")

    def clean_postal_code(self) -> str:
        return self.cleaned_data["postal_code"][:5]

    def facts(self) -> dict[str, str]:
        """The answers, as `join_waitlist` takes them."""
        return {name: self.cleaned_data[name] for name in self.field_order[:4]}
