"""What was adjusted, what shops object to, what is set aside, and whether the books agree."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet, Sum

from hubshops.deliveries.models import Delivery
from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.models import User
from kernel.rows import rows
from payouts.adjustments.models import Adjustment, AdjustmentStatus, Dispute, Hold
from payouts.adjustments.rules import is_in_time
from payouts.ledger.queries import account_cents, listed, payables
from payouts.ledger.rules import Kind, Source

Row = dict[str, Any]
MOST_FINDINGS = 1000
BOOKED_BY_US = (Source.ADJUSTED, Source.DEDUCTED, Source.WRITTEN_OFF, Source.FORGIVEN)


def adjustments_of(shop: Shop) -> QuerySet[Adjustment]:
    """What one shop sees: everything but what was withdrawn, the newest first."""
    found = shop.adjustments.exclude(status="withdrawn")
    return found.select_related("entry", "dispute", "decided_by").order_by("-proposed_at", "-pk")


def adjustments_for_staff(*, is_open: bool) -> QuerySet[Adjustment]:
    """What waits for a decision, the oldest first, or what is settled, the newest first."""
    found = Adjustment.objects.select_related("shop__station", "proposed_by", "decided_by")
    if is_open:
        return found.filter(status="proposed").order_by("proposed_at", "pk")
    return found.exclude(status="proposed").order_by("-proposed_at", "-pk")


def disputes_for_staff() -> QuerySet[Dispute]:
    """What shops object to and nobody decided, by the day it is due."""
    found = Dispute.objects.filter(status="open").select_related(
        "shop__station", "delivery__package", "deduction"
    )
    return found.order_by("due_at", "pk")


def disputes_of(shop: Shop) -> QuerySet[Dispute]:
    """What one shop objected to, the newest first."""
    found = shop.disputes.select_related("delivery__package", "deduction", "decided_by")
    return found.order_by("-opened_at", "-pk")


def standing_holds(shop: Shop | None = None) -> QuerySet[Hold]:
    """What is set aside now, of one shop or of all, by the day it ends."""
    found = Hold.objects.filter(ended_at=None).select_related("shop__station", "placed_by")
    if shop is not None:
        found = found.filter(shop=shop)
    return found.order_by("until", "pk")


def free_holds(shop: Shop) -> QuerySet[Hold]:
    """What is set aside of a shop and for no deduction that is still to be decided."""
    is_taken = Q(deduction__status=AdjustmentStatus.PROPOSED)
    return standing_holds(shop).exclude(is_taken)


def open_deductions(shop: Shop) -> QuerySet[Adjustment]:
    """Deductions of a shop that are proposed and not decided."""
    found = Adjustment.objects.filter(shop=shop, amount_cents__lt=0)
    return found.filter(status=AdjustmentStatus.PROPOSED).order_by("proposed_at", "pk")


def owed_by_shops() -> dict[int, int]:
    """Shop → cents of decided deductions that later payments still give back."""
    return {shop: -cents for shop, cents in payables(Kind.SHOP_RECEIVABLE).items() if cents < 0}


def owed_by(shop: Shop) -> int:
    """Cents of decided deductions that one shop's later payments still give back."""
    return -account_cents(shop.pk, Kind.SHOP_RECEIVABLE)


def booked_alone_cents(shop: Shop, *, by: User, since: dt.datetime) -> int:
    """Cents that one person proposed and booked for a shop after a moment."""
    own = shop.adjustments.filter(proposed_by=by, decided_by=by, decided_at__gt=since)
    return own.filter(status="booked").aggregate(cents=Sum("amount_cents"))["cents"] or 0


def granted_cents(about: Delivery | Adjustment) -> int:
    """Cents that a shop got for its objections to one delivery or one deduction."""
    objections = about.objections if isinstance(about, Adjustment) else about.disputes
    granted = Adjustment.objects.filter(dispute__in=objections.all(), status="booked")
    return granted.aggregate(cents=Sum("amount_cents"))["cents"] or 0


def disputable_delivery(shop: Shop, delivery_id: int, *, at: dt.datetime) -> Delivery | None:
    """A delivery of this shop about whose fee it may still object."""
    found = Delivery.objects.filter(pk=delivery_id, shop=shop).select_related("package").first()
    if found is None or not is_in_time(found.delivered_on, clock.local_day(at, shop.zone)):
        return None
    return found


def disputable_deduction(shop: Shop, adjustment_id: int, *, at: dt.datetime) -> Adjustment | None:
    """A booked deduction of this shop against which it may still object."""
    found = shop.adjustments.filter(pk=adjustment_id, status="booked", amount_cents__lt=0)
    deduction = found.select_related("entry").first()
    today = clock.local_day(at, shop.zone)
    if deduction is None or deduction.entry is None:
        return None
    return deduction if is_in_time(deduction.entry.booked_on, today) else None


def adjustment_gaps() -> list[Row]:
    """Where adjustments, holds and the books disagree: `code`, `key`, `shop_id`, `booked_cents`,
    `expected_cents`. `wrong_entry`: an entry is not its adjustment's, or has none;
    `wrong_held`: what is set aside is not the sum of the standing holds; `owed_to_shop`: more was
    taken for deductions than was decided."""
    found = rows(
        f"""
        SELECT 'wrong_entry' AS code, e.source_key AS key, e.shop_id,
               coalesce(p.amount_cents, 0) AS booked_cents,
               coalesce(abs(a.amount_cents), 0) AS expected_cents
        FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
        LEFT JOIN adjustment a ON a.entry_id = e.id AND a.status = 'booked'
        WHERE e.source_type IN {listed(BOOKED_BY_US)}
          AND (a.id IS NULL OR a.shop_id <> e.shop_id
               OR abs(a.amount_cents) <> coalesce(p.amount_cents, 0))
        ORDER BY e.id LIMIT {MOST_FINDINGS}
        """
    )
    return found + held_gaps() + receivable_gaps()


def held_gaps() -> list[Row]:
    """Shops of which more or less is set aside than their standing holds say."""
    sums = Hold.objects.order_by("shop_id").values("shop_id")
    wanted = {
        row["shop_id"]: row["cents"] or 0
        for row in sums.annotate(cents=Sum("amount_cents", filter=Q(ended_at=None)))
    }
    booked = payables(Kind.SHOP_HELD)
    return [
        gap("wrong_held", shop, booked.get(shop, 0), wanted.get(shop, 0))
        for shop in sorted(booked.keys() | wanted.keys())
        if booked.get(shop, 0) != wanted.get(shop, 0)
    ]


def receivable_gaps() -> list[Row]:
    """Shops from which more was taken than was decided."""
    owed = payables(Kind.SHOP_RECEIVABLE)
    return [gap("owed_to_shop", shop, owed[shop], 0) for shop in sorted(owed) if owed[shop] > 0]


def gap(code: str, shop_id: int, booked: int, expected: int) -> Row:
    """One finding about a shop's account."""
    return {
        "code": code,
        "key": "",
        "shop_id": shop_id,
        "booked_cents": booked,
        "expected_cents": expected,
    }
