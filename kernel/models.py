"""What tables and migrations of every slice share."""

from django.db import migrations, models


class TransactionNumber(models.Func):
    """The number of the transaction that writes a row, as a column's default: it only grows, and
    one number is one transaction."""

    template = "pg_current_xact_id()::text::bigint"
    arity = 0
    output_field = models.BigIntegerField()


FORBID_CHANGE = """
CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> migrations.RunSQL:
    """A migration step after which PostgreSQL refuses UPDATE, DELETE and TRUNCATE on `table`."""
    return migrations.RunSQL(
        FORBID_CHANGE
        + f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION forbid_change();
        CREATE TRIGGER {table}_never_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
        """,
        f"""
        DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_never_truncated ON {table};
        """,
    )


def moves_along(table: str) -> migrations.RunSQL:
    """A migration step after which PostgreSQL lets `status` of `table` change only as a row of
    `{table}_move` (`source`, `target`) allows."""
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_moves() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.status <> OLD.status AND NOT EXISTS (
                SELECT FROM {table}_move WHERE source = OLD.status AND target = NEW.status
            ) THEN
                RAISE EXCEPTION '{table} may not go from % to %', OLD.status, NEW.status
                    USING ERRCODE = 'check_violation',
                        CONSTRAINT = '{table}_moves_along_the_table';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_moves BEFORE UPDATE OF status ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_moves();
        """,
        f"DROP TRIGGER {table}_moves ON {table}; DROP FUNCTION {table}_moves();",
    )


FORBID_LOSS = """
CREATE OR REPLACE FUNCTION forbid_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def never_deleted(table: str) -> migrations.RunSQL:
    """A migration step after which PostgreSQL refuses DELETE, TRUNCATE and a new `id` on `table`,
    so that what refers to a row may rely on it without a foreign key."""
    return migrations.RunSQL(
        FORBID_LOSS
        + f"""
        CREATE TRIGGER {table}_never_deleted BEFORE DELETE OR UPDATE OF id ON {table}
            FOR EACH ROW EXECUTE FUNCTION forbid_loss();
        CREATE TRIGGER {table}_never_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION forbid_loss();
        """,
        f"""
        DROP TRIGGER {table}_never_deleted ON {table};
        DROP TRIGGER {table}_never_truncated ON {table};
        """,
    )
