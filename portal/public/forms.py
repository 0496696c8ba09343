"""What a visitor may change in the earnings estimator."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.web.fields import between
from portal.public.queries import Market
from portal.public.rules import Assumptions, Span

EXAMPLE = Assumptions()


def _between(lowest: object, highest: object) -> dict[str, Any]:
    """The same, and a word about cents."""
    return between(lowest, highest, max_decimal_places=_("Two digits for cents are enough."))


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
    """The assumptions, each in the unit people think in. What is left out keeps the numbers of the
    visitor's own area, or the example's; another ZIP code brings other numbers."""

    zip = forms.RegexField(
        label=_("ZIP code of your shop"),
        help_text=_("Then we count with the numbers of your area."),
        regex=r"^[0-9]{5}(-[0-9]{4})?$",
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "postal-code"}),
        error_messages={"invalid": _("Write the five digits of a ZIP code, like 65201.")},
    )
    packages_low = _whole(_("Packages on a slow day"), "", 1, 150)
    packages_high = _whole(_("Packages on a busy day"), _("You set the most."), 1, 150)
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
    based_on = forms.CharField(required=False, widget=forms.HiddenInput)

    MAIN = ("zip", "packages_low", "packages_high", "days", "minutes", "travel")
    OF_AN_AREA = ("packages_low", "packages_high", "fee_low", "fee_high")

    @classmethod
    def filled(cls, given: dict[str, str], market: Market | None = None) -> "EstimatorForm":
        """The form with what was given, the area's numbers or the example for the rest; always
        bound. What was given for another ZIP code than this one is not kept."""
        zip_code = zip_of(given)
        is_moved = zip_code != given.get("based_on", "")
        kept = {
            name: given[name]
            for name in cls.base_fields
            if name in given and not (is_moved and name in cls.OF_AN_AREA)
        }
        return cls(_example() | _of_market(market) | kept | {"based_on": zip_code})

    def clean(self) -> dict[str, object]:
        """The lower numbers are not above the higher ones."""
        cleaned = super().clean()
        few, many = cleaned.get("packages_low"), cleaned.get("packages_high")
        if few is not None and many is not None and few > many:
            words = _("A busy day must not have fewer packages than a slow one.")
            self.add_error("packages_high", words)
        low, high = cleaned.get("fee_low"), cleaned.get("fee_high")
        if low is not None and high is not None and low > high:
            self.add_error("fee_high", _("The higher fee must not be below the lower fee."))
        return cleaned

    def assumptions(self) -> Assumptions:
        """The valid form as the estimate's plain values, money in cents."""
        cleaned = self.cleaned_data
        return Assumptions(
            packages_low=cleaned["packages_low"],
            packages_high=cleaned["packages_high"],
            days_a_week=cleaned["days"],
            minutes_a_stop=cleaned["minutes"],
            travel_cents_a_week=int(cleaned["travel"] * 100),
            fee_low_cents=int(cleaned["fee_low"] * 100),
            fee_high_cents=int(cleaned["fee_high"] * 100),
            delivered_percent=cleaned["delivered"],
            minutes_in_shop=cleaned["in_shop"],
        )

    def from_area(self, market: Market | None) -> dict[str, bool]:
        """Which figures are the area's own, as they stand in the valid form."""
        given = self.assumptions()
        fees = Span(given.fee_low_cents, given.fee_high_cents)
        packages = Span(given.packages_low, given.packages_high)
        return {
            "fees": bool(market and market.fees == fees),
            "packages": bool(market and market.packages == packages),
        }

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """What a visitor changes first."""
        return [self[name] for name in self.MAIN]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """The rest of the assumptions."""
        return [self[name] for name in self.fields if name not in (*self.MAIN, "based_on")]

    @property
    def other_has_errors(self) -> bool:
        """Whether the folded part holds a mistake, and so must open."""
        return any(field.errors for field in self.other_fields)


def zip_of(given: dict[str, str]) -> str:
    """The five digits of a ZIP code, or nothing; the four behind the dash say nothing here."""
    found = re.fullmatch(r"([0-9]{5})(-[0-9]{4})?", given.get("zip", "").strip(), re.ASCII)
    return found[1] if found else ""


def _example() -> dict[str, object]:
    """The example, as the form's fields take it."""
    return {
        "packages_low": EXAMPLE.packages_low,
        "packages_high": EXAMPLE.packages_high,
        "days": EXAMPLE.days_a_week,
        "minutes": EXAMPLE.minutes_a_stop,
        "travel": _as_dollars(EXAMPLE.travel_cents_a_week),
        "fee_low": _as_dollars(EXAMPLE.fee_low_cents),
        "fee_high": _as_dollars(EXAMPLE.fee_high_cents),
        "delivered": EXAMPLE.delivered_percent,
        "in_shop": EXAMPLE.minutes_in_shop,
    }


def _of_market(market: Market | None) -> dict[str, object]:
    """What is known of an area, as the form's fields take it."""
    known: dict[str, object] = {}
    if market and market.fees:
        known["fee_low"] = _as_dollars(market.fees.low)
        known["fee_high"] = _as_dollars(market.fees.high)
    if market and market.packages:
        known["packages_low"] = market.packages.low
        known["packages_high"] = market.packages.high
    return known


def _as_dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
