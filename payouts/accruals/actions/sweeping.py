"""Booking fees: what was delivered is priced and written into the books.

Deliveries earn; the sweep finds those without a fee, prices each with the rate in force on its day
(the shop's own card before its station's) and books one entry a shop-day. A delivery that was
voided after its fee was booked gets a reversal and an opposite entry, booked on the day it was
voided. A delivery voided before that earns nothing and leaves no trace here.

A package that the shop took beyond its cap (its slot stands on an accepted offer) earns a premium
as well: a second row with its own rate, the one in force on the day for which the shop said yes, so
that it earns what it was promised also when the door opens a day later. Both rows are one entry,
and are taken back together.
"""

import datetime as dt

from django.db import connection, transaction
from django.db.models import Max, Min

from hubshops.deliveries.models import Delivery
from kernel.failpoints import failpoint
from kernel.rows import hashed_joins
from payouts.accruals.models import SweepMark
from payouts.accruals.queries import first_waiting_id, settled_id
from payouts.ledger.actions import hold_books, open_accounts
from payouts.rates.queries import (
    LINES_IN_FORCE,
    PRICED,
    Told,
    of_kind,
    parameters,
    told_apart,
)

CHUNK = 80_000  # deliveries a transaction: less than two seconds
SETTLES_AFTER = dt.timedelta(hours=1)  # no transaction that adds deliveries lasts as long

# "done, then NOT IN" instead of NOT EXISTS: a look into the table that the same statement fills
# would be planned for the empty table it was.
WAITING = """
WITH line AS MATERIALIZED ({lines}
), done AS MATERIALIZED (
    SELECT delivery_id FROM accrual
    WHERE kind = 'fee' AND delivery_id > %(after)s AND delivery_id <= %(to)s
), waiting AS MATERIALIZED (
    SELECT d.id, d.shop_id, d.delivered_on, d.package_id, {outcome} AS outcome, {size} AS size
    FROM delivery d {package}
    WHERE d.id > %(after)s AND d.id <= %(to)s AND d.voided_by_id IS NULL
      AND d.id NOT IN (SELECT delivery_id FROM done)
), cell AS MATERIALIZED (
    SELECT shop_id, delivered_on, outcome, size, min(id) AS first_id, count(*) AS deliveries
    FROM waiting GROUP BY shop_id, delivered_on, outcome, size
), {priced}, due AS MATERIALIZED (
    SELECT w.id, w.shop_id, w.delivered_on, w.package_id, p.rate_id, p.amount_cents AS cents
    FROM waiting w JOIN priced p ON p.shop_id = w.shop_id AND p.delivered_on = w.delivered_on
        AND p.outcome = w.outcome AND p.size = w.size
), {extras}"""

# A package beyond its shop's cap: what was promised for the day asked for.
PREMIUMS = """
beyond AS MATERIALIZED (
    SELECT d.id, d.shop_id, d.delivered_on, g.service_day AS day
    FROM due d JOIN assignment g ON g.package_id = d.package_id AND g.shop_id = d.shop_id
    WHERE g.offer_id IS NOT NULL
), beyond_day AS (SELECT DISTINCT shop_id, day FROM beyond),
premium_line AS MATERIALIZED ({premiums}), premium AS MATERIALIZED (
    SELECT b.id, 'premium' AS kind, b.shop_id, b.delivered_on, l.rate_id, l.amount_cents AS cents
    FROM beyond b JOIN premium_line l ON l.shop_id = b.shop_id AND l.day = b.day
    WHERE l.amount_cents > 0
)"""

PEAKS = """
shop_day AS (SELECT DISTINCT shop_id, delivered_on AS day FROM priced),
peak_line AS MATERIALIZED ({peaks}), peak AS MATERIALIZED (
    SELECT d.id, 'peak' AS kind, d.shop_id, d.delivered_on, l.rate_id, l.amount_cents AS cents
    FROM due d JOIN peak_line l ON l.shop_id = d.shop_id AND l.day = d.delivered_on
    WHERE l.amount_cents > 0
)"""

