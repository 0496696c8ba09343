"""New shops on their way into their caps, and how their days went."""

from dataclasses import dataclass

from django.db.models import Q

from hubshops.deliveries.models import DayCheck
from hubshops.ramps import rules
from hubshops.shops.models import CapStep, Shop


@dataclass(frozen=True)
class Growth:
    """Where a new shop is on its way: its steps so far, how its days with packages since the last
    one went (the newest last), and the latest of those days."""

    shop: Shop
    steps: list[CapStep]
    checks: list[DayCheck]

    @property
    def good(self) -> list[bool]:
        """Day by day, whether it went well."""
        return [
            rules.is_good_day(
                received=one.received,
                delivered=one.delivered,
                not_counted_in=one.not_counted_in,
                missing=one.missing,
                gap=one.gap,
            )
            for one in self.checks
        ]

    @property
    def good_days(self) -> int:
        """Good days in a row so far."""
        return rules.days_in_a_row(self.good)

    @property
    def cap(self) -> int:
        """What it gets a day now."""
        return self.shop.ramp_cap or self.shop.daily_cap

    @property
    def next_cap(self) -> int:
        """What its days have earned it."""
        return rules.next_cap(self.cap, self.shop.daily_cap, self.good)

    @property
    def after_next_step(self) -> int:
        """What it will get after the next step."""
        return min(self.cap + rules.STEP, self.shop.daily_cap)


def growth_of(shop: Shop) -> Growth | None:
    """Where a new shop is on its way; None when it gets all it agreed to. Two queries."""
    if shop.ramp_cap is None:
        return None
    steps = list(CapStep.objects.filter(shop=shop).order_by("pk"))
    had_packages = Q(received__gt=0) | Q(not_counted_in__gt=0)
    since = DayCheck.objects.filter(had_packages, shop=shop, day__gt=steps[-1].day)
    return Growth(shop, steps, list(since.order_by("day", "pk")))
