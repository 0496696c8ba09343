"""Filters every page uses: money, distances and moments as people read them."""

import datetime as dt
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from kernel import geo, money

register = template.Library()


@register.filter(name="money")
def money_filter(cents: int | None) -> str:
    """Cents as dollars; nothing known is a dash."""
    return "–" if cents is None else money.as_dollars(int(cents))


@register.filter
def miles(metres: float | None) -> str:
    """Metres as miles with one decimal, as an address label says it."""
    if metres is None:
        return "–"
    return _("%(miles)s mi") % {"miles": f"{metres / geo.METRES_PER_MILE:.1f}"}


@register.filter
def moment(value: dt.datetime | None, zone: str) -> str:
    """A moment in `zone`: “2:40 pm” today, “Nov 20, 2:40 pm” on another day."""
    if value is None:
        return "–"
    local = value.astimezone(ZoneInfo(zone))
    clock = _clock(local)
    if local.date() == timezone.now().astimezone(ZoneInfo(zone)).date():
        return _("today %(time)s") % {"time": clock}
    return f"{formats.date_format(local, 'M j')}, {clock}"


def _clock(local: dt.datetime) -> str:
    return formats.date_format(local, "g:i a").replace(".", "")


@register.filter
def hour(value: dt.datetime, zone: str) -> str:
    """The time of day in `zone`, said with the zone: “2:40 pm CST”."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{_clock(local)} {local:%Z}"


@register.filter
def to_the_second(value: dt.datetime, zone: str) -> str:
    """The time of day in `zone` for what changes all the time: “2:40:05 pm CST”."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{formats.date_format(local, 'g:i:s a').replace('.', '')} {local:%Z}"


@register.filter
def day(value: dt.date | None) -> str:
    """A local day: “Fri Nov 20”."""
    return "–" if value is None else formats.date_format(value, "D M j")


@register.filter
def weekday_names(digits: str) -> str:
    """“12345” → “Mon, Tue, Wed, Thu, Fri”; all seven are “every day”."""
    if set(digits) == set("1234567"):
        return _("every day")
    return ", ".join(str(WEEKDAYS_ABBR[int(digit) - 1]) for digit in digits)


@register.filter
def masked_name(name: str) -> str:
    """“Ines Bell” → “Ines B.”: enough to recognise in a list."""
    first, *others = str(name).split() or [""]
    return " ".join([first, *(f"{word[0]}." for word in others[-1:])])


@register.filter
def pounds(grams: int) -> int:
    """Grams as whole pounds."""
    return round(grams / 453.59237)


@register.filter
def inches(millimetres: int) -> int:
    """Millimetres as whole inches."""
    return round(millimetres / 25.4)


@register.filter
def masked_email(address: str) -> str:
    """“rosa@shop.test” → “r…@shop.test”: enough to recognise, too little to write to."""
    name, _at, domain = str(address).partition("@")
    return f"{name[:1]}…@{domain}"