# `rules.next_tiers` for every shop-week at once. What stands already is counted by indexes, shop by
# shop and delivery by delivery: a join would read the whole table.
TIERS = """
tier_day AS (SELECT DISTINCT shop_id, delivered_on AS day FROM priced),
tier_line AS MATERIALIZED ({tiers}), tier_week AS MATERIALIZED (
    SELECT t.*, (
        SELECT coalesce(sum((
            SELECT count(*) FILTER (WHERE a.kind = 'fee')
                   - count(*) FILTER (WHERE a.kind = 'reversal')
            FROM accrual a WHERE a.delivery_id = d.id AND a.kind IN ('fee', 'reversal')
        )), 0)
        FROM delivery d WHERE d.shop_id = t.shop_id AND d.delivered_on >= t.week
          AND d.delivered_on < t.week + 7
    ) AS standing, (
        SELECT coalesce(sum((
            SELECT count(*) FILTER (WHERE a.kind = 'tier')
                   - count(*) FILTER (WHERE a.kind = 'tier_reversal')
            FROM accrual a WHERE a.delivery_id = d.id AND a.kind IN ('tier', 'tier_reversal')
              AND (SELECT r.beyond FROM rate r WHERE r.id = a.rate_id) >= t.beyond
        )), 0)
        FROM delivery d WHERE d.shop_id = t.shop_id AND d.delivered_on >= t.week
          AND d.delivered_on < t.week + 7
    ) AS given
    FROM (
        SELECT DISTINCT shop_id, date_trunc('week', day::timestamp)::date AS week, beyond
        FROM tier_line
    ) t
), numbered AS MATERIALIZED (
    SELECT z.*, row_number() OVER (PARTITION BY z.shop_id, z.week ORDER BY z.id) AS number
    FROM (
        SELECT d.id, d.shop_id, d.delivered_on,
               date_trunc('week', d.delivered_on::timestamp)::date AS week
        FROM due d JOIN (SELECT DISTINCT shop_id FROM tier_line) t ON t.shop_id = d.shop_id
    ) z
), tier AS MATERIALIZED (
    SELECT DISTINCT ON (n.id) n.id, 'tier' AS kind, n.shop_id, n.delivered_on, l.rate_id,
           l.amount_cents AS cents
    FROM numbered n JOIN tier_line l ON l.shop_id = n.shop_id AND l.day = n.delivered_on
    JOIN tier_week w ON w.shop_id = n.shop_id AND w.week = n.week AND w.beyond = l.beyond
    WHERE n.number + w.standing > l.beyond + w.given
    ORDER BY n.id, l.beyond DESC
)"""

BOOKED = """
extra AS MATERIALIZED ({all_extras}),
booked AS MATERIALIZED (
    SELECT nextval((SELECT pg_get_serial_sequence('ledger_entry', 'id'))) AS entry_id, z.* FROM (
        SELECT d.shop_id, d.delivered_on, d.first_id, d.deliveries,
               d.cents + coalesce(e.cents, 0) AS cents
        FROM (
            SELECT shop_id, delivered_on, min(first_id) AS first_id,
                   sum(deliveries)::bigint AS deliveries,
                   sum(deliveries * amount_cents)::bigint AS cents
            FROM priced GROUP BY shop_id, delivered_on
        ) d
        LEFT JOIN (
            SELECT shop_id, delivered_on, sum(cents)::bigint AS cents FROM extra GROUP BY 1, 2
        ) e ON e.shop_id = d.shop_id AND e.delivered_on = d.delivered_on
        ORDER BY d.delivered_on, d.shop_id
    ) z
), entry AS (
    INSERT INTO ledger_entry (id, source_type, source_key, shop_id, booked_on, memo, posted_at)
    SELECT entry_id, 'fee', shop_id || ':' || delivered_on || ':' || first_id, shop_id,
           delivered_on, '', %(at)s
    FROM booked
), posting AS (
    INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents)
    SELECT b.entry_id, 1, (SELECT id FROM ledger_account WHERE kind = 'fee_expense'), p.id, b.cents
    FROM booked b
    JOIN ledger_account p ON p.kind = 'shop_payable' AND p.shop_id = b.shop_id
    WHERE b.cents > 0
), fee AS (
    INSERT INTO accrual (delivery_id, kind, shop_id, delivered_on, rate_id, amount_cents, entry_id)
    SELECT d.id, 'fee', d.shop_id, d.delivered_on, d.rate_id, d.cents, b.entry_id
    FROM due d JOIN booked b ON b.shop_id = d.shop_id AND b.delivered_on = d.delivered_on
    UNION ALL
    SELECT e.id, e.kind, e.shop_id, e.delivered_on, e.rate_id, e.cents, b.entry_id
    FROM extra e JOIN booked b ON b.shop_id = e.shop_id AND b.delivered_on = e.delivered_on
)
SELECT coalesce(sum(deliveries), 0)::bigint, coalesce(sum(cents), 0)::bigint FROM booked
"""


