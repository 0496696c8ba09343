"""Fields that forms of several rooms ask with."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

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
