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
    """Empty every table, then fill the seeded ones again; user triggers rest meanwhile."""
    tables = _tables()
    names = ", ".join(f'"{table}"' for table in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")
        guarded = _guarded()
        for table in guarded:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'seed'")
        for (table,) in cursor.fetchall():
            _refill(cursor, table)
        # Foreign keys are checked at the end; a table with checks waiting can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in guarded:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def _refill(cursor, table: str) -> None:
    cursor.execute(f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE SELECT * FROM seed."{table}"')
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


def _guarded() -> list[str]:
    """Tables with triggers of their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT t.tgisinternal AND n.nspname = 'public'"
        )
        return [row[0] for row in cursor.fetchall()]
