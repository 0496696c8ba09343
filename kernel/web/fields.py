"""Fields that forms of several rooms ask with."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import zips

WEEKDAYS = [
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
]


def between(lowest: object, highest: object, **words: object) -> dict[str, Any]:
    """A field's messages: one sentence for every way of missing a range, unless `words` has a
    better one."""
    sentence = format_lazy(
        _("Enter a number from {lowest} to {highest}."), lowest=lowest, highest=highest
    )
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence) | words


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Ticked weekdays, as digits in order: `1` is Monday."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=WEEKDAYS,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Tick at least one day.")},
            **kwargs,
        )

    def clean(self, value: object) -> str:
        return "".join(sorted(set(super().clean(value))))

    def prepare_value(self, value: object) -> object:
        return list(value) if isinstance(value, str) else value


POSTAL_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY"
)


def place_error(postal_code: str, state: str) -> str:
    """What is wrong with a ZIP code beside a state, or nothing. A ZIP nobody knows is let through:
    new ones appear, and a person looks."""
    place = zips.place_of(postal_code)
    if place is None or not state or place.state == state:
        return ""
    words = gettext("ZIP code %(zip)s is in %(city)s, %(right)s, not in %(wrong)s.")
    return words % {
        "zip": postal_code[:5],
        "city": place.city,
        "right": place.state,
        "wrong": state,
    }
