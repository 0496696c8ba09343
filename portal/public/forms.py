"""What a visitor may change in the earnings estimator."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.public.rules import Assumptions

EXAMPLE = Assumptions()


def _between(lowest: object, highest: object) -> dict[str, Any]:
    """One sentence for every way of missing the range."""
    sentence = format_lazy(
        _("Enter a number from {lowest} to {highest}."), lowest=lowest, highest=highest
    )
    codes = ("required", "invalid", "min_value", "max_value")
    return dict.fromkeys(codes, sentence) | {
        "max_decimal_places": _("Two digits for cents are enough.")
    }


def _dollars(label: str, hint: str, highest: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        min_value=0,
        max_value=highest,
        decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=_between(0, highest),
    )


def _whole(label: str, hint: str, lowest: int, highest: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=lowest,
        max_value=highest,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=_between(lowest, highest),
    )


class EstimatorForm(forms.Form):
    """The assumptions, each in the unit people think in. What is left out keeps the example's."""

    packages = _whole(_("Packages a day"), _("Most shops get 20 to 50."), 1, 150)
    days = _whole(_("Days a week"), "", 1, 7)
    minutes = forms.DecimalField(
        label=_("Minutes a stop"),
        help_text=_("From one door to the next, with the way there."),
        min_value=Decimal("0.5"),
        max_value=60,
        decimal_places=1,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=_between("0.5", 60),
    )
    travel = _dollars(_("Travel cost a week, in dollars"), _("Fuel, parking, bike repairs."), 2_000)
    fee_low = _dollars(_("Lower fee for a package, in dollars"), "", 20)
    fee_high = _dollars(_("Higher fee for a package, in dollars"), "", 20)
    delivered = _whole(_("Delivered out of 100 packages"), _("Only these are paid."), 1, 100)
    in_shop = _whole(_("Minutes a day in the shop"), _("To count in and to close the day."), 0, 240)

    MAIN = ("packages", "days", "minutes", "travel")

    @classmethod
    def filled(cls, given: dict[str, str]) -> "EstimatorForm":
        """The form with what was given, the example for the rest; always bound."""
        example = {
            "packages": EXAMPLE.packages_a_day,
            "days": EXAMPLE.days_a_week,
            "minutes": EXAMPLE.minutes_a_stop,
            "travel": _as_dollars(EXAMPLE.travel_cents_a_week),
            "fee_low": _as_dollars(EXAMPLE.fee_low_cents),
            "fee_high": _as_dollars(EXAMPLE.fee_high_cents),
            "delivered": EXAMPLE.delivered_percent,
            "in_shop": EXAMPLE.minutes_in_shop,
        }
        return cls(example | {name: given[name] for name in cls.base_fields if name in given})

    def clean(self) -> dict[str, object]:
        """The lower fee is not above the higher one."""
        cleaned = super().clean()
        low, high = cleaned.get("fee_low"), cleaned.get("fee_high")
        if low is not None and high is not None and low > high:
            self.add_error("fee_high", _("The higher fee must not be below the lower fee."))
        return cleaned

    def assumptions(self) -> Assumptions:
        """The valid form as the estimate's plain values, money in cents."""
        cleaned = self.cleaned_data
        return Assumptions(
            packages_a_day=cleaned["packages"],
            days_a_week=cleaned["days"],
            minutes_a_stop=cleaned["minutes"],
            travel_cents_a_week=int(cleaned["travel"] * 100),
            fee_low_cents=int(cleaned["fee_low"] * 100),
            fee_high_cents=int(cleaned["fee_high"] * 100),
            delivered_percent=cleaned["delivered"],
            minutes_in_shop=cleaned["in_shop"],
        )

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """The four a visitor changes first."""
        return [self[name] for name in self.MAIN]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """The rest of the assumptions."""
        return [self[name] for name in self.fields if name not in self.MAIN]

    @property
    def other_has_errors(self) -> bool:
        """Whether the folded part holds a mistake, and so must open."""
        return any(field.errors for field in self.other_fields)


class AreaForm(forms.Form):
    """A ZIP code, to see whether a van comes there."""

    zip = forms.RegexField(
        label=_("ZIP code of your shop"),
        regex=r"^[0-9]{5}(-[0-9]{4})?$",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "postal-code"}),
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("Write the five digits of a ZIP code, like 65201.")
        ),
    )

    def clean_zip(self) -> str:
        """The five digits; the four behind the dash say nothing here."""
        return self.cleaned_data["zip"][:5]


def _as_dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
