"""Which fees wait, which are wrong, and what a fee is made of."""

import datetime as dt
from typing import Any

from django.db import connection

from kernel.rows import rows
from payouts.accruals.models import SweepMark
from payouts.rates.queries import LINES_IN_FORCE, OPEN_DAYS, of_kind, words_of
from payouts.rates.rules import Line

Row = dict[str, Any]
MOST_FINDINGS = 1000

WAITING = """
    SELECT d.id, d.shop_id, d.delivered_on FROM delivery d
    WHERE d.id > %(after)s AND d.voided_by_id IS NULL
      AND NOT EXISTS (SELECT FROM accrual a WHERE a.delivery_id = d.id AND a.kind = 'fee')
"""

# The rate in force for a shop-day: the shop's own card goes before its station's.
HAS_RATE = """
    EXISTS (
        SELECT FROM rate r JOIN rate_card c ON c.id = r.card_id
        WHERE r.kind = 'delivery' AND r.outcome = '' AND r.size = '' AND r.day_kind = ''
          AND r.valid @> w.delivered_on
          AND (c.shop_id = w.shop_id OR c.station_id = s.station_id)
    )
"""

# The same for a package beyond the cap: in force on the day for which the shop said yes.
PREMIUM_ON = """
    coalesce((
        SELECT r.amount_cents FROM rate r JOIN rate_card c ON c.id = r.card_id
        WHERE r.kind = 'over_cap' AND r.valid @> g.service_day
          AND (c.shop_id = h.id OR c.station_id = h.station_id)
        ORDER BY c.shop_id NULLS LAST LIMIT 1
    ), 0)
"""

# Phones that were without a line have two days to say what they delivered. Whatever comes later
# earns its fee on top.
WAIT_DAYS = 2
WEEKS_LOOKED_AT = 5
WITHOUT_WAITING = -7  # the week that runs, too

# Weeks that earned less than their guaranteed minimum and were not topped up yet, as the relation
# `short` (shop_id, day, rate_id, cents). What a shop is today does not count, only on which days it
# was open. What was earned is counted by an index, shop by shop. A week in which a delivery still
# waits for its fee is left for later. Takes what `looked_at` gives.
SHORT_WEEKS = f"""
line AS MATERIALIZED ({LINES_IN_FORCE} WHERE r.kind = 'minimum'
), week AS MATERIALIZED (
    SELECT s.id AS shop_id, t.zone, g::date AS first, g::date + 6 AS day
    FROM shop s JOIN station t ON t.id = s.station_id
    CROSS JOIN generate_series(
        date_trunc('week', %(at)s AT TIME ZONE t.zone) - %(weeks)s * interval '7 days',
        date_trunc('week', %(at)s AT TIME ZONE t.zone),
        '7 days') g
    WHERE s.status <> 'preparing' AND (%(shop)s::bigint IS NULL OR s.id = %(shop)s)
      AND g::date + 7 + %(wait)s <= (%(at)s AT TIME ZONE t.zone)::date
      AND EXISTS (SELECT FROM line l WHERE l.kind = 'minimum'
                  AND (l.shop_id = s.id OR l.station_id = s.station_id))
      AND NOT EXISTS (SELECT FROM accrual a WHERE a.kind = 'top_up' AND a.shop_id = s.id
                      AND a.delivered_on = g::date + 6)
), open_day AS ({OPEN_DAYS}
), minimum AS ({of_kind("minimum", "week")}
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
), short AS (
    SELECT shop_id, day, rate_id, promised - cents AS cents FROM earned WHERE promised > cents
)"""


def looked_at(*, at: dt.datetime, wait: int, shop_id: int | None = None) -> Row:
    """What `SHORT_WEEKS` takes: weeks that ended `wait` days ago or before, of one shop or all."""
    return {"at": at, "weeks": WEEKS_LOOKED_AT, "wait": wait, "shop": shop_id}


def top_ups_to_come(*, shop_id: int, at: dt.datetime) -> int:
    """In how many weeks one shop, as things stand, still lacks something to its guaranteed minimum:
    the week that runs with the days it has left to be open. One query."""
    [found] = rows(
        f"WITH {SHORT_WEEKS} SELECT count(*) AS weeks FROM short",
        looked_at(at=at, wait=WITHOUT_WAITING, shop_id=shop_id),
    )
    return found["weeks"]


def settled_id() -> int:
    """The delivery up to which nothing waits any more."""
    return SweepMark.objects.values_list("settled_id", flat=True).first() or 0


def first_waiting_id(*, after: int, to: int) -> int | None:
    """The lowest id in (after, to] of a standing delivery without a fee."""
    if to <= after:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(id) FROM ({WAITING} AND d.id <= %(to)s) w", {"after": after, "to": to}
        )
        return cursor.fetchone()[0]


