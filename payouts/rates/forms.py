"""Agreeing a fee, writing a new card, answering one."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from hubshops.deliveries.models import Outcome
from payouts.rates import rules
from payouts.rates.models import AnswerKind, DayClass, RateKind, SizeClass
from payouts.rates.rules import Line

BLANK_SPECIALS = 2
MOST_SPECIALS = 12
TIERS = 3


def dollars(label: str | Promise, *, most: int = 100, is_asked: bool = True) -> forms.DecimalField:
    """Dollars and cents; empty is allowed unless it `is_asked` for."""
    return forms.DecimalField(
        label=label,
        required=is_asked,
        min_value=Decimal(0),
        max_value=Decimal(most),
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        error_messages={
            "required": _("Write the fee, like 1.50."),
            "invalid": _("Write the fee as dollars and cents, like 1.50."),
            "min_value": _("A fee lies between $0.00 and $100.00 a package."),
            "max_value": _("A fee lies between $0.00 and $100.00 a package."),
            "max_decimal_places": _("Write whole cents, like 1.50."),
        },
    )


def a_day(label: str | Promise, *, help_text: str | Promise = "", is_asked: bool = True):
    """A date of the calendar."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=is_asked,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day like 2026-11-20."),
        },
    )


class FeeForm(forms.Form):
    """What a delivered package earns, and from which day."""

    amount = dollars(_("Fee for a delivered package, in dollars"))
    first_day = a_day(
        _("First day"),
        help_text=_("The first day whose deliveries earn it. Earlier days keep their fee."),
    )
    reason = forms.CharField(
        label=_("Why, when it is more than the market’s card"),
        help_text=_("Another person approves it then, and the shop reads this sentence."),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def terms(self) -> dict[str, object]:
        """What `propose_fee` takes: whole cents, the day and the sentence."""
        words = self.cleaned_data
        cents = cents_of(words["amount"])
        return {"amount_cents": cents, "first_day": words["first_day"], "reason": words["reason"]}


def cents_of(amount: Decimal) -> int:
    """Whole cents of dollars with two decimal places."""
    return int(amount * 100)


def any_of(choices: type) -> list[tuple[str, object]]:
    """Every choice, or whichever."""
    return [("", _("any")), *choices.choices]


class CardForm(forms.Form):
    """A new version of a card, whole: the form begins as the card is. Rows that are left empty are
    no lines."""

    amount = dollars(_("Fee for a delivered package, in dollars"))
    minimum = dollars(_("Guaranteed for each open day, in dollars"), most=10_000, is_asked=False)
    over_cap = dollars(_("Extra for a package beyond the cap, in dollars"), is_asked=False)
    peak_first = a_day(_("Busy days from"), is_asked=False)
    peak_last = a_day(_("Last busy day"), is_asked=False)
    peak_amount = dollars(_("Extra on busy days, in dollars"), is_asked=False)
    first_day = a_day(_("First day of the new card"))
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Shops read this sentence."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, in a sentence.")},
    )

    def __init__(self, *args, lines: Sequence[Line] = (), **kwargs) -> None:
        """`lines`: the card as it is now, or the draft that is there."""
        specials = [one for one in lines if one.kind == RateKind.DELIVERY and one.exactness]
        kwargs["initial"] = initial_of(lines, specials) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.specials = min(len(specials) + BLANK_SPECIALS, MOST_SPECIALS)
        for number in range(1, self.specials + 1):
            self.fields[f"outcome_{number}"] = forms.ChoiceField(
                label=_("Left with"), choices=any_of(Outcome), required=False
            )
            self.fields[f"size_{number}"] = forms.ChoiceField(
                label=_("Size"), choices=any_of(SizeClass), required=False
            )
            self.fields[f"day_kind_{number}"] = forms.ChoiceField(
                label=_("Day"), choices=any_of(DayClass), required=False
            )
            self.fields[f"special_{number}"] = dollars(_("Fee, in dollars"), is_asked=False)
        for number in range(1, TIERS + 1):
            self.fields[f"beyond_{number}"] = forms.IntegerField(
                label=_("Beyond packages a week"),
                min_value=1,
                max_value=10_000,
                required=False,
                error_messages={"min_value": _("A tier begins after 1 package or more.")},
            )
            self.fields[f"tier_{number}"] = dollars(_("Extra each, in dollars"), is_asked=False)

    def special_rows(self) -> list[list[BoundField]]:
        """The fields of each fee for a sort of package."""
        names = "outcome", "size", "day_kind", "special"
        return [
            [self[f"{name}_{number}"] for name in names] for number in range(1, self.specials + 1)
        ]

    def tier_rows(self) -> list[list[BoundField]]:
        """The fields of each tier."""
        return [
            [self[f"beyond_{number}"], self[f"tier_{number}"]] for number in range(1, TIERS + 1)
        ]

    def clean(self) -> dict[str, object]:
        """Rows are filled or empty, never half."""
        for number in range(1, TIERS + 1):
            self.check_together(f"beyond_{number}", f"tier_{number}")
        for number in range(1, self.specials + 1):
            asks = [self.cleaned_data.get(f"{name}_{number}") for name in ASKS]
            amount = self.cleaned_data.get(f"special_{number}")
            if amount is not None and not any(asks):
                self.add_error(f"outcome_{number}", _now("Say which packages earn this."))
            if amount is None and any(asks) and f"special_{number}" not in self.errors:
                self.add_error(f"special_{number}", _now("Write the fee, like 1.50."))
        self.check_together("peak_first", "peak_last", "peak_amount")
        first, last = self.cleaned_data.get("peak_first"), self.cleaned_data.get("peak_last")
        if first and last and last < first:
            self.add_error("peak_last", _now("The last busy day is before the first one."))
        return self.cleaned_data

    def check_together(self, *names: str) -> None:
        """All of these fields, or none."""
        empty = [name for name in names if self.cleaned_data.get(name) is None]
        missing = [name for name in empty if name not in self.errors]
        if missing and len(empty) < len(names):
            self.add_error(missing[0], _now("Fill this in, too, or leave the whole row empty."))

    def lines(self) -> list[Line]:
        """The card that was written."""
        data = self.cleaned_data
        lines = [Line(RateKind.DELIVERY, cents_of(data["amount"]))]
        for number in range(1, self.specials + 1):
            if (amount := data[f"special_{number}"]) is not None:
                asks = {name: data[f"{name}_{number}"] for name in ASKS}
                lines.append(Line(RateKind.DELIVERY, cents_of(amount), **asks))
        for number in range(1, TIERS + 1):
            if (amount := data[f"tier_{number}"]) is not None:
                beyond = data[f"beyond_{number}"]
                lines.append(Line(RateKind.TIER, cents_of(amount), beyond=beyond))
        for name, kind in (("minimum", RateKind.MINIMUM), ("over_cap", RateKind.OVER_CAP)):
            if data[name] is not None:
                lines.append(Line(kind, cents_of(data[name])))
        if data["peak_amount"] is not None:
            end_on = data["peak_last"] + dt.timedelta(days=1)
            peak = cents_of(data["peak_amount"])
            lines.append(Line(RateKind.PEAK, peak, first_on=data["peak_first"], end_on=end_on))
        return lines

    def terms(self) -> dict[str, object]:
        """What `draft_change` takes."""
        return {
            "lines": self.lines(),
            "effective_on": self.cleaned_data["first_day"],
            "reason": self.cleaned_data["reason"],
        }


