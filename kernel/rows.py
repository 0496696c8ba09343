"""Rows of a query written by hand, as dictionaries."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


def rows(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
    """Run one SELECT (or a statement with RETURNING) and give its rows, column name → value."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def hashed_joins() -> Iterator[None]:
    """Join big sets by hashing inside, whatever the planner believes.

    On tables that were filled a moment ago it takes 100,000 rows for a handful and loops over
    loops: 80 s instead of 0.1 s were measured. Opens a transaction.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")
