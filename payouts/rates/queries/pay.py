"""What each package of a day pays, before anybody walked to its door."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import F, Q

from hubshops.assignment.models import Assignment
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.models import Shop
from payouts.rates import rules
from payouts.rates.models import Rate, RateKind
from payouts.rates.queries.pricing import holidays_between
from payouts.rates.queries.simulation import as_line, lines_for_shop
from payouts.rates.rules import Line


@dataclass(frozen=True, slots=True)
class Pay:
    """What one package pays once it is delivered: each part with its line, and the lines that would
    pay instead at some doors. `cents` is None while no fee is agreed."""

    package: Package
    parts: tuple[Line, ...]
    others: tuple[Line, ...]

    @property
    def cents(self) -> int | None:
        """All parts together."""
        is_priced = any(one.kind == RateKind.DELIVERY for one in self.parts)
        return sum(one.amount_cents for one in self.parts) if is_priced else None


@dataclass(frozen=True, slots=True)
class DayPay:
    """A day's packages with what each pays; packages that pay alike stand together. Tiers and the
    minimum count by the week and are told apart."""

    pays: tuple[Pay, ...]
    weekly: tuple[Line, ...]

    @property
    def cents(self) -> int:
        """What all of them pay if they are delivered."""
        return sum(one.cents or 0 for one in self.pays)

    @property
    def groups(self) -> list[tuple[int | None, list[Pay]]]:
        """Packages by what they pay, the best first."""
        rank = sorted(self.pays, key=lambda one: (-(one.cents or 0), one.package.tracking_id))
        return [(cents, list(some)) for cents, some in groupby(rank, key=lambda one: one.cents)]


def lines_of_shop(shop: Shop, day: dt.date) -> list[Line]:
    """The lines that hold for a shop on a day, peaks included; its own go before its station's,
    kind by kind. One query."""
    rates = Rate.objects.filter(valid__contains=day).filter(
        Q(card__shop=shop) | Q(card__station=shop.station_id)
    )
    found = list(rates.annotate(owner=F("card__shop")).order_by("pk"))
    own = [as_line(rate) for rate in found if rate.owner]
    usual = [as_line(rate) for rate in found if not rate.owner]
    return sorted(lines_for_shop(own, usual), key=rules.card_order)


def pay_of_day(shop: Shop, day: dt.date) -> DayPay:
    """What each package on a shop's list of a day pays, by what is known before the door. Three
    queries."""
    lines = lines_of_shop(shop, day)
    gone = [State.CANCELLED, State.SHORT, State.REJECTED_AT_DROP]
    packages = Package.objects.filter(shop=shop, service_day=day).exclude(state__in=gone)
    beyond = set(
        Assignment.objects.filter(shop=shop, service_day=day, offer__isnull=False).values_list(
            "package_id", flat=True
        )
    )
    day_kind = rules.day_kind_of(day, set(holidays_between(day, day)))
    return DayPay(
        pays=tuple(
            pay_of(one, lines, day_kind=day_kind, is_beyond=one.pk in beyond)
            for one in packages.order_by("tracking_id")
        ),
        weekly=tuple(one for one in lines if one.kind in (RateKind.TIER, RateKind.MINIMUM)),
    )


def pay_of(package: Package, lines: Sequence[Line], *, day_kind: str, is_beyond: bool) -> Pay:
    """One package's parts: its fee, and what comes on top."""
    sides = package.length_mm, package.width_mm, package.height_mm
    facts = {"size": rules.size_of(package.weight_g, sides), "day_kind": day_kind}
    fee = rules.best_line(lines, **facts)
    kinds = {RateKind.PEAK, RateKind.OVER_CAP} if is_beyond else {RateKind.PEAK}
    extras = [one for one in lines if one.kind in kinds and one.amount_cents]
    at_doors = [
        rules.best_line(lines, outcome=one.outcome, **facts) for one in lines if one.outcome
    ]
    others = {one.outcome: one for one in at_doors if one and one.outcome}
    return Pay(
        package=package,
        parts=tuple([fee, *extras] if fee else extras),
        others=tuple(others[name] for name in sorted(others)),
    )
