"""What people type about adjustments."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from kernel.money import as_dollars
from kernel.web.dollars import DollarsField
from payouts.adjustments.models import Adjustment, Hold, Reason
from payouts.adjustments.queries import free_holds, open_deductions
from payouts.adjustments.rules import AGAINST_IT, FOR_THE_SHOP

LONGEST_WORDS, LONGEST_TEXT, LONGEST_EVIDENCE = 200, 500, 1000
MONEY = {"inputmode": "decimal", "autocomplete": "off"}


def words_of(reasons: tuple[str, ...]) -> list[tuple[str, object]]:
    """Reasons with their words, for a list of choices."""
    return [(reason, Reason(reason).label) for reason in reasons]


class HoldChoice(forms.ModelChoiceField):
    """What is set aside, by its amount and words."""

    def label_from_instance(self, hold: Hold) -> str:
        """`$3.00: A phone was stolen.`"""
        return f"{as_dollars(hold.amount_cents)}: {hold.words}"


class DeductionChoice(forms.ModelChoiceField):
    """A proposed deduction, by its amount and words."""

    def label_from_instance(self, adjustment: Adjustment) -> str:
        """`$20.00: The box of Nov 20`"""
        return f"{as_dollars(adjustment.size_cents)}: {adjustment.words}"


class ProposeForm(forms.Form):
    """An adjustment for a shop, or a deduction."""

    direction = forms.ChoiceField(
        label=_("What it does"),
        choices=[("for", _("Pays the shop")), ("against", _("Takes from the shop"))],
        widget=forms.RadioSelect,
        initial="for",
    )
    amount = DollarsField(
        label=_("Amount in dollars"), max_length=20, widget=forms.TextInput(attrs=MONEY)
    )
    reason = forms.ChoiceField(
        label=_("Why"), choices=words_of(tuple(dict.fromkeys(FOR_THE_SHOP + AGAINST_IT)))
    )
    words = forms.CharField(
        label=_("For the shop, in a sentence"),
        max_length=LONGEST_WORDS,
        help_text=_("The shop reads this on its page and on its statement."),
        error_messages={"required": _("Write a sentence for the shop: what this is for.")},
    )
    evidence = forms.CharField(
        label=_("What shows it"),
        max_length=LONGEST_EVIDENCE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Tracking ids, dates, who saw it. The shop reads this, too."),
    )
    hold = HoldChoice(
        label=_("What was set aside for it"),
        queryset=Hold.objects.none(),
        required=False,
        empty_label=_("nothing"),
        help_text=_("A deduction takes this first, and nothing else that is set aside."),
    )

    def __init__(self, *args, shop: Shop, **kwargs) -> None:
        """`shop`: whose holds can be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["hold"].queryset = free_holds(shop)

    def clean(self) -> dict[str, object]:
        """The reason has to fit what it does."""
        found = super().clean() or {}
        fitting = AGAINST_IT if found.get("direction") == "against" else FOR_THE_SHOP
        if found.get("reason") and found["reason"] not in fitting:
            self.add_error("reason", _("Choose a reason that fits what it does."))
        return found

    @property
    def cents(self) -> int:
        """The amount with its sign."""
        sign = -1 if self.cleaned_data["direction"] == "against" else 1
        return sign * self.cleaned_data["amount"]


class ChooseShopForm(forms.Form):
    """Whom it is about."""

    shop = forms.ModelChoiceField(
        label=_("Shop"),
        queryset=Shop.objects.order_by("name", "pk"),
        to_field_name="slug",
        error_messages={"invalid_choice": _("There is no such shop.")},
    )


class DecideForm(forms.Form):
    """A decision in words."""

    words = forms.CharField(
        label=_("Your reason, in words for the shop"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class GrantForm(forms.Form):
    """What a shop gets for its objection."""

    amount = DollarsField(
        label=_("Amount in dollars"), max_length=20, widget=forms.TextInput(attrs=MONEY)
    )
    words = forms.CharField(
        label=_("For the shop, in a sentence"),
        max_length=LONGEST_WORDS,
        error_messages={"required": _("Write a sentence for the shop: what this is for.")},
    )


class HoldForm(forms.Form):
    """An amount to set aside."""

    amount = DollarsField(
        label=_("Amount in dollars"), max_length=20, widget=forms.TextInput(attrs=MONEY)
    )
    words = forms.CharField(
        label=_("What is looked into, for the shop"),
        max_length=LONGEST_WORDS,
        error_messages={"required": _("Write a sentence for the shop: what this is for.")},
    )
    deduction = DeductionChoice(
        label=_("For which proposed deduction"),
        queryset=Adjustment.objects.none(),
        required=False,
        empty_label=_("none yet"),
    )

    def __init__(self, *args, shop: Shop, **kwargs) -> None:
        """`shop`: whose deductions can be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["deduction"].queryset = open_deductions(shop)


class AnswerForm(forms.Form):
    """A shop's side of a proposed deduction."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_EVIDENCE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a sentence, so that we know what you mean.")},
    )


class ObjectForm(forms.Form):
    """What a shop claims, and why."""

    amount = DollarsField(
        label=_("How much is missing, in dollars"),
        max_length=20,
        widget=forms.TextInput(attrs=MONEY),
    )
    words = forms.CharField(
        label=_("What is wrong"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a sentence, so that we know what you mean.")},
    )
