"""What a delivered package earns on a day, and what it earned before."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel.clock import local_day
from payouts.rates.models import Rate, RateCard, RateKind


def card_of(*, shop: Shop | None = None, station: Station | None = None) -> RateCard | None:
    """A shop's own card, or a station's standard card, if there is one."""
    return RateCard.objects.filter(shop=shop, station=station).first()


def rates_of(card: RateCard, kind: str = RateKind.DELIVERY) -> QuerySet[Rate]:
    """A card's plain fees of one kind, the first one first."""
    return card.rates.plain().filter(kind=kind).order_by("valid", "pk")


def rate_on(shop: Shop, day: dt.date, kind: str = RateKind.DELIVERY) -> Rate | None:
    """The fee in force on a local day: the shop's own agreement, else its station's standard."""
    own = Rate.objects.plain().filter(card__shop=shop, kind=kind, valid__contains=day)
    return own.select_related("card").first() or standard_on(shop.station_id, day, kind)


def standard_on(station_id: int, day: dt.date, kind: str = RateKind.DELIVERY) -> Rate | None:
    """The station's standard fee in force on a local day."""
    found = Rate.objects.plain().filter(card__station_id=station_id, kind=kind, valid__contains=day)
    return found.select_related("card").first()


def count_own_fees(station_id: int, day: dt.date, kind: str = RateKind.DELIVERY) -> int:
    """How many of a station's shops have a fee of their own on a local day."""
    rates = Rate.objects.plain().filter(card__shop__station_id=station_id, kind=kind)
    return rates.filter(valid__contains=day).count()


def fees_on(
    shops: Sequence[Shop], day: dt.date, kind: str = RateKind.DELIVERY
) -> dict[int, int | None]:
    """By a shop's key: cents for a delivered package on a day; None when no fee is agreed. Two
    queries."""
    own = _rates_by_owner(kind, shop__in=shops)
    standard = _rates_by_owner(kind, station__in={shop.station_id for shop in shops})
    found: dict[int, int | None] = {}
    for shop in shops:
        rates = [*own.get(shop.pk, []), *standard.get(shop.station_id, [])]
        rate = next((one for one in rates if is_on(one, day)), None)
        found[shop.pk] = rate.amount_cents if rate else None
    return found


@dataclass(frozen=True, slots=True)
class Fee:
    """What a station or a shop pays or earns a package now, and what was agreed to come. `is_own`
    tells a shop's own agreement from its station's standard."""

    owner: Shop | Station
    now: Rate | None
    next: Rate | None
    is_own: bool


def station_fees(at: dt.datetime) -> list[Fee]:
    """Every station with its standard fee. Two queries."""
    stations = list(Station.objects.order_by("code"))
    by_owner = _rates_by_owner(RateKind.DELIVERY, station__in=stations)
    return [_fee(one, by_owner.get(one.pk, []), [], local_day(at, one.zone)) for one in stations]


def station_fee(station: Station, at: dt.datetime, kind: str = RateKind.DELIVERY) -> Fee:
    """One station's standard fee. One query."""
    rates = _rates_by_owner(kind, station=station).get(station.pk, [])
    return _fee(station, rates, [], local_day(at, station.zone))


def shop_fees(shops: Sequence[Shop], at: dt.datetime, kind: str = RateKind.DELIVERY) -> list[Fee]:
    """These shops (their stations with them) with the fee that holds for each. Two queries."""
    own = _rates_by_owner(kind, shop__in=shops)
    standard = _rates_by_owner(kind, station__in={shop.station_id for shop in shops})
    return [
        _fee(
            shop,
            own.get(shop.pk, []),
            standard.get(shop.station_id, []),
            local_day(at, shop.zone),
        )
        for shop in shops
    ]


def _rates_by_owner(kind: str, **cards: object) -> dict[int, list[Rate]]:
    """Fees of one kind by the id of the shop or station whose card they are on, in order."""
    wanted = {f"card__{name}": value for name, value in cards.items()}
    found: dict[int, list[Rate]] = defaultdict(list)
    rates = Rate.objects.plain().filter(kind=kind, **wanted).select_related("card")
    for rate in rates.order_by("valid", "pk"):
        found[rate.card.shop_id or rate.card.station_id].append(rate)
    return found


def _fee(owner: Shop | Station, own: list[Rate], standard: list[Rate], today: dt.date) -> Fee:
    held = next((rate for rate in own if is_on(rate, today)), None)
    usual = next((rate for rate in standard if is_on(rate, today)), None)
    coming = next((rate for rate in own if rate.valid.lower and rate.valid.lower > today), None)
    return Fee(owner=owner, now=held or usual, next=coming, is_own=held is not None)


def is_on(rate: Rate, day: dt.date) -> bool:
    """Whether a fee holds on a day."""
    first, end = rate.valid.lower, rate.valid.upper
    return (first is None or first <= day) and (end is None or day < end)


def paid_by_the_card_and_the_market(
    *, shop: Shop | None, station: Station | None, kind: str, day: dt.date
) -> tuple[int | None, int | None]:
    """Cents that a shop's or a station's own card pays on a day, and those of the market's: the
    station's standard. None where nothing is agreed. Two queries."""
    station_id = shop.station_id if shop else station.pk
    market = standard_on(station_id, day, kind)
    own = market
    if shop:
        found = Rate.objects.plain().filter(card__shop=shop, kind=kind, valid__contains=day)
        own = found.first()
    now = own.amount_cents if own else None
    return now, market.amount_cents if market else None
