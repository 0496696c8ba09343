"""What an hour brings, for the owner's eyes only."""

from collections.abc import Sequence

from hubshops.shops.models import Shop
from payouts.statements import rules
from payouts.statements.models import OwnCosts
from payouts.statements.rules import Earned, Hourly


def own_costs_of(shop: Shop) -> OwnCosts | None:
    """What the owner said of her day."""
    return OwnCosts.objects.filter(shop=shop).first()


def hourly_of(costs: OwnCosts | None, days: Sequence[Earned]) -> Hourly | None:
    """What an hour brought in these days, at what the owner said a day takes; days without packages
    don't count. None while she said nothing."""
    if costs is None:
        return None
    return rules.net_per_hour(
        earned_cents=rules.total(days),
        days=sum(1 for day in days if day.packages > 0),
        minutes_a_day=costs.minutes_a_day,
        miles_a_day=costs.miles_a_day,
        cents_a_mile=costs.cents_a_mile,
    )
