"""Opening the hand-over of a shop's day."""

import base64
import datetime as dt
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hubshops.drops import queries, rules
from hubshops.drops.models import Handover, HandoverStatus
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.refusals import Refusal


class NoSuchDropDay(Refusal):
    code = "no_such_drop_day"
    message = _("There is no drop to sign for on {day}. Check the date.")


class TooManyVans(Refusal):
    code = "too_many_vans"
    message = _("{most} vans came to you on {day} already, and no day has more. Call us.")


@transaction.atomic
def open_handover(
    *, shop: Shop, service_day: dt.date, at: dt.datetime, is_next: bool = False
) -> Handover:
    """Open or find the hand-over that a shop's day is at now.

    The latest one, until the shop signed it; then the next van's (`is_next`), or the one of
    packages that were put on the list since. While nobody signed, it knows the list as it is now,
    and a driver's address that ran out is a new one. Refuses a day that can't be, and to be asked
    for one van more than a day can have. Opening at once from two phones is one hand-over.
    """
    if not rules.is_near(service_day, clock.local_day(at, shop.zone)):
        raise NoSuchDropDay(day=service_day)
    known = queries.handovers_of(shop, service_day)
    latest = known[-1] if known else None
    is_last = latest is not None and latest.number >= rules.MOST_VANS_A_DAY
    if is_last and latest.taken_at and is_next:
        raise TooManyVans(most=rules.MOST_VANS_A_DAY, day=service_day)
    wants_next = latest is None or (latest.taken_at and (is_next or has_more(latest, shop)))
    if wants_next and not is_last:
        number = latest.number + 1 if latest else 1
        add_handovers([new_handover(shop, service_day, number, known, at)])
        return Handover.objects.get(shop=shop, service_day=service_day, number=number)
    refresh(latest, shop, known[:-1], at=at)
    return latest


def has_more(latest: Handover, shop: Shop) -> bool:
    """Whether the list grew after the shop signed."""
    return queries.comes_again(shop, latest.service_day, latest.taken_at)


def new_handover(
    shop: Shop, day: dt.date, number: int, earlier: Sequence[Handover], at: dt.datetime
) -> Handover:
    """A hand-over that is not saved yet."""
    return Handover(
        shop=shop,
        service_day=day,
        number=number,
        token=new_token(),
        opened_at=at,
        expires_at=at + rules.OPEN_FOR,
        announced=queries.announced_for(shop, day, earlier),
    )


def new_token() -> str:
    """128 random bits in capital letters and digits, so that a QR code of it stays small."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def add_handovers(handovers: Sequence[Handover]) -> None:
    """Write new hand-overs; one that somebody else opened meanwhile stays as it is."""
    Handover.objects.bulk_create(handovers, ignore_conflicts=True)


def refresh(
    handover: Handover, shop: Shop, earlier: Sequence[Handover], *, at: dt.datetime
) -> None:
    """Bring a hand-over that nobody signed up to date with the list and the clock."""
    if handover.status != HandoverStatus.OPENED:
        return
    announced = queries.announced_for(shop, handover.service_day, earlier)
    is_over = at >= handover.expires_at
    if announced == handover.announced and not is_over:
        return
    handover.announced = announced
    if is_over:
        handover.token, handover.expires_at = new_token(), at + rules.OPEN_FOR
    # Only while nobody signed: who signs meanwhile signed for the list as it was.
    Handover.objects.filter(pk=handover.pk, status=HandoverStatus.OPENED).update(
        announced=handover.announced, token=handover.token, expires_at=handover.expires_at
    )
    handover.refresh_from_db()


@transaction.atomic
def open_day(*, station: Station, service_day: dt.date, at: dt.datetime) -> int:
    """Open the first hand-over of every shop that gets packages from a station on a day, so that
    drivers can be sent their addresses; how many were new."""
    if not rules.is_near(service_day, clock.local_day(at, station.zone)):
        raise NoSuchDropDay(day=service_day)
    found = queries.station_drops(station, service_day)
    new = [
        Handover(
            shop=one.shop,
            service_day=service_day,
            number=1,
            token=new_token(),
            opened_at=at,
            expires_at=at + rules.OPEN_FOR,
            announced=one.packages,
        )
        for one in found.shops
        if one.packages and not one.handovers
    ]
    add_handovers(new)
    return len(new)


class NoSuchHandover(Refusal):
    code = "no_such_handover"
    message = _("There is no such hand-over of this shop.")


def locked(handovers: QuerySet[Handover]) -> Handover | None:
    """One hand-over under lock, with its shop."""
    return handovers.select_for_update(of=["self"]).select_related("shop__station").first()
