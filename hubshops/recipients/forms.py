"""What staff say about texts."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hubshops.recipients.rules import number_of


class StopForm(forms.Form):
    """A number that gets no more texts."""

    phone = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
        error_messages={"required": _("Write the phone number.")},
    )

    def clean_phone(self) -> str:
        """A number that can be one."""
        phone = self.cleaned_data["phone"]
        if not number_of(phone):
            raise forms.ValidationError(
                _("Write an American phone number with its area code, like (479) 555-0110.")
            )
        return phone


class SwitchForm(forms.Form):
    """Whether a station's recipients get texts, and in which language."""

    is_on = forms.BooleanField(label=_("Send texts to recipients"), required=False)
    language = forms.ChoiceField(label=_("Language of the texts"), choices=settings.LANGUAGES)
