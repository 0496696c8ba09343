"""Agreeing fees."""

import datetime as dt

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from payouts.rates.models import Rate, RateCard
from payouts.rates.queries import rates_of, standard_on

MOST_CENTS = 100_00


class FeeOutOfRange(Refusal):
    code = "fee_out_of_range"
    message = _("A fee lies between $0.00 and $100.00 a package.")


class FeeChangesTooEarly(Refusal):
    code = "fee_changes_too_early"
    message = _("A fee can change from {first_day} on: earlier days may be paid already.")


@transaction.atomic
def agree_rate(
    *,
    shop: Shop | None = None,
    station: Station | None = None,
    amount_cents: int,
    first_day: dt.date,
    at: dt.datetime,
    by: object = None,
) -> tuple[Rate, bool]:
    """Set what a delivered package earns a shop, or a station's shops without their own agreement.

    Where nothing was agreed before, the fee holds from the beginning. A change holds from
    `first_day`, which lies after today: the fee before it is ended there, and a change that was
    agreed but has not begun is replaced. The same amount again changes nothing (False). A shop that
    earned the station's standard until now keeps it for the days before `first_day`.
    """
    if not 0 <= amount_cents <= MOST_CENTS:
        raise FeeOutOfRange
    card, _made = RateCard.objects.get_or_create(shop=shop, station=station)
    RateCard.objects.select_for_update().get(pk=card.pk)
    rates = list(rates_of(card))
    today = clock.local_day(at, (station or shop).zone)
    last = rates[-1] if rates else None
    if last is None:
        lower = first_day if shop and had_standard(shop, today) else None
    elif last.amount_cents == amount_cents and (last.valid.lower or today) <= first_day:
        return last, False
    else:
        lower = first_day
    if lower is not None and lower <= today:
        raise FeeChangesTooEarly(first_day=today + dt.timedelta(days=1))
    rate = write_rate(card=card, rates=rates, amount_cents=amount_cents, lower=lower, at=at)
    audit.record(
        at=at,
        by=by,
        action="agree_rate",
        subject=rate,
        cents=amount_cents,
        first_day=str(first_day),
    )
    return rate, True


def had_standard(shop: Shop, today: dt.date) -> bool:
    """Whether the shop's days before today were priced by its station's standard fee."""
    opened_on = clock.local_day(shop.opened_at, shop.zone)
    return opened_on < today and standard_on(shop.station_id, today) is not None


def write_rate(
    *, card: RateCard, rates: list[Rate], amount_cents: int, lower: dt.date | None, at: dt.datetime
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
        card=card, amount_cents=amount_cents, valid=DateRange(lower, None), agreed_at=at
    )
