"""A shop's day on one page."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from hubshops.deliveries.models import Delivery
from hubshops.deliveries.queries import DoorDay, DoorPackage, door_day
from hubshops.manifests.models import Manifest
from hubshops.manifests.queries import manifest_of
from hubshops.packages.rules import State
from hubshops.shops.models import Membership, Shop
from payouts.accruals.models import AccrualKind
from payouts.rates.queries import rate_on
from portal.home import rules


@dataclass(frozen=True)
class Earned:
    """What a day's deliveries come to so far: booked fees, and the rate for those that wait."""

    cents: int
    packages: int
    rate_cents: int | None


@dataclass(frozen=True)
class Today:
    """A shop's day: what to do now, what went wrong, and, for owners, the money so far."""

    door: DoorDay
    manifest: Manifest | None
    earned: Earned | None
    next_day: dt.date | None

    @property
    def job(self) -> rules.Job:
        """The one thing to do now."""
        return rules.job_now(
            total=self.door.total,
            coming=len(self.door.coming),
            left=self.door.left,
            to_give_back=len(self.door.to_give_back),
        )

    @property
    def to_retry(self) -> list[DoorPackage]:
        """Packages of earlier days that are still to be delivered."""
        return [one for one in self.door.earlier if one.state != State.RETURN_PENDING]


def today_of(shop: Shop, day: dt.date, *, with_money: bool) -> Today:
    """A shop's day. Four queries at most, however many packages."""
    return Today(
        door=door_day(shop, day),
        manifest=manifest_of(shop, day),
        earned=earned_on(shop, day) if with_money else None,
        next_day=rules.next_day(day, shop.weekdays),
    )


def earned_on(shop: Shop, day: dt.date) -> Earned:
    """The money of one day so far, provisional: what is booked, and the rate for what waits."""
    is_fee = Q(accruals__kind=AccrualKind.FEE)
    found = (
        Delivery.objects.standing()
        .filter(shop=shop, delivered_on=day)
        .aggregate(
            packages=Count("pk"),
            booked=Count("accruals", filter=is_fee),
            cents=Sum("accruals__amount_cents", filter=is_fee, default=0),
        )
    )
    rate = rate_on(shop, day)
    waiting = found["packages"] - found["booked"]
    return Earned(
        cents=found["cents"] + waiting * (rate.amount_cents if rate else 0),
        packages=found["packages"],
        rate_cents=rate.amount_cents if rate else None,
    )


def shops_to_choose(user: object) -> list[Membership]:
    """The shops a person works for now, by name."""
    current = Membership.objects.current().filter(user=user).select_related("shop__station")
    return list(current.order_by("shop__name", "pk"))
