"""How many packages a shop takes on each weekday."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy

from hubshops.shops.models import Shop, WeekdayCap
from hubshops.shops.queries import first_open_day, usual_caps
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal


class CapBelowPromise(Refusal):
    code = "cap_below_promise"
    message = gettext_lazy(
        "We promised you {minimum} packages a day, so {cap} is too few. Call us to agree on less."
    )


@transaction.atomic
def set_weekday_caps(
    *, shop: Shop, caps: Mapping[int, int | None], at: dt.datetime, by: User | None
) -> list[int]:
    """Take at most so many packages on weekdays (1 is Monday; None: as many as usual), from the
    first day whose cut-off has not passed; the weekdays that changed. Days before stay, and so does
    what is planned already. Audited. Refuses fewer than the shop was promised."""
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    for cap in caps.values():
        if cap is not None and cap < locked.daily_minimum:
            raise CapBelowPromise(minimum=locked.daily_minimum, cap=cap)
    first = first_open_day(locked, at)
    known = usual_caps(locked, first)
    changed = [weekday for weekday, cap in sorted(caps.items()) if known.get(weekday) != cap]
    for weekday in changed:
        WeekdayCap.objects.update_or_create(
            shop=shop,
            weekday=weekday,
            from_day=first,
            defaults={"cap": caps[weekday], "set_at": at, "set_by": by},
        )
    if changed:
        facts = {str(weekday): caps[weekday] for weekday in changed}
        audit.record(at=at, by=by, action="set_weekday_caps", subject=shop, caps=facts)
    return changed
