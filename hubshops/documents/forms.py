"""What people send of papers, and what staff say about them."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from hubshops.documents.models import DocumentKind
from hubshops.shops.models import Shop
from kernel.papers import MOST_BYTES, SENTENCES

EMPTY = {"empty": SENTENCES["empty"], "invalid": _("The file did not arrive. Try again.")}


class UploadForm(forms.Form):
    """One picture of one paper: taken now, or a file."""

    photo = forms.FileField(
        label=_("Take a photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        error_messages=EMPTY,
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        help_text=_("A photo (JPEG, PNG, HEIC) or a PDF, up to 10 MB."),
        required=False,
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/heic,image/heif,application/pdf"}
        ),
        error_messages=EMPTY,
    )
    use_required_attribute = False

    def clean_photo(self) -> UploadedFile | None:
        return self.checked("photo")

    def clean_file(self) -> UploadedFile | None:
        return self.checked("file")

    def checked(self, name: str) -> UploadedFile | None:
        """A file that fits."""
        file = self.cleaned_data[name]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(SENTENCES["large"])
        return file

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if not self.errors and not (data.get("photo") or data.get("file")):
            self.add_error("photo", _("Take a photo of the paper, or choose a file."))
        return data

    def sent(self) -> UploadedFile:
        """What came: the photo before the file."""
        return self.cleaned_data["photo"] or self.cleaned_data["file"]


class PersonForm(forms.Form):
    """Somebody else who delivers."""

    name = forms.CharField(
        label=_("Name of another person who delivers"),
        max_length=120,
        error_messages={"required": _("Write the person's name as on the card.")},
    )


class AcceptForm(forms.Form):
    """Until when a paper is good."""

    expires_on = forms.DateField(
        label=_("Last day on which it is good"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day like 2026-11-20.")},
    )
    has_no_end = forms.BooleanField(label=_("It has no end"), required=False)

    def __init__(self, *args: object, kind: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if kind == DocumentKind.INSURANCE:
            del self.fields["has_no_end"]

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if self.errors:
            return data
        if bool(data.get("expires_on")) == bool(data.get("has_no_end")):
            self.add_error("expires_on", _("Write the day on which it ends, as the paper says."))
        return data


REJECT_REASONS = [
    ("", _("Choose")),
    ("corner", _("A corner is cut off. Lay the paper flat and take all of it.")),
    ("sharp", _("The words are not sharp. Hold the phone still, in good light.")),
    ("dark", _("It is too dark, or light shines on it. Take it by a window, without flash.")),
    ("other_paper", _("This is not the paper that we asked for.")),
    ("name", _("The name on it is another one than the name we have.")),
    ("ended", _("This paper has run out. Send one that is good now.")),
    ("other", _("Another reason: write it below.")),
]


class RejectForm(forms.Form):
    """Why not, in words that its owner reads."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it"),
        choices=REJECT_REASONS,
        error_messages={"required": _("Choose a reason. Its owner reads it.")},
    )
    words = forms.CharField(
        label=_("More words for its owner"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        max_length=1000,
        required=False,
    )

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if data.get("reason") == "other" and not data.get("words"):
            self.add_error("words", _("Write the reason. Its owner reads it."))
        return data

    def sentence(self, language: str) -> str:
        """The reason in its reader's language: our sentence, then the reviewer's own words."""
        chosen, words = self.cleaned_data["reason"], self.cleaned_data["words"].strip()
        with translation.override(language):
            ours = "" if chosen == "other" else str(dict(REJECT_REASONS)[chosen])
        return " ".join(part for part in (ours, words) if part)


class AskShopForm(forms.Form):
    """A shop that came to us without an application."""

    shop = forms.ModelChoiceField(
        Shop.objects.filter(dossier=None).order_by("name", "pk"),
        label=_("Shop"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose a shop.")},
    )
