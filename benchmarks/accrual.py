"""How fast a million delivered packages are priced and booked: 10,000 shops, seven days, a quarter
of the shops with a rate of their own, a rate that changes in the middle of the week."""

import datetime as dt
import os
import time
from collections import defaultdict

from django.db import connection, transaction

from benchmarks.harness import Figure, median_seconds, peak_mb, seconds
from hubshops.deliveries.models import Delivery
from payouts.accruals.actions import accrue_waiting
from payouts.accruals.models import Accrual
from payouts.ledger.actions import open_accounts
from payouts.ledger.models import Account, Entry, Posting
from payouts.rates.models import Rate
from payouts.rates.queries import rate_on
from tests.factories import MORNING

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
DELIVERIES = int(1_000_000 * SCALE)
SHOPS = max(int(10_000 * SCALE), 4)
DAYS = 7
FIRST = dt.date(2026, 11, 16)
CHANGE = FIRST + dt.timedelta(days=3)
LOOP_SAMPLE, BULK_SAMPLE = min(1_000, DELIVERIES), min(100_000, DELIVERIES)
TABLES = ["accrual", "ledger_posting", "ledger_entry", "accrual_mark"]

STATIONS = """
INSERT INTO station (code, name, city, state, latitude, longitude, zone, cutoff_time, opened_at)
SELECT 'B' || n, 'Bench', 'Fayetteville', 'AR', 36, -94, 'America/Chicago', '20:00', %(at)s
FROM generate_series(10, 13) n
"""
SHOP_ROWS = """
INSERT INTO shop (station_id, slug, name, trade, contact_name, email, phone, address1, city, state,
    postal_code, latitude, longitude, radius_m, daily_cap, weekdays, status, opened_at,
    daily_minimum, takes_overflow, takes_signature, takes_code, travel_mode)
SELECT (SELECT min(id) FROM station) + n %% 4, 'shop-' || n, 'Shop ' || n, 'bodega', '', 'a@b.test',
    '', '1 Main St', 'Fayetteville', 'AR', '72701', 36, -94, 5000, 50, '1234567', 'live', %(at)s,
    0, false, true, true, 'walk'
FROM generate_series(1, %(shops)s) n
"""
CARDS = """
WITH card AS (
    INSERT INTO rate_card (station_id, shop_id)
    SELECT id, NULL FROM station UNION ALL SELECT NULL, id FROM shop WHERE id %% 4 = 0
    RETURNING id
)
INSERT INTO rate (card_id, kind, amount_cents, valid, agreed_at)
SELECT id, 'delivery', 150 + id %% 50, daterange(NULL, %(change)s), %(at)s FROM card
UNION ALL SELECT id, 'delivery', 160 + id %% 50, daterange(%(change)s, NULL), %(at)s FROM card
"""
# Day by day as life writes them, the shops of a day in no order. Packages and events are left out:
# booking does not read them.
DELIVERY_ROWS = """
INSERT INTO delivery (package_id, shop_id, event_id, outcome, delivered_at, delivered_on)
SELECT n, (SELECT min(id) FROM shop) + (n::bigint * 7919) %% %(shops)s, n, 'front_door', %(at)s,
    %(first)s::date + (n * %(days)s / (%(deliveries)s + 1))::int
FROM generate_series(1, %(deliveries)s) n
"""

# What can't be beaten: the same rows written by one statement that asks no question: nothing
# booked before, every shop-day priced beforehand, no lock, no chunk.
PRICED = """
CREATE TEMP TABLE priced ON COMMIT DROP AS
SELECT nextval((SELECT pg_get_serial_sequence('ledger_entry', 'id'))) AS entry_id, d.*,
    r.id AS rate_id, r.amount_cents, a.id AS payable_id
FROM (SELECT shop_id, delivered_on, count(*) AS deliveries, min(id) AS first_id FROM delivery
      GROUP BY 1, 2) d
JOIN shop s ON s.id = d.shop_id
JOIN ledger_account a ON a.kind = 'shop_payable' AND a.shop_id = s.id
JOIN rate_card c ON c.id = coalesce((SELECT id FROM rate_card o WHERE o.shop_id = s.id),
                                    (SELECT id FROM rate_card u WHERE u.station_id = s.station_id))
JOIN rate r ON r.card_id = c.id AND r.valid @> d.delivered_on
"""
BARE = """
WITH entry AS (
    INSERT INTO ledger_entry (id, source_type, source_key, shop_id, booked_on, memo, posted_at)
    SELECT entry_id, 'fee', first_id, shop_id, delivered_on, '', now() FROM priced
), posting AS (
    INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents)
    SELECT entry_id, 1, (SELECT id FROM ledger_account WHERE kind = 'fee_expense'), payable_id,
           deliveries * amount_cents FROM priced
)
INSERT INTO accrual (delivery_id, kind, shop_id, delivered_on, rate_id, amount_cents, entry_id)
SELECT d.id, 'fee', d.shop_id, d.delivered_on, p.rate_id, p.amount_cents, p.entry_id
FROM delivery d JOIN priced p ON p.shop_id = d.shop_id AND p.delivered_on = d.delivered_on
"""


