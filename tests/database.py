"""Puts the test database back as the migrations left it, after a test that really committed.

Django's own way (TRUNCATE by `flush`) is refused by the append-only tables and would lose the
rows that migrations wrote. The copy of those rows lives in the schema `seed`, so that it survives
between runs (`--reuse-db`) and a run that was killed does not leave its dirt to the next.
"""

from django.db import connection, transaction


def remember() -> None:
    """Keep a copy of the migrations' rows, or start from the copy when it is still current."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(id) FROM django_migrations")
        current = "{}-{}".format(*cursor.fetchone())
        cursor.execute("SELECT obj_description(to_regnamespace('seed'), 'pg_namespace')")
        if cursor.fetchone()[0] == current:
            restore()
            return
        with transaction.atomic():
            cursor.execute("DROP SCHEMA IF EXISTS seed CASCADE")
            cursor.execute("CREATE SCHEMA seed")
            for table in _tables():
                # When it came by would decide how queries of later tests are planned.
                cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = off)')
                cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
                if cursor.fetchone()[0]:
                    cursor.execute(f'CREATE TABLE seed."{table}" AS TABLE "{table}"')
            cursor.execute(f"COMMENT ON SCHEMA seed IS '{current}'")


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
