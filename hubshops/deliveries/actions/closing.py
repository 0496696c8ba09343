"""Closing a shop's day: a person says that it is over, and the night checks the books anyway."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hubshops.deliveries import queries
from hubshops.deliveries.jobs import Jobs
from hubshops.deliveries.models import DayClose
from hubshops.deliveries.queries import DayCounts
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from hubshops.stations.queries import all_stations
from kernel import clock
from kernel.accounts.models import User
from kernel.jobs.actions import start_job
from kernel.refusals import Refusal

LATEST_AFTERWARDS = dt.timedelta(days=62)


class NoSuchDay(Refusal):
    code = "no_such_day"
    message = _("There is nothing to close on {day}. Check the date.")


class CloseIdUsed(Refusal):
    code = "id_used"
    message = _("This id belongs to another closing already, so nothing was saved.")


@dataclass(frozen=True, slots=True)
class Closed:
    """The answer to a closing: our counts at that moment, whether the phone's say the same, and
    which phones still hold work."""

    ours: Mapping[str, int]
    agrees: bool
    unsent_devices: list[dict[str, Any]]
    result: str
    message: str


@transaction.atomic
def close_day(
    *,
    shop: Shop,
    by: User,
    close_id: uuid.UUID,
    day: dt.date,
    closed_at: dt.datetime,
    at: dt.datetime,
    device_id: uuid.UUID | None = None,
    phone_counts: DayCounts | None = None,
) -> Closed:
    """Keep that a person closed her shop's day, her phone's counts beside ours at that moment.

    It changes no package and bars no act that comes later; closing again is another row. The same
    id again gets the same answer. Refuses a day that is to come or long over, and an id that is
    another closing's. Costs a handful of statements.
    """
    today = clock.local_day(at, shop.zone)
    if not today - LATEST_AFTERWARDS <= day <= today:
        raise NoSuchDay(day=day)
    ours = queries.counts_of(shop, day)
    new = DayClose(
        id=close_id,
        shop=shop,
        day=day,
        closed_at=min(closed_at, at),
        by=by,
        device_id=device_id,
        phone_counts=phone_counts.as_dict() if phone_counts else {},
        our_counts=ours.as_dict(),
        agrees=phone_counts in (None, ours),
    )
    known = DayClose.objects.filter(pk=close_id).first()
    if known is None:
        DayClose.objects.bulk_create([new], ignore_conflicts=True)
    kept = DayClose.objects.get(pk=close_id)
    if (kept.shop_id, kept.day) != (shop.pk, day):
        raise CloseIdUsed
    unsent = queries.unsent_devices(shop, at, but=device_id)
    words = " ".join([close_words(kept), *unsent_words(unsent)])
    result = "already_recorded" if known else "recorded"
    return Closed(kept.our_counts, kept.agrees, unsent, result, words)


def close_words(close: DayClose) -> str:
    """Whether phone and portal say the same, with the numbers."""
    if not close.phone_counts:
        return gettext("The day is closed.")
    theirs, ours = close.phone_counts["received"], close.our_counts["received"]
    if close.agrees:
        return ngettext(
            "The day is closed. Your phone says %(count)s package, and we have the same.",
            "The day is closed. Your phone says %(count)s packages, and we have the same.",
            theirs,
        ) % {"count": theirs}
    if theirs != ours:
        words = gettext(
            "The day is closed. Your phone says %(theirs)s packages, and we have %(ours)s."
        )
        return words % {"theirs": theirs, "ours": ours}
    return gettext("The day is closed. Your phone's counts and ours differ. Look at both.")


def unsent_words(unsent: list[dict[str, Any]]) -> list[str]:
    """A sentence for each phone that still holds work."""
    return [
        ngettext(
            "%(name)s still holds %(count)s act or photo.",
            "%(name)s still holds %(count)s acts or photos.",
            one["unsent"],
        )
        % {"count": one["unsent"], "name": one["name"]}
        for one in unsent
    ]


def promise_checks(*, at: dt.datetime) -> int:
    """Promise the check of every station's latest day that is over; how many stations there are.
    Promising twice is one job; a night without a worker is made up for the day after."""
    stations = all_stations()
    for station in stations:
        day = queries.day_that_is_over(at, station.zone).isoformat()
        key = f"{Jobs.CHECK}@{station.code}:{day}"
        start_job(Jobs.CHECK, at=at, key=key, station_id=station.pk, day=day)
    return len(stations)


@transaction.atomic
def check_day(*, station: Station, day: dt.date, at: dt.datetime) -> int:
    """Write down what the books say of each shop's day at a station; how many shops were new.

    A shop-day that was checked stays as it was found. One statement, however many shops; a gap
    opens a case by the sweep of `cases`.
    """
    facts = queries.check_facts(station.pk, day, at)
    with connection.cursor() as cursor:
        cursor.execute(queries.CHECK_STATION, facts)
        return cursor.rowcount