# The least that pricing costs: each delivery with its rate, summed by shop and day, nothing kept.
AGGREGATE = """
SELECT d.shop_id, d.delivered_on, count(*), sum(r.amount_cents) FROM delivery d
JOIN (SELECT s.id AS shop_id, coalesce(o.id, u.id) AS card_id FROM shop s
      LEFT JOIN rate_card o ON o.shop_id = s.id
      LEFT JOIN rate_card u ON u.station_id = s.station_id) c ON c.shop_id = d.shop_id
JOIN rate r ON r.card_id = c.card_id AND r.valid @> d.delivered_on
GROUP BY 1, 2
"""


class Longest:
    """The longest statement that went over the connection: a chunk is one, and little beside it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute, *call):
        start = time.perf_counter()
        try:
            return execute(*call)
        finally:
            self.seconds = max(self.seconds, time.perf_counter() - start)


def only_read() -> None:
    """The pure aggregate SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(AGGREGATE)
        cursor.fetchall()


def measure() -> Figure:
    """Our sweep, the bare statement, and two peers; refuses to compare unequal totals."""
    seed()
    before, longest = median_seconds(only_read), Longest()
    with connection.execute_wrapper(longest):
        ours = seconds(lambda: accrue_waiting(at=MORNING))
    aggregate = (before + median_seconds(only_read)) / 2  # a machine's pace changes meanwhile
    peak = peak_mb()
    total = totals()
    again = seconds(lambda: accrue_waiting(at=MORNING, is_full=True))
    empty()
    bare = bare_statement()
    if totals()[:2] != total[:2]:
        raise SystemExit(f"the bare statement booked {totals()}, ours {total}")
    empty()
    bulk = seconds(lambda: bulk_create(BULK_SAMPLE))
    if BULK_SAMPLE == DELIVERIES and totals()[:2] != total[:2]:
        raise SystemExit("the peer booked something else")
    empty()
    loop = seconds(lambda: loop_of_saves(LOOP_SAMPLE))
    return Figure(
        name="accrual_1m",
        unit="fees/s",
        peak_mb=peak,
        ours=DELIVERIES / ours,
        limit=DELIVERIES / bare,
        peers={"bulk_create": BULK_SAMPLE / bulk, "loop of saves": LOOP_SAMPLE / loop},
        note=(
            f"{DELIVERIES:,} deliveries of {SHOPS:,} shops in {ours:.1f} s as {total[2]:,} entries;"
            f" {ours / aggregate:.1f} times a"
            f" SELECT that only adds up, longest chunk {longest.seconds:.1f} s;"
            f" the same sweep again, nothing waiting, {again:.1f} s; limit: one statement that"
            " writes the same rows, priced beforehand, unasked; bulk_create at the same grain on"
            f" {BULK_SAMPLE:,}, a save each of entry, posting and fee on {LOOP_SAMPLE:,}"
        ),
    )


