"""What shops agreed to take beyond their caps, and whom a dispatcher may ask for more."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hubshops.assignment import rules
from hubshops.assignment.models import Answer, OverflowOffer
from hubshops.assignment.queries.days import accepted_offers, day_plan
from hubshops.assignment.queries.moving import move_facts
from hubshops.assignment.rules import Cause
from hubshops.packages.models import Package
from hubshops.shops.models import Shop
from hubshops.stations.models import Station

__all__ = ["Askable", "Candidate", "accepted_offers", "askable", "offers_of", "open_offer_of"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shop that may be asked: how many doors it reaches at which every shop was full, and how
    many of them lie nearer to it than to the other shops that may be asked."""

    shop: Shop
    reaches: int
    suggested: int


@dataclass(frozen=True, slots=True)
class Askable:
    """A day's packages for which every shop was full, who may be asked, and who was."""

    full: int
    candidates: list[Candidate]
    offers: list[OverflowOffer]

    @property
    def waiting(self) -> list[OverflowOffer]:
        """Offers that have no answer yet."""
        return [one for one in self.offers if not one.answer]

    @property
    def asked_for(self) -> int:
        """How many packages open offers ask for."""
        return sum(one.extra for one in self.waiting)


def offers_of(station: Station, day: dt.date) -> list[OverflowOffer]:
    """A station's offers of one day with their shops and people, the newest first. One query."""
    found = OverflowOffer.objects.filter(shop__station=station, service_day=day)
    return list(found.select_related("shop", "offered_by", "answered_by").order_by("-pk"))


def open_offer_of(shop: Shop, at: dt.datetime) -> list[OverflowOffer]:
    """What a shop is asked and may still answer, the nearest day first. One query."""
    found = OverflowOffer.objects.filter(shop=shop, answer="").order_by("service_day", "pk")
    return [one for one in found if at < rules.answer_by(one.service_day, shop.zone)]


def askable(station: Station, day: dt.date) -> Askable:
    """Who may be asked to take more than its cap on a day: live shops that opted in, are open, were
    not asked yet (or said no) and reach a door at which every shop was full. Eight queries."""
    full = full_packages(station, day)
    offers = offers_of(station, day)
    asked = {one.shop_id for one in offers if one.answer in {"", Answer.YES}}
    opted = Shop.objects.live().filter(station=station, takes_overflow=True)
    shops = list(opted.exclude(pk__in=asked).order_by("name", "pk")) if full else []
    return Askable(len(full), candidates(shops, full, day), offers)


def full_packages(station: Station, day: dt.date) -> list[Package]:
    """Packages of a day for which the last planning found every shop in reach full. What came or
    changed since is not known to be one."""
    found = day_plan(station, day).unplaced
    ids = [tracking_id for tracking_id, cause in found.items() if cause == Cause.FULL]
    return list(Package.objects.of_day(station, day).filter(tracking_id__in=ids)) if ids else []


def candidates(shops: Sequence[Shop], packages: Sequence[Package], day: dt.date) -> list[Candidate]:
    """The shops that reach at least one of these doors, the most useful first. Two queries."""
    facts = move_facts(shops, day)
    free = [one for one in shops if facts[one.pk].is_open]
    doors = [
        {
            shop.slug: rules.metres_to(shop, package) or 0.0
            for shop in free
            if not facts[shop.pk].obstacles(package)
        }
        for package in packages
    ]
    share = rules.shares(doors)
    found = [
        Candidate(shop, sum(shop.slug in door for door in doors), share.get(shop.slug, 0))
        for shop in free
    ]
    reaching = [one for one in found if one.reaches]
    return sorted(reaching, key=lambda one: (-one.suggested, -one.reaches, one.shop.pk))
