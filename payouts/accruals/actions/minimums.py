"""The guaranteed minimum: what a week lacks to what was promised is booked once it is over."""

import datetime as dt
from typing import Any

from django.db import connection, transaction

from kernel.failpoints import failpoint
from payouts.ledger.actions import hold_books, open_accounts
from payouts.rates.models import Rate, RateKind
from payouts.rates.queries import LINES_IN_FORCE, OPEN_DAYS, of_kind

# Phones that were without a line have two days to say what they delivered. Whatever comes later
# earns its fee on top.
WAIT_DAYS = 2
WEEKS_LOOKED_AT = 5

# What was earned is counted by an index, shop by shop. A week in which a delivery still waits for
# its fee is left for later.
TOP_UPS = """
WITH line AS MATERIALIZED ({lines}
), week AS MATERIALIZED (
    SELECT s.id AS shop_id, t.zone, g::date AS first, g::date + 6 AS day
    FROM shop s JOIN station t ON t.id = s.station_id
    CROSS JOIN generate_series(
        date_trunc('week', %(at)s AT TIME ZONE t.zone) - %(weeks)s * interval '7 days',
        date_trunc('week', %(at)s AT TIME ZONE t.zone) - interval '7 days',
        '7 days') g
    WHERE s.status = 'live' AND g::date + 7 + %(wait)s <= (%(at)s AT TIME ZONE t.zone)::date
      AND EXISTS (SELECT FROM line l WHERE l.kind = 'minimum'
                  AND (l.shop_id = s.id OR l.station_id = s.station_id))
      AND NOT EXISTS (SELECT FROM accrual a WHERE a.kind = 'top_up' AND a.shop_id = s.id
                      AND a.delivered_on = g::date + 6)
), open_day AS ({open_days}
), minimum AS ({minimums}
), earned AS MATERIALIZED (
    SELECT w.shop_id, w.first, w.day, m.rate_id, m.amount_cents * o.days AS promised, (
        SELECT coalesce(sum((
            SELECT sum(a.amount_cents) FROM accrual a WHERE a.delivery_id = d.id)), 0)
        FROM delivery d
        WHERE d.shop_id = w.shop_id AND d.delivered_on >= w.first AND d.delivered_on <= w.day
    ) AS cents
    FROM week w
    JOIN minimum m ON m.shop_id = w.shop_id AND m.day = w.day
    JOIN open_day o ON o.shop_id = w.shop_id AND o.first = w.first
    WHERE NOT EXISTS (
        SELECT FROM delivery d
        WHERE d.shop_id = w.shop_id AND d.delivered_on >= w.first AND d.delivered_on <= w.day
          AND d.voided_by_id IS NULL
          AND NOT EXISTS (SELECT FROM accrual a WHERE a.delivery_id = d.id AND a.kind = 'fee'))
), booked AS MATERIALIZED (
    SELECT nextval((SELECT pg_get_serial_sequence('ledger_entry', 'id'))) AS entry_id, z.* FROM (
        SELECT shop_id, day, rate_id, promised - cents AS cents FROM earned
        WHERE promised > cents ORDER BY day, shop_id LIMIT %(most)s
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

    A minimum counts the days a live shop was open, and all that the week's deliveries earned, with
    extras and without what was taken back. Two days after the week's end, each shop and week once,
    however often it is asked; the last five weeks are looked at. Nothing without a minimum.
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
    statement = TOP_UPS.format(
        lines=f"{LINES_IN_FORCE} WHERE r.kind = 'minimum'",
        open_days=OPEN_DAYS,
        minimums=of_kind("minimum", "week"),
    )
    facts: dict[str, Any] = {"at": at, "weeks": WEEKS_LOOKED_AT, "wait": WAIT_DAYS, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        found, cents = cursor.fetchone()
    failpoint("top_up_chunk_written")
    return found, cents
