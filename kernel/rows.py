"""Rows of a query written by hand, as dictionaries."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper


def rows(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
    """Run one SELECT (or a statement with RETURNING) and give its rows, column name → value."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def bound_cursor() -> Iterator[CursorWrapper]:
    """A cursor whose parameters travel beside the statement and not in it: for statements with long
    lists, of which quoting is a third of the work. Their types have to be named (`%s::bigint[]`).
    It is logged and counted as any other."""
    connection.ensure_connection()
    raw = psycopg.Cursor(connection.connection)
    with connection._prepare_cursor(raw) as cursor:  # type: ignore[attr-defined]
        yield cursor


def as_array(values: Sequence[Any]) -> str:
    """A list in PostgreSQL's own spelling of arrays, for a parameter with a type (`%s::bigint[]`):
    several times faster than the driver's way, one value after the other. All of nothing is an
    empty list, which `unnest` fills up beside longer ones."""
    first = next((one for one in values if one is not None), None)
    if first is None:
        return "{}"
    spelt = quoted if isinstance(first, str | dt.datetime) else str
    return "{" + ",".join(["NULL" if one is None else spelt(one) for one in values]) + "}"


def quoted(value: object) -> str:
    """A value between quotation marks, as it stands in an array."""
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


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


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Whatever is read inside is of one moment, and nothing is written: for figures that have to
    agree while others go on booking. Inside of a transaction that began before, it changes nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
