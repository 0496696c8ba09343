"""Choosing a station and a day."""

from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from hubshops.manifests import rules
from hubshops.stations.models import Station


class PlanForm(forms.Form):
    """Which day of which station to look at."""

    station = forms.ModelChoiceField(
        Station.objects.order_by("code"),
        label=_("Station"),
        to_field_name="code",
        empty_label=None,
        error_messages={"required": _("Choose a station.")},
    )
    day = forms.DateField(
        label=_("Service day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("Write the day like 2026-11-20."),
        },
    )


STEPS = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class OrderWish:
    """What the page that orders stops sent: the version it showed, the stops in the order wished,
    the people to share them, and which button was pressed (a move is no button of its own)."""

    version: int
    order: list[int]
    helpers: list[int]
    button: str


def read_order(data: QueryDict) -> OrderWish:
    """The wish behind a page's fields: the stops as they stood, then the positions typed, then one
    step up or down. What is no number counts as not typed."""
    shown = numbers(data.getlist("stop"))
    typed = {}
    for at, stop in enumerate(shown, 1):
        for place in numbers([data.get(f"place-{stop}", "")]):
            if place != at:
                typed[stop] = place
    order = rules.moved(shown, typed)
    step, _dash, which = data.get("move", "").partition("-")
    if step in STEPS and numbers([which]) and int(which) in order:
        at = order.index(int(which)) + 1
        order = rules.moved(order, {int(which): max(1, at + STEPS[step])})
    return OrderWish(
        version=(numbers([data.get("version", "")]) or [0])[0],
        order=order,
        helpers=numbers(data.getlist("helper")),
        button=data.get("do", ""),
    )


def numbers(values: list[str]) -> list[int]:
    """Those of the values that are numbers of a sensible size."""
    return [
        int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 9
    ]
