"""What a shop earned, is owed and was paid."""

import datetime as dt
from typing import Any

from hubshops.deliveries.models import Delivery
from hubshops.shops.models import Shop
from kernel.rows import rows
from payouts.accruals.queries import packages_by_day, settled_id
from payouts.ledger.queries import EARNING_CENTS, IS_EARNING, earned_by_day
from payouts.statements.rules import Earned, NextPayout, by_day

Row = dict[str, Any]


def earned_days(shop: Shop, *, first: dt.date, last: dt.date) -> list[Earned]:
    """Each day from first to last: packages that earned a fee, and cents with corrections taken
    off on the day they were made. Two queries."""
    span: dict[str, Any] = {"shop_id": shop.pk, "first": first, "last": last}
    return by_day(first, last, packages_by_day(**span), earned_by_day(**span))


def next_payout(shop: Shop, *, today: dt.date) -> NextPayout:
    """What a shop is owed and no approved run pays yet."""
    (row,) = rows(
        f"""
        SELECT coalesce(sum(o.cents) FILTER (WHERE o.is_fee AND o.booked_on < %(today)s), 0)::bigint
                   AS final_cents,
               coalesce(sum(o.cents) FILTER (WHERE o.is_fee AND o.booked_on >= %(today)s),
                        0)::bigint AS today_cents,
               coalesce(sum(o.cents) FILTER (WHERE NOT o.is_fee), 0)::bigint AS corrections_cents,
               coalesce(sum(o.cents) FILTER (WHERE o.is_drafted), 0)::bigint AS drafted_cents,
               coalesce(sum(o.packages), 0)::int AS packages
        FROM (
            SELECT e.booked_on, e.source_type = 'fee' AS is_fee, t.id IS NOT NULL AS is_drafted,
                   coalesce({EARNING_CENTS}, 0) AS cents,
                   (SELECT count(*) FROM accrual a WHERE a.entry_id = e.id AND a.kind = 'fee')
                   AS packages
            FROM ledger_entry e
            LEFT JOIN ledger_posting p ON p.entry_id = e.id
            LEFT JOIN transfer_item i ON i.entry_id = e.id AND i.released_at IS NULL
            LEFT JOIN transfer t ON t.id = i.transfer_id
            WHERE e.shop_id = %(shop)s AND {IS_EARNING}
              AND (t.id IS NULL OR t.status = 'pending')
        ) o
        """,
        {"shop": shop.pk, "today": today},
    )
    waiting = Delivery.objects.standing().filter(shop=shop, pk__gt=settled_id())
    return NextPayout(**row, waiting_packages=waiting.exclude(accruals__kind="fee").count())


def payouts_of(shop: Shop, *, limit: int = 26) -> list[Row]:
    """A shop's payments, the newest first: day, gross, corrections, net, status, statement."""
    return rows(
        """
        SELECT t.id, t.run_id, t.amount_cents, t.status, t.gateway, t.error, t.sent_at,
               t.settled_at, r.approved_at, c.number AS statement,
               coalesce(sum(i.amount_cents) FILTER (WHERE e.source_type = 'fee'), 0)::bigint
                   AS earned_cents,
               coalesce(sum(i.amount_cents) FILTER (WHERE e.source_type <> 'fee'), 0)::bigint
                   AS corrections_cents,
               min(e.booked_on) AS first_day, max(e.booked_on) AS last_day
        FROM transfer t
        JOIN pay_run r ON r.id = t.run_id
        JOIN transfer_item i ON i.transfer_id = t.id
        JOIN ledger_entry e ON e.id = i.entry_id
        LEFT JOIN statement c ON c.transfer_id = t.id
        WHERE t.shop_id = %s AND t.status NOT IN ('pending', 'cancelled')
        GROUP BY t.id, r.id, c.id ORDER BY t.id DESC LIMIT %s
        """,
        [shop.pk, limit],
    )
