"""What applicants answer to reviewers."""

from django import forms
from django.utils.translation import gettext_lazy as _


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
