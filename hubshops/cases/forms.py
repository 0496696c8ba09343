"""What people say about a case."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.cases.models import CaseKind, CaseStatus
from hubshops.cases.rules import Effect, effects_of

LONGEST_TEXT, LONGEST_RESOLUTION = 1000, 500
EFFECT_WORDS = {
    Effect.NOTHING: _("Nothing else"),
    Effect.SHORT_CONFIRMED: _("The package did not come: the shop is right"),
    Effect.FOUND: _("It was found at the shop: count it in"),
    Effect.STANDS: _("The delivery stands, and its fee"),
}


class AnswerForm(forms.Form):
    """A side's words."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a sentence, so that we know what you mean.")},
    )


class ReplyForm(forms.Form):
    """Staff's words to the shop."""

    text = forms.CharField(
        label=_("To the shop"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )


class ResolveForm(forms.Form):
    """How a case is settled."""

    words = forms.CharField(
        label=_("How it is settled, in words for the shop"),
        max_length=LONGEST_RESOLUTION,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    effect = forms.ChoiceField(label=_("What follows"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: object, kind: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.value, EFFECT_WORDS[one]) for one in effects_of(kind)]
        self.fields["effect"].choices = choices
        self.fields["effect"].initial = ""
        if len(choices) == 1:
            self.fields["effect"].widget = forms.HiddenInput()

    def chosen_effect(self) -> Effect:
        """What follows, as the action takes it."""
        return Effect(self.cleaned_data["effect"])


def filters(asked: object) -> dict[str, str]:
    """The filters of staff's list, as far as they mean something."""
    known = {"kind": CaseKind.values, "status": CaseStatus.values}
    found = {name: asked.get(name, "") for name in ("kind", "status", "station")}
    return {
        name: value if value in known.get(name, [value]) and "\0" not in value else ""
        for name, value in found.items()
    }