def fees_statement(told: Told) -> str:
    """The one statement that prices and books, with the parts that some card asks for."""
    extras = {"premium": PREMIUMS.format(premiums=of_kind("over_cap", "beyond_day"))}
    if told.peaks:
        extras["peak"] = PEAKS.format(peaks=of_kind("peak", "shop_day"))
    if told.tiers:
        extras["tier"] = TIERS.format(tiers=of_kind("tier", "tier_day"))
    waiting = WAITING.format(
        lines=LINES_IN_FORCE,
        outcome=told.outcome,
        size=told.size,
        package=told.package,
        priced=PRICED,
        extras=", ".join(extras.values()),
    )
    columns = "id, kind, shop_id, delivered_on, rate_id, cents"
    chosen = " UNION ALL ".join(f"SELECT {columns} FROM {name}" for name in extras)
    return f"{waiting}, {BOOKED.format(all_extras=chosen)}"


REVERSALS = """
WITH taken_back AS MATERIALIZED (
    SELECT d.id, d.shop_id, d.delivered_on,
           greatest((v.counted_at AT TIME ZONE t.zone)::date, d.delivered_on) AS voided_on
    FROM delivery d
    JOIN accrual f ON f.delivery_id = d.id AND f.kind = 'fee'
    JOIN package_event v ON v.id = d.voided_by_id
    JOIN shop s ON s.id = d.shop_id
    JOIN station t ON t.id = s.station_id
    WHERE d.voided_by_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM accrual r WHERE r.delivery_id = d.id AND r.kind = 'reversal')
    ORDER BY d.id LIMIT %(most)s
), line AS MATERIALIZED (
    SELECT t.*, f.kind, f.rate_id, f.amount_cents
    FROM taken_back t JOIN accrual f ON f.delivery_id = t.id
        AND f.kind IN ('fee', 'premium', 'peak', 'tier')
), booked AS MATERIALIZED (
    SELECT nextval((SELECT pg_get_serial_sequence('ledger_entry', 'id'))) AS entry_id, z.* FROM (
        SELECT shop_id, voided_on, min(id) AS first_id, sum(amount_cents) AS cents
        FROM line GROUP BY shop_id, voided_on ORDER BY voided_on, shop_id
    ) z
), entry AS (
    INSERT INTO ledger_entry (id, source_type, source_key, shop_id, booked_on, memo, posted_at)
    SELECT entry_id, 'fee_reversed', shop_id || ':' || voided_on || ':' || first_id, shop_id,
           voided_on, '', %(at)s
    FROM booked
), posting AS (
    INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents)
    SELECT b.entry_id, 1, p.id, (SELECT id FROM ledger_account WHERE kind = 'fee_expense'), b.cents
    FROM booked b
    JOIN ledger_account p ON p.kind = 'shop_payable' AND p.shop_id = b.shop_id
    WHERE b.cents > 0
), reversal AS (
    INSERT INTO accrual (delivery_id, kind, shop_id, delivered_on, rate_id, amount_cents, entry_id)
    SELECT v.id, CASE v.kind WHEN 'fee' THEN 'reversal' ELSE v.kind || '_reversal' END, v.shop_id,
           v.delivered_on, v.rate_id, -v.amount_cents, b.entry_id
    FROM line v JOIN booked b ON b.shop_id = v.shop_id AND b.voided_on = v.voided_on
    RETURNING kind, amount_cents
)
SELECT count(*) FILTER (WHERE kind = 'reversal'), coalesce(sum(amount_cents), 0)::bigint
FROM reversal
"""


