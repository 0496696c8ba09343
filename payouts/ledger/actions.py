"""Writing the books. Every posting outside the accrual statement is written by `post`."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction

from kernel.accounts.models import User
from payouts.ledger.models import NumberSeries
from payouts.ledger.rules import MOVES, SHOP_KINDS, Kind, Source

BOOKS_LOCK = 5_100_001  # a number of our own in PostgreSQL's space of advisory locks


@dataclass(frozen=True)
class Booking:
    """One entry to write: what it books (`key` is unique a source), for whom, on which day."""

    key: str
    shop_id: int
    booked_on: dt.date
    cents: int
    memo: str = ""
    reverses_id: int | None = None


def hold_books() -> None:
    """Keep everybody else from adding or claiming earnings until this transaction ends.

    The first lock a transaction takes (`docs/money.md`). Sweeps hold it for a chunk, a draft for
    its two or three seconds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BOOKS_LOCK])


def open_accounts(kind: Kind = Kind.SHOP_PAYABLE) -> int:
    """Give every shop without one its account of this kind; how many were opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_account (kind, shop_id, currency)
            SELECT %(kind)s, s.id, 'USD' FROM shop s
            WHERE NOT EXISTS (
                SELECT FROM ledger_account a WHERE a.kind = %(kind)s AND a.shop_id = s.id
            )
            ORDER BY s.id ON CONFLICT DO NOTHING
            """,
            {"kind": str(kind)},
        )
        return cursor.rowcount


POST = """
WITH wanted AS (
    SELECT nextval((SELECT pg_get_serial_sequence('ledger_entry', 'id'))) AS entry_id, w.*
    FROM unnest(%(keys)s::text[], %(shops)s::bigint[], %(days)s::date[], %(cents)s::bigint[],
                %(memos)s::text[], %(reverses)s::bigint[])
         AS w (source_key, shop_id, booked_on, cents, memo, reverses_id)
), entry AS (
    INSERT INTO ledger_entry (id, source_type, source_key, shop_id, booked_on, memo, reverses_id,
                              posted_at, posted_by_id)
    SELECT entry_id, %(source)s, source_key, shop_id, booked_on, memo, reverses_id, %(at)s, %(by)s
    FROM wanted
)
INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents)
SELECT w.entry_id, 1, d.id, c.id, w.cents
FROM wanted w
LEFT JOIN ledger_account d
    ON d.kind = %(debit)s AND (d.shop_id = w.shop_id OR d.shop_id IS NULL)
LEFT JOIN ledger_account c
    ON c.kind = %(credit)s AND (c.shop_id = w.shop_id OR c.shop_id IS NULL)
"""


@transaction.atomic
def post(
    *, source: Source, bookings: list[Booking], at: dt.datetime, by: User | None = None
) -> int:
    """Write one entry with one posting per booking, along the move of `source`, in one statement.

    A key that is booked already is a mistake of the caller and crashes: nothing is posted twice.
    """
    if not bookings:
        return 0
    debit, credit = MOVES[source]
    for kind in {debit, credit} & set(SHOP_KINDS) - {Kind.SHOP_PAYABLE}:
        open_accounts(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            POST,
            {
                "source": str(source),
                "debit": str(debit),
                "credit": str(credit),
                "at": at,
                "by": getattr(by, "pk", None),
                "keys": [booking.key for booking in bookings],
                "shops": [booking.shop_id for booking in bookings],
                "days": [booking.booked_on for booking in bookings],
                "cents": [booking.cents for booking in bookings],
                "memos": [booking.memo for booking in bookings],
                "reverses": [booking.reverses_id for booking in bookings],
            },
        )
        return cursor.rowcount


def take_numbers(*, name: str, count: int = 1) -> int:
    """The first of `count` numbers of a series, in the caller's transaction: numbers of one that
    rolls back are given out again, so a series has no gaps. Holds the series until the end; with a
    count of 0 that is all it does."""
    NumberSeries.objects.bulk_create([NumberSeries(name=name)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(pk=name)
    first = series.last + 1
    if count:
        series.last += count
        series.save(update_fields=["last"])
    return first
