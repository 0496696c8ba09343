"""How far a shop is with its practice."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef

from hubshops.applications.models import Application, ApplicationStatus
from hubshops.documents.queries import Paper, missing_by_shop, what_holds_up
from hubshops.practice import rules
from hubshops.practice.models import PracticeDay
from hubshops.practice.rules import Outcome, Pretend, Step
from hubshops.shops.models import Shop, ShopStatus

MOST_SHOWN = 500
AT_THE_DOOR = {Outcome.DELIVERED, Outcome.NOBODY_HOME}


@dataclass(frozen=True)
class Practice:
    """A practice day as a page shows it; `outcomes` are what was said, by code."""

    day: PracticeDay
    outcomes: dict[str, str]

    @property
    def step(self) -> Step:
        """What comes next."""
        return rules.step_of(
            self.day.counted_in_at is not None, self.told, self.day.closed_at is not None
        )

    @cached_property
    def told(self) -> set[str]:
        """The packages of which it was said what happened at their doors."""
        return {code for code, outcome in self.outcomes.items() if outcome in AT_THE_DOOR}

    @property
    def next_stop(self) -> Pretend | None:
        """The next door."""
        return rules.next_stop(self.told)

    @property
    def left(self) -> int:
        """How many doors are still to come."""
        return len(rules.TO_DELIVER) - len(self.told)

    @property
    def counts(self) -> dict[str, int]:
        """How many ended in which way."""
        found = rules.counts_of(list(self.outcomes.values()))
        return {one.value: count for one, count in found.items() if one}


def practice_of(shop: Shop) -> Practice | None:
    """The shop's open practice day, else its last one; None before the first. Two queries."""
    days = PracticeDay.objects.filter(shop=shop)
    day = days.filter(closed_at=None).first() or days.order_by("-pk").first()
    return as_practice(day) if day else None


def as_practice(day: PracticeDay) -> Practice:
    """A practice day with what was said. One query."""
    return Practice(day, dict(day.packages.order_by("code").values_list("code", "outcome")))


def is_practicing(shop: Shop) -> bool:
    """Whether the shop is in the middle of a practice day. One query."""
    return PracticeDay.objects.filter(shop=shop, closed_at=None).exists()


def has_practiced(shop: Shop) -> bool:
    """Whether the shop closed a practice day. One query."""
    return PracticeDay.objects.filter(shop=shop, closed_at__isnull=False).exists()


def missing_papers(shop: Shop) -> list[Paper]:
    """The papers on which a shop that gets ready waits before it is live. One query for such
    shops."""
    return what_holds_up(shop) if shop.status == ShopStatus.PREPARING else []


def shops_that_practiced() -> list[Shop]:
    """Shops that closed a practice day and are not live yet, by key. One query."""
    practiced = PracticeDay.objects.filter(shop=OuterRef("pk"), closed_at__isnull=False)
    return list(Shop.objects.filter(Exists(practiced), status=ShopStatus.PREPARING).order_by("pk"))


def has_to_sign_first(shop: Shop) -> bool:
    """Whether a shop that gets ready did not sign its agreement yet. One query for such shops."""
    if shop.status != ShopStatus.PREPARING:
        return False
    application = Application.objects.filter(shop=shop).only("status").first()
    return application is not None and application.status in (
        ApplicationStatus.APPROVED,
        ApplicationStatus.AGREEMENT_SENT,
    )


def shops_getting_ready() -> list[tuple[Application, list[Paper]]]:
    """The applications whose shops get ready, the oldest first, each with its shop and with what is
    missing of its papers. Two queries."""
    found = Application.objects.filter(shop__status=ShopStatus.PREPARING)
    rows = found.select_related("shop__station").order_by("decided_at", "pk")[:MOST_SHOWN]
    missing = missing_by_shop([one.shop for one in rows])
    return [(one, missing.get(one.shop_id, [])) for one in rows]


def growing_shops() -> list[Shop]:
    """New shops on their way into their cap, by name. One query."""
    found = Shop.objects.filter(ramp_cap__isnull=False).select_related("station")
    return list(found.order_by("name", "pk")[:MOST_SHOWN])
