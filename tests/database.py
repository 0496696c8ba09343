"""The test database: a copy of the one that the migrations made, put back as they left it after a
test that really committed.

Migrating takes half a minute, copying half a second; so the first process of the first run
migrates, and every other copies its template. Django's own way of cleaning (TRUNCATE by `flush`) is
refused by the append-only tables and would lose the rows that migrations wrote: those are kept in
the schema `seed`.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

ROOT = Path(__file__).parent.parent
PACKAGES = ("kernel", "hubshops", "payouts", "portal")
LOCK = 7_410_512  # one number for everybody who makes or copies a template


def make_ready() -> None:
    """A database for this process alone, as the migrations leave it."""
    name, template = connection.creation._get_test_db_name(), template_name()
    with server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template_of_tests_%'")
        kept = {row[0] for row in cursor.fetchall()}
        if template in kept:
            copy(cursor, template, name)
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
            return
        for stale in sorted(kept):
            cursor.execute(f'DROP DATABASE IF EXISTS "{stale}"')
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        remember()
        connection.close()
        copy(cursor, name, template)


def template_name() -> str:
    """A name that changes with what migrations say and read, and with the packages."""
    files = [ROOT / "requirements.txt", Path(__file__)]
    for package in PACKAGES:
        files += [file for file in sorted((ROOT / package).rglob("*")) if _decides(file)]
    told = hashlib.sha256()
    for file in files:
        told.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return f"template_of_tests_{told.hexdigest()[:16]}"


def _decides(file: Path) -> bool:
    """Whether a file may change what a migrated database holds: migrations, and what is no code."""
    is_code = file.suffix in {".py", ".pyc"}
    return file.is_file() and (not is_code or file.match("migrations/*.py"))


@contextmanager
def server() -> Iterator[CursorWrapper]:
    """The server beside Django's own connection; one process at a time."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield cursor


def copy(cursor: CursorWrapper, source: str, target: str) -> None:
    """Make one database anew as a copy of another that nobody uses."""
    cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def remember() -> None:
    """Keep a copy of the migrations' rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA seed")
        for table in _tables():
            # When it came by would decide how queries of later tests are planned.
            cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = off)')
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE seed."{table}" AS TABLE "{table}"')


def restore() -> None:
    """Empty every table that has rows, fill the seeded ones again where they differ, and count ids
    from the start; triggers and foreign keys rest meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")
        cursor.execute("SET LOCAL session_replication_role = replica")
        seeded = _seeded(cursor)
        touched = [*_filled(cursor, set(_tables()) - set(seeded)), *_changed(cursor, seeded)]
        for table in touched:
            cursor.execute(f'DELETE FROM "{table}"')
        cursor.execute(COUNT_FROM_THE_START)
        for table in seeded:
            _refill(cursor, table, is_empty=table in touched)
    _forget_the_dead(touched)


COUNT_FROM_THE_START = """
SELECT setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), 1, false)
FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


def _forget_the_dead(tables: list[str]) -> None:
    """Give back the room of what was deleted, and forget that it was: how large a table is known to
    be decides how it is queried."""
    if not tables:
        return
    names = ", ".join(f'"{table}"' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {names}")
        cursor.execute(
            "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relname = ANY(%s)"
            " AND relnamespace = 'public'::regnamespace",
            [tables],
        )


def _seeded(cursor) -> list[str]:
    """The tables with rows that migrations wrote."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'seed' ORDER BY 1")
    return [table for (table,) in cursor.fetchall()]


def _filled(cursor, tables: set[str]) -> list[str]:
    """Those of the tables that have a row."""
    return _true(cursor, {table: f'EXISTS (SELECT FROM "{table}")' for table in sorted(tables)})


def _changed(cursor, tables: list[str]) -> list[str]:
    """Those of the seeded tables whose rows are not the seed's any more."""
    differs = """(SELECT array_agg(x::text ORDER BY x::text) FROM {0} x)
        IS DISTINCT FROM (SELECT array_agg(x::text ORDER BY x::text) FROM {1} x)"""
    return _true(
        cursor, {table: differs.format(f'"{table}"', f'seed."{table}"') for table in tables}
    )


def _true(cursor, questions: dict[str, str]) -> list[str]:
    """The names of the conditions that hold, asked in one query."""
    if not questions:
        return []
    cursor.execute("SELECT " + ", ".join(questions.values()))
    return [name for name, holds in zip(questions, cursor.fetchone(), strict=True) if holds]


def _refill(cursor, table: str, *, is_empty: bool) -> None:
    if is_empty:
        cursor.execute(
            f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE SELECT * FROM seed."{table}"'
        )
    cursor.execute(
        "SELECT attname, pg_get_serial_sequence(quote_ident(%s), attname) FROM pg_attribute"
        " WHERE attrelid = quote_ident(%s)::regclass AND attidentity <> ''",
        [table, table],
    )
    for column, sequence in cursor.fetchall():
        cursor.execute(f'SELECT setval(%s, (SELECT max("{column}") FROM "{table}"))', [sequence])


def _tables() -> list[str]:
    """Every table of ours but the record of migrations."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename <> 'django_migrations' ORDER BY tablename"
        )
        return [row[0] for row in cursor.fetchall()]
