"""A shop's people, and what it says of itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import FactsChange, MemberRole, Shop, TravelMode
from kernel import zips
from kernel.addresses import street_of
from kernel.web.fields import POSTAL_STATES, between, place_error

PARTS = {
    MemberRole.HELPER: _("Deliver packages. Sees no money."),
    MemberRole.MANAGER: _("Run the day and the team: days off, invitations. Sees no money."),
    MemberRole.OWNER: _("Everything: deliver, see money, sign, invite and remove people."),
}


def part_field(*roles: MemberRole) -> forms.ChoiceField:
    """What a person may do for the shop, in words."""
    return forms.ChoiceField(
        label=_("What may this person do?"),
        choices=[(role, PARTS[role]) for role in roles],
        initial=MemberRole.HELPER,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the person may do.")},
    )


class PersonForm(forms.Form):
    """Who a person is."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("Write the person's name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("We send a letter with a link to choose a password."),
        error_messages={
            "required": _("Write the person's e-mail address."),
            "invalid": _("Write an e-mail address like sam@example.com."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_email(self) -> str:
        """The address as it is kept: in lower case."""
        return self.cleaned_data["email"].lower()


class InviteForm(PersonForm):
    """Who shall work for the shop, and what she may do. A manager makes no owners."""

    role = part_field(*PARTS)

    def __init__(self, *args: Any, by: str = MemberRole.OWNER, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by != MemberRole.OWNER:
            self.fields["role"] = part_field(MemberRole.HELPER, MemberRole.MANAGER)


class PartForm(forms.Form):
    """What a person may do from now on."""

    role = part_field(*PARTS)


class LinkForm(forms.Form):
    """What who joins by a link may do: a link makes no owner."""

    role = part_field(MemberRole.HELPER, MemberRole.MANAGER)


class JoinForm(PersonForm):
    """Who opened a link and wants to join."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Your name")
        self.fields["name"].error_messages["required"] = _("Write your name.")
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].label = _("Your e-mail")
        self.fields["email"].error_messages["required"] = _("Write your e-mail address.")
        self.fields["email"].widget.attrs["autocomplete"] = "email"


GRAMS_A_POUND = 453.59237
MM_AN_INCH = 25.4


class SectionForm(forms.Form):
    """One section of a shop's profile; its fields carry the names of the shop's facts."""

    @classmethod
    def initial_of(cls, shop: Shop) -> dict[str, Any]:
        """What the shop says now."""
        return {name: getattr(shop, name) for name in cls.base_fields}

    def facts(self) -> dict[str, Any]:
        """What it says from now on."""
        return dict(self.cleaned_data)


class ContactForm(SectionForm):
    """Whom we call and write to."""

    contact_name = forms.CharField(
        label=_("Contact name"),
        max_length=120,
        error_messages={"required": _("Write a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.RegexField(
        r"^[0-9+() .\-]{7,30}$",
        label=_("Phone"),
        error_messages={
            "required": _("Write a phone number."),
            "invalid": _("Write a phone number like (479) 555-0110."),
        },
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("For letters about the shop. It does not change how anybody signs in."),
        error_messages={
            "required": _("Write an e-mail address."),
            "invalid": _("Write an e-mail address like sam@example.com."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        """The address as it is kept: in lower case."""
        return self.cleaned_data["email"].lower()


def time_field(label: str, hint: str = "") -> forms.TimeField:
    """A time of the day as a phone's own clock writes it."""
    return forms.TimeField(
        label=label,
        required=False,
        help_text=hint,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write a time like 14:30.")},
    )


class HoursForm(SectionForm):
    """When the shop is open, and when its counter is busy: the driver comes at another time."""

    opens_at = time_field(_("Open from"))
    closes_at = time_field(_("Open until"))
    busy_from = time_field(_("Busy at the counter from"), _("We try to come at another time."))
    busy_until = time_field(_("Busy at the counter until"))
    SPANS = (("opens_at", "closes_at"), ("busy_from", "busy_until"))

    def clean(self) -> dict[str, Any]:
        """Both ends of a span, or none, and in order."""
        told = self.cleaned_data
        for first, last in self.SPANS:
            start, end = told.get(first), told.get(last)
            if bool(start) != bool(end):
                self.add_error(last if start else first, _("Give both times, or none."))
            elif start and end and start >= end:
                self.add_error(last, _("This time comes before the first. Swap them."))
        return told


class TakesForm(SectionForm):
    """What packages the shop takes, and how it gets around."""

    travel_mode = forms.ChoiceField(
        label=_("How do you get around?"), choices=TravelMode.choices, widget=forms.RadioSelect
    )
    pounds = forms.IntegerField(
        label=_("Heaviest package, in pounds"),
        required=False,
        min_value=1,
        max_value=150,
        error_messages=between(1, 150),
        help_text=_("Leave it empty for any weight."),
    )
    inches = forms.IntegerField(
        label=_("Longest side of a package, in inches"),
        required=False,
        min_value=4,
        max_value=120,
        error_messages=between(4, 120),
        help_text=_("Leave it empty for any size."),
    )
    takes_signature = forms.BooleanField(label=_("Packages that need a signature"), required=False)
    takes_code = forms.BooleanField(label=_("Packages that need a code"), required=False)

    @classmethod
    def initial_of(cls, shop: Shop) -> dict[str, Any]:
        """What the shop takes now, in pounds and inches."""
        heaviest, longest = shop.max_weight_g, shop.max_side_mm
        return {
            "travel_mode": shop.travel_mode,
            "pounds": round(heaviest / GRAMS_A_POUND) if heaviest else None,
            "inches": round(longest / MM_AN_INCH) if longest else None,
            "takes_signature": shop.takes_signature,
            "takes_code": shop.takes_code,
        }

    def facts(self) -> dict[str, Any]:
        """What it takes from now on, in grams and millimetres."""
        told = dict(self.cleaned_data)
        pounds, inches = told.pop("pounds"), told.pop("inches")
        return told | {
            "max_weight_g": round(pounds * GRAMS_A_POUND) if pounds else None,
            "max_side_mm": round(inches * MM_AN_INCH) if inches else None,
        }


SECTIONS: dict[str, tuple[Any, type[SectionForm]]] = {
    "contact": (_("Contact"), ContactForm),
    "hours": (_("Hours"), HoursForm),
    "takes": (_("What you take"), TakesForm),
}


class NameForm(forms.ModelForm):
    """Another name or address, to be looked at by staff."""

    class Meta:
        model = FactsChange
        fields = FactsChange.FACTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].widget.attrs["autocomplete"] = "address-level1"
        for field in self.fields.values():
            field.error_messages["required"] = _("Fill this in.")

    def clean_address1(self) -> str:
        """A street where a van can stop; what can't be read as one, staff look at."""
        address = self.cleaned_data["address1"]
        street = street_of(address)
        if street and street.is_box:
            words = _("A van can't stop at a post office box. Write the street of your shop.")
            raise forms.ValidationError(words)
        if street and not street.has_number:
            raise forms.ValidationError(_("Add the house number to the street."))
        return address

    def clean_state(self) -> str:
        state = self.cleaned_data["state"].upper()
        if state not in POSTAL_STATES.split():
            raise forms.ValidationError(_("Write the state in two letters, such as AR."))
        return state

    def clean_postal_code(self) -> str:
        code = self.cleaned_data["postal_code"].strip()
        if not zips.ZIP_CODE.fullmatch(code) or not code.isascii():
            raise forms.ValidationError(_("Write the five digits of the ZIP code, such as 72701."))
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if problem := place_error(data.get("postal_code", ""), data.get("state", "")):
            self.add_error("postal_code", problem)
        return data

    @classmethod
    def initial_of(cls, shop: Shop) -> dict[str, str]:
        """What is true now."""
        return {name: getattr(shop, name) for name in FactsChange.FACTS}


class DecisionForm(forms.Form):
    """What staff say to a new name or address."""

    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    answer = forms.CharField(
        label=_("Why not? The shop reads it. (only for a no)"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
