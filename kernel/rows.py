"""Rows of a query written by hand, as dictionaries."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection


def rows(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
    """Run one SELECT (or a statement with RETURNING) and give its rows, column name → value."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
