"""What a person who moves packages must know."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from hubshops.assignment import rules
from hubshops.assignment.models import Assignment, OverflowOffer
from hubshops.assignment.queries.days import accepted_offers
from hubshops.assignment.rules import Obstacle
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.models import Shop, ShopStatus
from hubshops.shops.queries import caps_on, closed_on

OBSTACLE_WORDS = {
    Obstacle.UNDER_WAY: _("A package that is at a shop already can't be moved here."),
    Obstacle.NOT_LIVE: _("The shop takes no packages now."),
    Obstacle.FULL: _("The shop has no room left, and it did not agree to take more than its cap."),
    Obstacle.CLOSED: _("The shop is closed on this day."),
    Obstacle.TOO_FAR: _("The door lies beyond the shop's radius."),
    Obstacle.TOO_LARGE: _("The package is heavier or longer than the shop takes."),
    Obstacle.KIND_NOT_TAKEN: _("The shop does not take packages that need this proof."),
}


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """A shop on one day as a person who moves packages must know it. `offer` is what it said yes to
    beyond its cap."""

    shop: Shop
    taken: int
    is_open: bool
    offer: OverflowOffer | None = None
    day_cap: int | None = None

    @property
    def cap(self) -> int:
        """The most it takes on this day."""
        own = self.shop.daily_cap if self.day_cap is None else self.day_cap
        return own + (self.offer.extra if self.offer else 0)

    @property
    def room(self) -> int:
        """How many more packages it takes."""
        return max(0, self.cap - self.taken)

    def obstacles(self, package: Package) -> set[Obstacle]:
        """What stands in the way of one package, the shop's room aside."""
        found = rules.obstacles_of(self.shop, package)
        if self.shop.status != ShopStatus.LIVE:
            found.add(Obstacle.NOT_LIVE)
        if not self.is_open:
            found.add(Obstacle.CLOSED)
        return found


def move_facts(shops: Sequence[Shop], day: dt.date) -> dict[int, MoveFacts]:
    """By key: how full each shop is on a day, and whether it works then. Four queries."""
    rows = Assignment.objects.filter(shop__in=shops, service_day=day).order_by()
    rows = rows.exclude(package__state__in=[State.CANCELLED, State.ANNOUNCED])
    taken = dict(rows.values_list("shop_id").annotate(number=Count("pk")))
    off, caps = closed_on(shops, day), caps_on(shops, day)
    offers = accepted_offers(shops, day)
    return {
        shop.pk: MoveFacts(
            shop,
            taken.get(shop.pk, 0),
            shop.pk not in off and rules.is_open_on(shop.weekdays, day.isoweekday()),
            offers.get(shop.pk),
            caps[shop.pk],
        )
        for shop in shops
    }