def waiting(*, after: int = 0) -> list[Row]:
    """Shop-days with standing deliveries without a fee: `shop` (slug), `shop_id`, `day`, `packages`
    and `has_rate` (False: no rate is agreed for that day). Costs a look at every delivery beyond
    `after`."""
    return rows(
        f"""
        SELECT s.slug AS shop, w.shop_id, w.delivered_on AS day, w.packages, {HAS_RATE} AS has_rate
        FROM (SELECT shop_id, delivered_on, count(*) AS packages FROM ({WAITING}) x GROUP BY 1, 2) w
        JOIN shop s ON s.id = w.shop_id
        ORDER BY w.delivered_on, s.slug LIMIT {MOST_FINDINGS}
        """,
        {"after": after},
    )


def unpriced_shops(*, through: dt.date, after: int = 0) -> set[int]:
    """Shops with standing deliveries up to `through` that have no fee yet."""
    found = rows(
        f"SELECT DISTINCT shop_id FROM ({WAITING}) w WHERE delivered_on <= %(through)s",
        {"after": after, "through": through},
    )
    return {row["shop_id"] for row in found}


def wrong_accruals() -> list[Row]:
    """Fees that are not what was agreed: `shop`, `day`, `code`, `packages`, `cents` as booked.

    `wrong_amount`: not the rate's; `wrong_rate`: no such rate, another shop's or another day's;
    `not_taken_back`: voided, and the fee still stands; `taken_back_wrongly`: the reversal does not
    undo its fee; `lost_delivery`: it counts for another shop or day than its delivery;
    `wrong_premium`: a premium for a package within the cap; `premium_missing`: none for one beyond
    it, although one was agreed.
    """
    return rows(
        f"""
        SELECT s.slug AS shop, f.delivered_on AS day, f.code, count(*) AS packages,
               sum(f.amount_cents)::bigint AS cents
        FROM (
            SELECT a.shop_id, a.delivered_on, a.amount_cents, CASE
                WHEN a.shop_id <> d.shop_id OR a.delivered_on <> d.delivered_on THEN 'lost_delivery'
                WHEN a.kind = 'premium' AND g.id IS NULL AND d.voided_by_id IS NULL
                    THEN 'wrong_premium'
                WHEN r.id IS NULL
                     OR r.kind <> CASE a.kind WHEN 'fee' THEN 'delivery'
                        WHEN 'premium' THEN 'over_cap' ELSE a.kind END
                     OR r.outcome NOT IN ('', d.outcome)
                     OR NOT r.valid @> CASE a.kind WHEN 'premium' THEN g.service_day
                        ELSE a.delivered_on END
                     OR coalesce(c.shop_id, a.shop_id) <> a.shop_id
                     OR coalesce(c.station_id, h.station_id) <> h.station_id THEN 'wrong_rate'
                WHEN a.amount_cents <> r.amount_cents THEN 'wrong_amount'
                WHEN d.voided_by_id IS NOT NULL AND b.id IS NULL THEN 'not_taken_back'
                WHEN b.id IS NOT NULL AND (b.amount_cents <> -a.amount_cents
                     OR d.voided_by_id IS NULL) THEN 'taken_back_wrongly'
            END AS code
            FROM accrual a JOIN delivery d ON d.id = a.delivery_id
            JOIN shop h ON h.id = a.shop_id
            LEFT JOIN rate r ON r.id = a.rate_id
            LEFT JOIN rate_card c ON c.id = r.card_id
            LEFT JOIN assignment g ON g.package_id = d.package_id AND g.shop_id = d.shop_id
                AND g.offer_id IS NOT NULL
            LEFT JOIN accrual b ON b.delivery_id = a.delivery_id
                AND b.kind = CASE a.kind WHEN 'fee' THEN 'reversal' ELSE a.kind || '_reversal' END
            WHERE a.kind IN ('fee', 'premium', 'peak', 'tier')
            UNION ALL
            SELECT a.shop_id, a.delivered_on, a.amount_cents, 'lost_delivery' FROM accrual a
            WHERE a.delivery_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM delivery d WHERE d.id = a.delivery_id)
            UNION ALL
            SELECT d.shop_id, d.delivered_on, 0, 'premium_missing'
            FROM assignment g
            JOIN delivery d ON d.package_id = g.package_id AND d.shop_id = g.shop_id
                AND d.voided_by_id IS NULL
            JOIN accrual f ON f.delivery_id = d.id AND f.kind = 'fee'
            JOIN shop h ON h.id = d.shop_id
            WHERE g.offer_id IS NOT NULL AND {PREMIUM_ON} > 0
              AND NOT EXISTS (
                  SELECT FROM accrual x WHERE x.delivery_id = d.id AND x.kind = 'premium')
        ) f JOIN shop s ON s.id = f.shop_id
        WHERE f.code IS NOT NULL
        GROUP BY 1, 2, 3 ORDER BY 2, 1, 3 LIMIT {MOST_FINDINGS}
        """
    )


