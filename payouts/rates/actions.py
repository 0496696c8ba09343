"""Agreeing fees."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hubshops.assignment.models import Answer, OverflowOffer
from hubshops.shops.actions import PromisedMore, long_day, save_shop
from hubshops.shops.models import Shop
from hubshops.shops.rules import street_key
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.money import as_dollars
from kernel.refusals import Refusal
from kernel.sheets import Complaint
from payouts.rates.feeds.shops_csv_v1 import ShopRow, read_shops
from payouts.rates.models import Rate, RateCard, RateKind
from payouts.rates.queries import rate_on, rates_of, standard_on

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


@dataclass(frozen=True, slots=True)
class ShopsReport:
    """What a file of shops did."""

    opened: int
    updated: int
    unchanged: int
    complaints: tuple[Complaint, ...]
    unknown_columns: tuple[str, ...] = ()

    @property
    def rejected(self) -> list[dict[str, Any]]:
        """Line, field and reason of every refused row, in the order of the file."""
        return [complaint.as_dict() for complaint in self.complaints]


@transaction.atomic
def import_shops(
    *,
    station: Station,
    content: bytes,
    at: dt.datetime,
    by: User | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> ShopsReport:
    """Open the shops of a CSV file or bring them up to date, and agree their fees.

    Good rows are saved, bad ones come back as complaints. An empty fee is the station's standard; a
    changed fee holds from the next local day. Refuses a file that is no list of shops.
    """
    rows, unknown_columns = read_shops(content)
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    total = content.count(b"\n")
    outcomes: Counter[str] = Counter()
    complaints: list[Complaint] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in rows:
        result = (
            row
            if isinstance(row, Complaint)
            else repeated(line, row, seen)
            or save_row(station=station, line=line, row=row, at=at, by=by)
        )
        if isinstance(result, Complaint):
            complaints.append(result)
        else:
            outcomes[result] += 1
        if on_progress:
            on_progress(min(line, total), total)
    return ShopsReport(
        opened=outcomes["opened"],
        updated=outcomes["updated"],
        unchanged=outcomes["unchanged"],
        complaints=tuple(complaints),
        unknown_columns=tuple(unknown_columns),
    )


def repeated(line: int, row: ShopRow, seen: dict[tuple[str, str], int]) -> Complaint | None:
    """The complaint about a shop that stands higher up in the same file."""
    key = str(row.facts["name"]).casefold(), street_key(str(row.facts["address1"]))
    first = seen.setdefault(key, line)
    if first == line:
        return None
    reason = gettext("This shop is on line %(line)s already; the first row counts.")
    return Complaint(line, "name", reason % {"line": first}, str(row.facts["name"]))


def save_row(
    *, station: Station, line: int, row: ShopRow, at: dt.datetime, by: User | None
) -> str | Complaint:
    """Save one shop with its fee: `opened`, `updated`, `unchanged`, or why not."""
    today = clock.local_day(at, station.zone)
    try:
        with transaction.atomic():
            shop, outcome = save_shop(station=station, at=at, by=by, **row.facts)
            tomorrow = today + dt.timedelta(days=1)
            if row.fee_cents is None:
                check_has_fee(shop, tomorrow)
                return outcome
            _rate, is_changed = agree_rate(
                shop=shop, amount_cents=row.fee_cents, first_day=tomorrow, at=at, by=by
            )
            return "updated" if is_changed and outcome == "unchanged" else outcome
    except PromisedMore as no:
        return Complaint(line, "daily_cap", no.sentence)
    except Refusal as no:
        return Complaint(line, "fee_cents", no.sentence)


class NoStandardFee(Refusal):
    code = "no_standard_fee"
    message = _("Give a fee: the station has no standard fee yet.")


def check_has_fee(shop: Shop, day: dt.date) -> None:
    """Refuse a shop whose packages would earn nothing known."""
    if rate_on(shop, day) is None:
        raise NoStandardFee
