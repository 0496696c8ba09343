from django.db import migrations

from kernel.models import append_only

CLOSED = """
CREATE FUNCTION payment_file_takes_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh JOIN payment_file f ON f.id = fresh.file_id WHERE f.closed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the payment file is closed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_line_joins_an_open_file';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION payment_file_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.batch_key, NEW.made_at) IS DISTINCT FROM
        (OLD.number, OLD.batch_key, OLD.made_at)
        OR OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at
        OR OLD.confirmed_at IS NOT NULL AND
        (NEW.bank_reference, NEW.confirmed_at, NEW.confirmed_by_id) IS DISTINCT FROM
        (OLD.bank_reference, OLD.confirmed_at, OLD.confirmed_by_id)
    THEN
        RAISE EXCEPTION 'payment_file is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_line_joins AFTER INSERT ON payment_line REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION payment_file_takes_lines();
CREATE TRIGGER payment_file_frozen BEFORE UPDATE ON payment_file
    FOR EACH ROW EXECUTE FUNCTION payment_file_frozen();
CREATE TRIGGER payment_file_kept BEFORE DELETE ON payment_file
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
"""


class Migration(migrations.Migration):
    dependencies = [("providers", "0001_initial")]

    operations = [
        append_only("payment_line"),
        migrations.RunSQL(
            CLOSED,
            """
            DROP TRIGGER payment_line_joins ON payment_line;
            DROP TRIGGER payment_file_frozen ON payment_file;
            DROP TRIGGER payment_file_kept ON payment_file;
            DROP FUNCTION payment_file_takes_lines();
            DROP FUNCTION payment_file_frozen();
            """,
        ),
    ]