ASKS = "outcome", "size", "day_kind"


def initial_of(lines: Sequence[Line], specials: Sequence[Line]) -> dict[str, object]:
    """A card as the form shows it."""
    usual = rules.best_line([one for one in lines if not one.exactness])
    shown: dict[str, object] = {"amount": in_dollars(usual)} if usual else {}
    for number, one in enumerate(specials[: MOST_SPECIALS - BLANK_SPECIALS], 1):
        shown |= {f"{name}_{number}": getattr(one, name) for name in ASKS}
        shown[f"special_{number}"] = in_dollars(one)
    for number, one in enumerate((one for one in lines if one.kind == RateKind.TIER), 1):
        shown |= {f"beyond_{number}": one.beyond, f"tier_{number}": in_dollars(one)}
    for one in lines:
        if one.kind in (RateKind.MINIMUM, RateKind.OVER_CAP):
            shown[str(one.kind)] = in_dollars(one)
        if one.kind == RateKind.PEAK:
            last = one.end_on - dt.timedelta(days=1)
            shown |= {"peak_first": one.first_on, "peak_last": last}
            shown["peak_amount"] = in_dollars(one)
    return shown


def in_dollars(line: Line) -> Decimal:
    """A line's amount as people type it."""
    return Decimal(line.amount_cents).scaleb(-2)


class AnswerForm(forms.Form):
    """What a shop says to a new card."""

    answer = forms.ChoiceField(
        choices=AnswerKind.choices,
        error_messages={
            "required": _("Choose an answer."),
            "invalid_choice": _("Choose an answer."),
        },
    )
