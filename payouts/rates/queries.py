"""What a delivered package earns on a day, and what it earned before."""

import datetime as dt

from django.db.models import QuerySet

from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from payouts.rates.models import Rate, RateCard, RateKind


def card_of(*, shop: Shop | None = None, station: Station | None = None) -> RateCard | None:
    """A shop's own card, or a station's standard card, if there is one."""
    return RateCard.objects.filter(shop=shop, station=station).first()


def rates_of(card: RateCard, kind: str = RateKind.DELIVERY) -> QuerySet[Rate]:
    """A card's fees, the first one first."""
    return card.rates.filter(kind=kind).order_by("valid", "pk")


def rate_on(shop: Shop, day: dt.date, kind: str = RateKind.DELIVERY) -> Rate | None:
    """The fee in force on a local day: the shop's own agreement, else its station's standard."""
    own = Rate.objects.filter(card__shop=shop, kind=kind, valid__contains=day).first()
    return own or standard_on(shop.station_id, day, kind)


def standard_on(station_id: int, day: dt.date, kind: str = RateKind.DELIVERY) -> Rate | None:
    """The station's standard fee in force on a local day."""
    return Rate.objects.filter(card__station_id=station_id, kind=kind, valid__contains=day).first()
