"""The guaranteed minimum: what a week lacks to what was promised is booked once it is over."""

import datetime as dt

from django.db import connection, transaction

from kernel.failpoints import failpoint
from payouts.accruals.queries import SHORT_WEEKS, WAIT_DAYS, looked_at
from payouts.ledger.actions import hold_books, open_accounts
from payouts.rates.models import Rate, RateKind

TOP_UPS = f"""
WITH {SHORT_WEEKS}
, booked AS MATERIALIZED (
    SELECT nextval((SELECT pg_get_serial_sequence('ledger_entry', 'id'))) AS entry_id, z.* FROM (
        SELECT shop_id, day, rate_id, cents FROM short ORDER BY day, shop_id LIMIT %(most)s
    ) z
), entry AS (
    INSERT INTO ledger_entry (id, source_type, source_key, shop_id, booked_on, memo, posted_at)
    SELECT entry_id, 'fee', shop_id || ':' || day || ':top_up', shop_id, day, '', %(at)s FROM booked
), posting AS (
    INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents)
    SELECT b.entry_id, 1, x.id, p.id, b.cents
    FROM booked b
    JOIN ledger_account p ON p.kind = 'shop_payable' AND p.shop_id = b.shop_id
    JOIN ledger_account x ON x.kind = 'fee_expense'
), top_up AS (
    INSERT INTO accrual (kind, shop_id, delivered_on, rate_id, amount_cents, entry_id)
    SELECT 'top_up', shop_id, day, rate_id, cents, entry_id FROM booked
)
SELECT count(*), coalesce(sum(cents), 0)::bigint FROM booked
"""
MOST = 20_000


def top_up_weeks(*, at: dt.datetime) -> tuple[int, int]:
    """Book what the weeks that are over lack to their guaranteed minimum: (shop-weeks, cents).

    A minimum counts the days a shop was open, whatever became of it since, and all that the week's
    deliveries earned, with extras and without what was taken back. Two days after the week's end,
    each shop and week once, however often it is asked; the last five weeks are looked at. Nothing
    without a minimum.
    """
    count, cents = 0, 0
    if not Rate.objects.filter(kind=RateKind.MINIMUM).exists():
        return count, cents
    while True:
        found, sum_cents = top_up_chunk(at=at)
        count, cents = count + found, cents + sum_cents
        if found < MOST:
            return count, cents


@transaction.atomic
def top_up_chunk(*, at: dt.datetime) -> tuple[int, int]:
    """Top up the next shop-weeks, `MOST` at most."""
    hold_books()
    open_accounts()
    facts = looked_at(at=at, wait=WAIT_DAYS) | {"most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(TOP_UPS, facts)
        found, cents = cursor.fetchone()
    failpoint("top_up_chunk_written")
    return found, cents
