from django.db import migrations

STAYS_OPEN = """
CREATE FUNCTION payment_file_stays_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payments_stop WHERE ended_at IS NULL) THEN
        RAISE EXCEPTION 'no payment file is closed while payments are stopped'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_file_open_while_stopped';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_file_stays_open BEFORE UPDATE OF closed_at ON payment_file
    FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL)
    EXECUTE FUNCTION payment_file_stays_open();
"""


class Migration(migrations.Migration):
    dependencies = [("providers", "0009_the_stop_of_all_payments")]

    operations = [
        migrations.RunSQL(
            STAYS_OPEN,
            """
            DROP TRIGGER payment_file_stays_open ON payment_file;
            DROP FUNCTION payment_file_stays_open();
            """,
        ),
    ]
