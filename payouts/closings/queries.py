"""What is left before a shop that leaves can be closed, and its final statement."""

import datetime as dt
from dataclasses import dataclass

from hubshops.cases.queries import standing_of
from hubshops.packages.queries import LEFT_TO_DO
from hubshops.shops.models import Shop
from kernel.rows import rows
from payouts.accruals.queries import top_ups_to_come
from payouts.closings.models import Closing
from payouts.ledger.queries import EARNING_CENTS, IS_EARNING, payable_cents


@dataclass(frozen=True)
class Left:
    """What stands between a shop that leaves and its final statement."""

    packages: int
    unpriced: int
    payments: int
    open_cents: int
    questions: int
    top_ups: int
    cases: int

    @property
    def is_nothing(self) -> bool:
        """Whether it can be closed."""
        return not (
            self.packages
            or self.unpriced
            or self.payments
            or self.questions
            or self.top_ups
            or self.cases
            or self.open_cents > 0
        )


LEFT = """
    SELECT
        (SELECT count(*) FROM package WHERE shop_id = %(shop)s AND state = ANY(%(states)s))
            AS packages,
        (SELECT count(*) FROM delivery d WHERE d.shop_id = %(shop)s AND d.voided_by_id IS NULL
            AND NOT EXISTS (SELECT FROM accrual a WHERE a.delivery_id = d.id AND a.kind = 'fee'))
            AS unpriced,
        (SELECT count(*) FROM transfer WHERE shop_id = %(shop)s
            AND status NOT IN ('settled', 'cancelled', 'failed')) AS payments,
        (SELECT count(*) FROM hold WHERE shop_id = %(shop)s AND ended_at IS NULL)
        + (SELECT count(*) FROM dispute WHERE shop_id = %(shop)s AND status = 'open')
        + (SELECT count(*) FROM adjustment WHERE shop_id = %(shop)s AND status = 'proposed')
            AS questions
"""


def left_of(shop: Shop, *, at: dt.datetime) -> Left:
    """What is left of a shop that leaves. Four queries."""
    [found] = rows(LEFT, {"shop": shop.pk, "states": [str(one) for one in LEFT_TO_DO]})
    top_ups = top_ups_to_come(shop_id=shop.pk, at=at)
    cases = standing_of(shop).count()
    return Left(open_cents=payable_cents(shop.pk), top_ups=top_ups, cases=cases, **found)


SUMS = f"""
    SELECT
        (SELECT count(*) FROM delivery WHERE shop_id = %(shop)s AND voided_by_id IS NULL)
            AS packages,
        coalesce((SELECT sum({EARNING_CENTS}) FROM ledger_entry e
            JOIN ledger_posting p ON p.entry_id = e.id
            WHERE e.shop_id = %(shop)s AND {IS_EARNING} AND e.source_type <> 'transfer_reversed'),
            0)::bigint AS earned_cents,
        coalesce((SELECT sum(CASE e.source_type WHEN 'transfer_sent' THEN p.amount_cents
                                  ELSE -p.amount_cents END)
            FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
            WHERE e.shop_id = %(shop)s
              AND e.source_type IN ('transfer_sent', 'transfer_reversed')), 0)::bigint
            AS paid_cents
"""


def sums_of(shop: Shop) -> dict[str, int]:
    """Packages delivered, cents earned and paid by the books, since the shop began. One query."""
    [found] = rows(SUMS, {"shop": shop.pk})
    return found


def closing_of(shop: Shop) -> Closing | None:
    """A shop's final statement, the latest one."""
    return Closing.objects.filter(shop=shop).select_related("leaving").first()
