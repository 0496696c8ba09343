"""What the books say."""

import datetime as dt
from typing import Any

from django.db import connection

from kernel.rows import rows
from payouts.ledger.models import SourceType
from payouts.ledger.rules import ADDING, EARNINGS, OF_DELIVERIES, Kind, Source

Row = dict[str, Any]

# Every posting seen from both sides: credits raise what is owed, debits lower it.
LINES = """
    SELECT credit_id AS account_id, amount_cents AS cents, entry_id FROM ledger_posting
    UNION ALL
    SELECT debit_id, -amount_cents, entry_id FROM ledger_posting
"""


def listed(sources: tuple[Source, ...]) -> str:
    """Sources as a list that SQL takes after IN."""
    return "(" + ", ".join(f"'{source}'" for source in sources) + ")"


# For statements that join `ledger_entry e` and its `ledger_posting p`: whether the entry changes
# what its shop is to be paid, and by how much.
IS_EARNING = f"e.source_type IN {listed(EARNINGS)}"
EARNING_CENTS = (
    f"CASE WHEN e.source_type IN {listed(ADDING)} THEN p.amount_cents ELSE -p.amount_cents END"
)


def trial_balance_cents() -> int:
    """The sum of all accounts: zero, or something happened behind the books' back."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(l.cents), 0)::bigint FROM ({LINES}) l "
            "JOIN ledger_account a ON a.id = l.account_id"
        )
        return cursor.fetchone()[0]


def balance_cents(kind: str) -> int:
    """What is on all accounts of one kind together: positive is owed, negative is spent."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(l.cents), 0)::bigint FROM ({LINES}) l "
            "JOIN ledger_account a ON a.id = l.account_id WHERE a.kind = %s",
            [str(kind)],
        )
        return cursor.fetchone()[0]


def payable_cents(shop_id: int) -> int:
    """What is owed to one shop now and not yet approved for payment."""
    return account_cents(shop_id, Kind.SHOP_PAYABLE)


def account_cents(shop_id: int, kind: Kind) -> int:
    """What is on one shop's account of a kind: positive is owed to the shop."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce((SELECT sum(amount_cents) FROM ledger_posting WHERE credit_id = a.id),
                            0)
                 - coalesce((SELECT sum(amount_cents) FROM ledger_posting WHERE debit_id = a.id),
                            0)
            FROM ledger_account a WHERE a.kind = %s AND a.shop_id = %s
            """,
            [str(kind), shop_id],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def payables(kind: Kind = Kind.SHOP_PAYABLE) -> dict[int, int]:
    """Shop → cents on its account of a kind (without one: owed to it and not yet approved), for all
    shops with such an account."""
    found = rows(
        f"""
        SELECT a.shop_id, coalesce(sum(l.cents), 0)::bigint AS cents
        FROM ledger_account a LEFT JOIN ({LINES}) l ON l.account_id = a.id
        WHERE a.kind = %s GROUP BY a.shop_id
        """,
        [str(kind)],
    )
    return {row["shop_id"]: row["cents"] for row in found}


def earned_by_day(*, shop_id: int, first: dt.date, last: dt.date) -> dict[dt.date, int]:
    """Booked day → cents earned (corrections taken off) by one shop, both days included."""
    found = rows(
        f"""
        SELECT e.booked_on, sum({EARNING_CENTS})::bigint AS cents
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
        WHERE e.shop_id = %s AND e.booked_on BETWEEN %s AND %s AND {IS_EARNING}
        GROUP BY e.booked_on
        """,
        [shop_id, first, last],
    )
    return {row["booked_on"]: row["cents"] for row in found}


OTHER_LINES = f"""
    SELECT e.id AS entry_id, e.source_type, e.memo, e.booked_on,
           coalesce({EARNING_CENTS}, 0)::bigint AS cents
    FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
    WHERE {IS_EARNING} AND e.source_type NOT IN {listed(OF_DELIVERIES)}
"""


def other_lines_of_day(*, shop_id: int, day: dt.date) -> list[Row]:
    """What one day's books say of a shop beside its deliveries: `source_type`, `memo`, `cents`."""
    found = rows(
        f"{OTHER_LINES} AND e.shop_id = %s AND e.booked_on = %s ORDER BY e.id", [shop_id, day]
    )
    return [in_words(row) for row in found]


def other_lines_of_entries(entry_ids: list[int]) -> list[Row]:
    """The same, of these entries."""
    found = rows(f"{OTHER_LINES} AND e.id = ANY(%s) ORDER BY e.booked_on, e.id", [entry_ids])
    return [in_words(row) for row in found]


def in_words(row: Row) -> Row:
    """A line with the words for what kind of fact it is."""
    return row | {"words": SourceType(row["source_type"]).label}