def seed() -> None:
    """Stations, shops, rates and deliveries; foreign keys rest meanwhile."""
    words = {
        "at": MORNING,
        "shops": SHOPS,
        "days": DAYS,
        "deliveries": DELIVERIES,
        "first": FIRST,
        "change": CHANGE,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in (STATIONS, SHOP_ROWS, CARDS, DELIVERY_ROWS):
            cursor.execute(statement, words)
        cursor.execute("SET session_replication_role = origin")
        for table in ("delivery", "shop", "rate", "rate_card"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    open_accounts()


def totals() -> tuple[int, int, int]:
    """Fees, cents in the books, entries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(amount_cents) FROM accrual")
        fees, accrued = cursor.fetchone()
        cursor.execute("SELECT sum(amount_cents), count(*) FROM ledger_posting")
        booked, entries = cursor.fetchone()
    if accrued != booked:
        raise SystemExit(f"fees of {accrued} cents were booked as {booked}")
    return fees, booked, entries


def empty() -> None:
    """Forget what was booked, with what refers to it; the append-only triggers rest meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        cursor.execute("SET session_replication_role = origin")


def bare_statement() -> float:
    """Seconds of the bare statement, its commit included, the pricing before it not."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(PRICED)
        cursor.execute("ANALYZE priced")
        return seconds(lambda: (cursor.execute(BARE), cursor.execute("COMMIT")))


@transaction.atomic
def bulk_create(count: int) -> None:
    """What one writes with the ORM in bulk: rates in a dictionary, one entry a shop-day."""
    own, usual = defaultdict(list), defaultdict(list)
    for rate in Rate.objects.select_related("card"):
        (own[rate.card.shop_id] if rate.card.shop_id else usual[rate.card.station_id]).append(rate)
    accounts = dict(Account.objects.filter(kind="shop_payable").values_list("shop_id", "pk"))
    expense = Account.objects.get(kind="fee_expense").pk
    shop_days = defaultdict(list)
    waiting = Delivery.objects.filter(voided_by=None, accruals=None).order_by("pk")
    fields = ("pk", "shop_id", "shop__station_id", "delivered_on")
    for pk, shop, station, day in waiting.values_list(*fields)[:count].iterator(5_000):
        shop_days[shop, station, day].append(pk)
    entries, postings, fees = [], [], []
    for (shop, station, day), ids in shop_days.items():
        cards = own.get(shop) or usual[station]
        rate = next(rate for rate in cards if in_force(rate, day))
        entry = Entry(
            source_type="fee",
            source_key=f"{shop}:{day}:{ids[0]}",
            shop_id=shop,
            booked_on=day,
            posted_at=MORNING,
        )
        entries.append((entry, shop, day, rate, ids))
    Entry.objects.bulk_create([entry for entry, *_rest in entries], batch_size=5_000)
    for entry, shop, day, rate, ids in entries:
        postings.append(
            Posting(
                entry=entry,
                debit_id=expense,
                credit_id=accounts[shop],
                amount_cents=rate.amount_cents * len(ids),
            )
        )
        fees += [
            Accrual(
                delivery_id=pk,
                kind="fee",
                shop_id=shop,
                delivered_on=day,
                rate=rate,
                amount_cents=rate.amount_cents,
                entry=entry,
            )
            for pk in ids
        ]
    Posting.objects.bulk_create(postings, batch_size=5_000)
    Accrual.objects.bulk_create(fees, batch_size=5_000)


def in_force(rate: Rate, day: dt.date) -> bool:
    """Whether a rate holds on a day."""
    first, last = rate.valid.lower, rate.valid.upper
    return (first is None or first <= day) and (last is None or day < last)


def loop_of_saves(count: int) -> None:
    """What one writes first: each delivery priced and saved in a transaction of its own."""
    expense = Account.objects.get(kind="fee_expense")
    waiting = Delivery.objects.filter(voided_by=None, accruals=None)
    for delivery in waiting.select_related("shop").order_by("pk")[:count]:
        with transaction.atomic():
            rate = rate_on(delivery.shop, delivery.delivered_on)
            entry = Entry.objects.create(
                source_type="fee",
                source_key=str(delivery.pk),
                shop=delivery.shop,
                booked_on=delivery.delivered_on,
                posted_at=MORNING,
            )
            Posting.objects.create(
                entry=entry,
                debit=expense,
                credit=Account.objects.get(kind="shop_payable", shop=delivery.shop),
                amount_cents=rate.amount_cents,
            )
            Accrual.objects.create(
                delivery=delivery,
                kind="fee",
                shop=delivery.shop,
                delivered_on=delivery.delivered_on,
                rate=rate,
                amount_cents=rate.amount_cents,
                entry=entry,
            )
