"""The days on which a shop does not work."""

import datetime as dt

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext_lazy

from hubshops.shops.models import DayOff, Shop
from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal


class DayHasPassed(Refusal):
    code = "day_has_passed"
    message = gettext_lazy("{day} is over. Choose a day that is still to come.")


class CutOffHasPassed(Refusal):
    code = "cut_off_has_passed"
    message = gettext_lazy(
        "{day} could be changed until {time} on {day_before}. Call us if something has come up."
    )


@transaction.atomic
def take_day_off(
    *, shop: Shop, day: dt.date, until: dt.date | None = None, at: dt.datetime, by: User | None
) -> list[dt.date]:
    """The shop takes no packages on `day`, or on each day from `day` through `until`; the days that
    were not off before. Weekdays on which it never works are left out.

    Refuses the whole span when its first day is over or past the station's cut-off. Packages that
    are planned for such a day stay where they are: staff move them.
    """
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    check_still_open(shop, day, at)
    span = working_days(shop, day, until or day)
    known = set(DayOff.objects.filter(shop=shop, day__in=span).values_list("day", flat=True))
    new = [one for one in span if one not in known]
    DayOff.objects.bulk_create(DayOff(shop=shop, day=one) for one in new)
    if new:
        days = [one.isoformat() for one in new]
        audit.record(at=at, by=by, action="take_day_off", subject=shop, days=days)
    return new


def working_days(shop: Shop, first: dt.date, last: dt.date) -> list[dt.date]:
    """The days from `first` through `last` that fall on a weekday on which the shop works."""
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if str(day.isoweekday()) in shop.weekdays]


@transaction.atomic
def work_after_all(*, shop: Shop, day: dt.date, at: dt.datetime, by: User | None) -> bool:
    """The shop works on a day that was off; False when it was not off. Refuses as taking it off
    does."""
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    check_still_open(shop, day, at)
    gone, _by_table = DayOff.objects.filter(shop=shop, day=day).delete()
    if gone:
        audit.record(at=at, by=by, action="work_after_all", subject=shop, days=[day.isoformat()])
    return bool(gone)


def check_still_open(shop: Shop, day: dt.date, at: dt.datetime) -> None:
    """Refuse a day that is over, and one whose cut-off at the station has passed."""
    if day < clock.local_day(at, shop.zone):
        raise DayHasPassed(day=long_day(day))
    cut_off = shop.station.cut_off(day)
    if at >= cut_off:
        raise CutOffHasPassed(
            day=long_day(day),
            time=f"{formats.time_format(cut_off, 'g:i a').replace('.', '')} {cut_off:%Z}",
            day_before=long_day(cut_off.date()),
        )


def long_day(day: dt.date) -> str:
    """“Friday, November 27”."""
    return formats.date_format(day, "l, F j")