def wrong_entries() -> list[Row]:
    """Entries of fees whose money is not the sum of their accruals, and accruals whose entry is not
    there: `entry`, `booked_cents`, `accrued_cents`, `shop`."""
    return rows(
        f"""
        SELECT coalesce(e.id, a.entry_id) AS entry, s.slug AS shop,
               coalesce(e.cents, 0)::bigint AS booked_cents,
               coalesce(a.cents, 0)::bigint AS accrued_cents
        FROM (
            SELECT e.id, e.shop_id, coalesce(sum(CASE e.source_type
                WHEN 'fee' THEN p.amount_cents ELSE -p.amount_cents END), 0) AS cents
            FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
            WHERE e.source_type IN ('fee', 'fee_reversed') GROUP BY e.id
        ) e
        FULL JOIN (
            SELECT entry_id, min(shop_id) AS shop_id, sum(amount_cents) AS cents
            FROM accrual GROUP BY entry_id
        ) a ON a.entry_id = e.id
        LEFT JOIN shop s ON s.id = coalesce(e.shop_id, a.shop_id)
        WHERE e.id IS NULL OR a.entry_id IS NULL OR e.cents <> a.cents OR e.shop_id <> a.shop_id
        ORDER BY 1 LIMIT {MOST_FINDINGS}
        """
    )


LINES = """
    SELECT a.id, a.kind, a.delivery_id, a.delivered_on, e.booked_on, a.amount_cents,
           r.amount_cents AS rate_cents,
           c.shop_id IS NOT NULL AS is_own_rate, lower(r.valid) AS rate_since,
           r.kind AS rate_kind, r.outcome AS rate_outcome, r.size AS rate_size,
           r.day_kind AS rate_day_kind, r.beyond AS rate_beyond,
           p.id AS package_id, coalesce(p.tracking_id, '') AS tracking_id,
           coalesce(d.delivered_at, e.posted_at) AS delivered_at, d.outcome,
           CASE WHEN a.kind LIKE '%%reversal' THEN v.reason ELSE '' END AS reason,
           CASE WHEN a.kind LIKE '%%reversal' THEN q.label ELSE '' END AS reason_label,
           a.kind NOT LIKE '%%reversal' AS is_earned, r.kind = 'over_cap' AS is_premium,
           a.entry_id
    FROM accrual a
    JOIN ledger_entry e ON e.id = a.entry_id
    LEFT JOIN delivery d ON d.id = a.delivery_id
    LEFT JOIN package p ON p.id = d.package_id
    LEFT JOIN package_event v ON v.id = d.voided_by_id
    LEFT JOIN reason q ON q.code = v.reason
    LEFT JOIN rate r ON r.id = a.rate_id
    LEFT JOIN rate_card c ON c.id = r.card_id
"""


def worded(sql: str, parameters: list[Any]) -> list[Row]:
    """Lines with what their rate is about, in words."""
    found = rows(sql, parameters)
    known: dict[tuple[Any, ...], str] = {}
    for row in found:
        place = tuple(row[f"rate_{name}"] for name in ("kind", "outcome", "size", "day_kind"))
        place = (*place, row["rate_beyond"])
        if place not in known:
            kind, outcome, size, day_kind, beyond = place
            line = Line(kind, 0, outcome, size, day_kind, beyond)
            known[place] = words_of(line) if kind else ""
        row["rate_words"] = known[place]
    return found


def lines_of_day(*, shop_id: int, day: dt.date) -> list[Row]:
    """Every fee and correction booked on one day for one shop, with its package and its rate, in
    words (`rate_words`)."""
    return worded(
        f"{LINES} WHERE e.shop_id = %s AND e.booked_on = %s ORDER BY d.delivered_at, d.id, a.id",
        [shop_id, day],
    )


def lines_of_entries(entry_ids: list[int]) -> list[Row]:
    """Every fee and correction behind these entries, by day."""
    return worded(
        f"{LINES} WHERE a.entry_id = ANY(%s) ORDER BY e.booked_on, d.delivered_at, d.id, a.id",
        [entry_ids],
    )


def packages_by_day(*, shop_id: int, first: dt.date, last: dt.date) -> dict[dt.date, int]:
    """Booked day → packages that earned a fee, taken-back ones not counted."""
    found = rows(
        """
        SELECT e.booked_on, sum(
            CASE a.kind WHEN 'fee' THEN 1 WHEN 'reversal' THEN -1 ELSE 0 END)::int AS packages
        FROM ledger_entry e JOIN accrual a ON a.entry_id = e.id
        WHERE e.shop_id = %s AND e.booked_on BETWEEN %s AND %s GROUP BY e.booked_on
        """,
        [shop_id, first, last],
    )
    return {row["booked_on"]: row["packages"] for row in found}