def accrue_waiting(
    *, at: dt.datetime, limit: int | None = None, is_full: bool = False
) -> tuple[int, int]:
    """Book every fee and every reversal that waits: (deliveries, cents net of reversals).

    Safe to call twice, side by side, or again after a crash anywhere: each chunk is one transaction
    under the lock of the books, and one statement writes its accruals, entries and postings.
    Deliveries without a rate stay waiting. Starts at the sweep's mark, or at the first delivery of
    all when `is_full`. Stops after the chunk in which `limit` rows are reached. Costs about a
    second per 100,000 deliveries, a few milliseconds when nothing waits.
    """
    count, cents = reverse_voided(at=at, limit=limit)
    after = 0 if is_full else settled_id()
    last = Delivery.objects.aggregate(last=Max("pk"))["last"] or 0
    while after < last and (limit is None or count < limit):
        to = min(after + CHUNK, last)
        booked, earned = accrue_chunk(after=after, to=to, at=at)
        count, cents, after = count + booked, cents + earned, to
    if after >= last:
        move_mark(last=last, at=at)
    return count, cents


@transaction.atomic
def accrue_chunk(*, after: int, to: int, at: dt.datetime) -> tuple[int, int]:
    """Book the fees of the waiting deliveries with ids in (after, to]: (how many, cents)."""
    hold_books()
    open_accounts()
    days = Delivery.objects.filter(pk__gt=after, pk__lte=to).aggregate(
        first=Min("delivered_on"), last=Max("delivered_on")
    )
    if days["first"] is None:
        return 0, 0
    facts = parameters(days["first"], days["last"]) | {"after": after, "to": to, "at": at}
    with hashed_joins(), connection.cursor() as cursor:
        cursor.execute(fees_statement(told_apart()), facts)
        booked, cents = cursor.fetchone()
    failpoint("accrual_chunk_written")
    return booked, cents


def reverse_voided(*, at: dt.datetime, limit: int | None = None) -> tuple[int, int]:
    """Take back the fees of deliveries that were voided since: (how many, cents, not positive)."""
    count, cents = 0, 0
    while limit is None or count < limit:
        taken, given_back = reverse_chunk(at=at)
        if not taken:
            break
        count, cents = count + taken, cents + given_back
    return count, cents


@transaction.atomic
def reverse_chunk(*, at: dt.datetime) -> tuple[int, int]:
    """Take back the next fees, `CHUNK` at most."""
    hold_books()
    with connection.cursor() as cursor:
        cursor.execute(REVERSALS, {"at": at, "most": CHUNK})
        taken, cents = cursor.fetchone()
    failpoint("reversal_chunk_written")
    return taken, cents


@transaction.atomic
def move_mark(*, last: int, at: dt.datetime) -> None:
    """Note that a whole sweep reached `last`, and settle what an earlier one reached.

    Never past a delivery that still waits for a rate, so a fee agreed later finds it.
    """
    SweepMark.objects.bulk_create([SweepMark(candidate_at=at)], ignore_conflicts=True)
    mark = SweepMark.objects.select_for_update().get()
    if mark.candidate_at and abs(at - mark.candidate_at) < SETTLES_AFTER and mark.candidate_id:
        return
    settled = max(mark.settled_id, mark.candidate_id)
    waiting = first_waiting_id(after=mark.settled_id, to=settled)
    if waiting is not None:
        settled = waiting - 1
    mark.settled_id, mark.candidate_id = settled, max(last, settled)
    mark.candidate_at = at
    mark.save()
