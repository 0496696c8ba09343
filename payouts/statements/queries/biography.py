"""The way of every cent: package → fee → rate → entry → transfer → statement."""

import datetime as dt
from typing import Any

from hubshops.deliveries.models import Delivery
from hubshops.shops.models import Shop
from kernel.rows import rows
from payouts.accruals.queries import lines_of_day

Row = dict[str, Any]


def day_lines(shop: Shop, day: dt.date) -> list[Row]:
    """Every fee and correction booked on one day, each with its package, its rate, and the payment
    and statement it went into (`transfer_id`, `status`, `sent_at`, `statement`; None while it is
    owed). Two queries."""
    lines = lines_of_day(shop_id=shop.pk, day=day)
    ways = ways_of(sorted({line["entry_id"] for line in lines}))
    nothing = {"transfer_id": None, "run_id": None, "status": "", "statement": None}
    return [line | ways.get(line["entry_id"], nothing) for line in lines]


def ways_of(entry_ids: list[int]) -> dict[int, Row]:
    """Entry → the live transfer that claimed it, and its statement."""
    found = rows(
        """
        SELECT i.entry_id, t.id AS transfer_id, t.run_id, t.status, t.sent_at,
               t.provider_reference, c.number AS statement
        FROM transfer_item i JOIN transfer t ON t.id = i.transfer_id
        LEFT JOIN statement c ON c.transfer_id = t.id
        WHERE i.entry_id = ANY(%s) AND i.released_at IS NULL
        """,
        [entry_ids],
    )
    return {row.pop("entry_id"): row for row in found}


def waiting_lines(shop: Shop, day: dt.date) -> list[Delivery]:
    """Standing deliveries of one day whose fee is not booked yet."""
    return list(
        Delivery.objects.standing()
        .filter(shop=shop, delivered_on=day)
        .exclude(accruals__kind="fee")
        .select_related("package")
        .order_by("delivered_at", "pk")
    )
