"""What people say to an agreement."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.agreements.models import AgreementSignature

CONSENTS = {
    "electronic": _(
        "I agree to sign and to get records on a screen. I may ask for paper, and take this back at"
        " any time. I need a phone or computer that opens PDF files."
    ),
    "agrees": _(
        "I have read the agreement. I agree to it for the business, and I am allowed to sign for"
        " it."
    ),
}


class SignForm(forms.ModelForm):
    """A typed name and role, and two ticks that nobody set before. `sha256` is the text that was on
    the page."""

    electronic = forms.BooleanField(
        label=CONSENTS["electronic"],
        error_messages={"required": _("Tick this box to sign on a screen, or call us for paper.")},
    )
    agrees = forms.BooleanField(
        label=CONSENTS["agrees"],
        error_messages={"required": _("Tick this box if you agree. Without it nothing is signed.")},
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    class Meta:
        model = AgreementSignature
        fields = ["legal_name", "role"]
        help_texts = {
            "legal_name": _("As it stands on your identity document."),
            "role": _("For example: owner, partner, president."),
        }
        error_messages = {
            "legal_name": {"required": _("Write your full legal name.")},
            "role": {"required": _("Write your role, for example “owner”.")},
        }

    field_order = ["electronic", "legal_name", "role", "agrees", "sha256"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["legal_name"].widget.attrs["autocomplete"] = "name"
        self.fields["role"].widget.attrs["autocomplete"] = "organization-title"

    def consent(self) -> str:
        """The words beside the ticks, in the language in which they were read."""
        return "\n".join(str(words) for words in CONSENTS.values())


class PublishForm(forms.Form):
    """A new version: the binding text, what it means in plain words, and from when it holds."""

    effective_on = forms.DateField(
        label=_("Takes effect on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Two weeks from today, or later."),
    )
    text = forms.CharField(
        label=_("The binding text, in English"),
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("An empty line begins a new paragraph."),
    )
    summary_en = forms.CharField(
        label=_("What it means, in plain English"), widget=forms.Textarea(attrs={"rows": 8})
    )
    summary_es = forms.CharField(
        label=_("What it means, in plain Spanish"), widget=forms.Textarea(attrs={"rows": 8})
    )

    def version(self) -> dict[str, object]:
        """What `publish_version` takes."""
        told = self.cleaned_data
        effective_on: dt.date = told["effective_on"]
        return {
            "text": told["text"],
            "summaries": {"en": told["summary_en"], "es": told["summary_es"]},
            "effective_on": effective_on,
        }
