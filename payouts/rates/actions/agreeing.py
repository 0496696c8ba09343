"""Agreeing fees."""

import datetime as dt

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from hubshops.assignment.models import Answer, OverflowOffer
from hubshops.shops.actions import long_day
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.rates.models import Rate, RateCard, RateKind
from payouts.rates.queries import change_to_come, rate_on, rates_of, standard_on

MOST_CENTS = 100_00


class FeeOutOfRange(Refusal):
    code = "fee_out_of_range"
    message = _("A fee lies between $0.00 and $100.00 a package.")


class FeeChangesTooEarly(Refusal):
    code = "fee_changes_too_early"
    message = _("A fee can change from {first_day} on: earlier days may be paid already.")


class FeeWouldFall(Refusal):
    code = "fee_would_fall"
    message = _(
        "This would pay less than the {cents} agreed before. A lower fee is published as a new"
        " card: each shop sees its effect, and has notice."
    )


class ChangeUnderWay(Refusal):
    code = "change_under_way"
    message = _("A new card is on its way, for {day}. Agree nothing else before it holds.")


@transaction.atomic
def agree_rate(
    *,
    shop: Shop | None = None,
    station: Station | None = None,
    amount_cents: int,
    first_day: dt.date,
    kind: str = RateKind.DELIVERY,
    at: dt.datetime,
    by: User | None = None,
) -> tuple[Rate, bool]:
    """Set what a delivered package earns a shop, or a station's shops without their own agreement;
    or (`OVER_CAP`) what one beyond the cap earns on top.

    Where nothing was agreed before, the fee holds from the beginning. A change holds from
    `first_day`, which lies after today: the fee before it is ended there, and a change that was
    agreed but has not begun is replaced. The same amount again changes nothing (False). A shop that
    earned the station's standard until now keeps it for the days before `first_day`.

    An extra beyond the cap is never agreed for days that began, not even the first one: nobody was
    promised it then. It can't get smaller on a day for which a shop was asked or said yes.

    A fee never falls here, and nothing is agreed beside a new card that is on its way: that is what
    publishing is for.
    """
    if not 0 <= amount_cents <= MOST_CENTS:
        raise FeeOutOfRange
    if kind == RateKind.OVER_CAP:
        station_id = station.pk if station else shop.station_id
        Station.objects.select_for_update(no_key=True).get(pk=station_id)
    card, _made = RateCard.objects.get_or_create(shop=shop, station=station)
    RateCard.objects.select_for_update().get(pk=card.pk)
    rates = list(rates_of(card, kind))
    today = clock.local_day(at, (station or shop).zone)
    last = rates[-1] if rates else None
    if last is None and kind == RateKind.DELIVERY:
        lower = first_day if shop and had_standard(shop, today) else None
    elif last and last.amount_cents == amount_cents and (last.valid.lower or today) <= first_day:
        return last, False
    else:
        lower = first_day
    if lower is not None and lower <= today:
        raise FeeChangesTooEarly(first_day=today + dt.timedelta(days=1))
    if coming := change_to_come(card, today):
        raise ChangeUnderWay(day=coming.effective_on)
    if kind == RateKind.DELIVERY and lower is not None:
        keep_level(shop=shop, last=last, amount_cents=amount_cents, first_day=lower)
    if kind == RateKind.OVER_CAP:
        keep_promises(shop=shop, station=station, amount_cents=amount_cents, first_day=first_day)
    rate = write_rate(
        card=card, rates=rates, amount_cents=amount_cents, lower=lower, kind=kind, at=at
    )
    audit.record(
        at=at,
        by=by,
        action="agree_rate",
        subject=rate,
        kind=str(kind),
        cents=amount_cents,
        first_day=str(first_day),
    )
    return rate, True


def had_standard(shop: Shop, today: dt.date) -> bool:
    """Whether the shop's days before today were priced by its station's standard fee."""
    opened_on = clock.local_day(shop.opened_at, shop.zone)
    return opened_on < today and standard_on(shop.station_id, today) is not None


def keep_level(
    *, shop: Shop | None, last: Rate | None, amount_cents: int, first_day: dt.date
) -> None:
    """Refuse a fee that is lower than what the same packages earn the day before it begins."""
    day_before = first_day - dt.timedelta(days=1)
    held = rate_on(shop, day_before) if shop else last and standard_on_card(last, day_before)
    if held and amount_cents < held.amount_cents:
        raise FeeWouldFall(cents=as_dollars(held.amount_cents))


def standard_on_card(rate: Rate, day: dt.date) -> Rate | None:
    """The plain fee that a fee's own card holds on a day."""
    same = Rate.objects.plain().filter(card_id=rate.card_id, kind=rate.kind)
    return same.filter(valid__contains=day).first()


class ExtraWasPromised(Refusal):
    code = "extra_was_promised"
    message = _(
        "{shop} was asked to take more on {day} for {cents} a package. A smaller extra can start on"
        " a later day."
    )


def keep_promises(
    *, shop: Shop | None, station: Station | None, amount_cents: int, first_day: dt.date
) -> None:
    """Refuse an extra that is smaller than what a shop was asked for on one of its days. The caller
    holds the station, without which nobody is asked. A few queries an offer."""
    offers = OverflowOffer.objects.filter(
        service_day__gte=first_day, answer__in=["", Answer.YES]
    ).select_related("shop__station")
    mine = offers.filter(shop=shop) if shop else offers.filter(shop__station=station)
    for offer in mine.order_by("service_day", "pk"):
        promised = rate_on(offer.shop, offer.service_day, RateKind.OVER_CAP)
        is_touched = shop is not None or (promised and promised.card.station_id is not None)
        if promised and is_touched and amount_cents < promised.amount_cents:
            raise ExtraWasPromised(
                shop=offer.shop.name,
                day=long_day(offer.service_day),
                cents=as_dollars(promised.amount_cents),
            )


def write_rate(
    *,
    card: RateCard,
    rates: list[Rate],
    amount_cents: int,
    lower: dt.date | None,
    kind: str,
    at: dt.datetime,
) -> Rate:
    """End what is in force at `lower`, drop what was to begin on or after it, write the new fee."""
    for old in rates:
        if old.valid.lower and lower and old.valid.lower >= lower:
            old.delete()
        elif lower and (old.valid.upper is None or old.valid.upper > lower):
            old.valid = DateRange(old.valid.lower, lower)
            old.save(update_fields=["valid"])
    before = [rate for rate in rates if rate.pk and rate.valid.upper == lower and lower]
    if before and before[-1].amount_cents == amount_cents:
        old = before[-1]
        old.valid = DateRange(old.valid.lower, None)
        old.save(update_fields=["valid"])
        return old
    return Rate.objects.create(
        card=card, kind=kind, amount_cents=amount_cents, valid=DateRange(lower, None), agreed_at=at
    )
