from django.db import migrations

MOVES = """
CREATE OR REPLACE FUNCTION payruns_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (TG_TABLE_NAME, OLD.status, NEW.status) NOT IN (
        ('pay_run', 'drafted', 'approved'), ('pay_run', 'drafted', 'cancelled'),
        ('pay_run', 'approved', 'sending'), ('pay_run', 'approved', 'cancelled'),
        ('pay_run', 'sending', 'confirming'), ('pay_run', 'confirming', 'done'),
        ('transfer', 'pending', 'ready'), ('transfer', 'pending', 'cancelled'),
        ('transfer', 'ready', 'sending'), ('transfer', 'ready', 'cancelled'),
        ('transfer', 'ready', 'sent'),
        ('transfer', 'sending', 'ready'), ('transfer', 'sending', 'sent'),
        ('transfer', 'sending', 'unknown'), ('transfer', 'sending', 'on_hold'),
        ('transfer', 'sending', 'failed'), ('transfer', 'sent', 'settled'),
        ('transfer', 'unknown', 'sent'), ('transfer', 'unknown', 'ready'),
        ('transfer', 'unknown', 'on_hold'), ('transfer', 'unknown', 'failed'),
        ('transfer', 'on_hold', 'ready'), ('transfer', 'on_hold', 'sent'),
        ('transfer', 'on_hold', 'failed'),
        ('transfer_reversal', 'ready', 'sending'), ('transfer_reversal', 'ready', 'done'),
        ('transfer_reversal', 'sending', 'done'), ('transfer_reversal', 'sending', 'unknown'),
        ('transfer_reversal', 'sending', 'failed'), ('transfer_reversal', 'unknown', 'sending'),
        ('transfer_reversal', 'unknown', 'done'), ('transfer_reversal', 'unknown', 'failed'),
        ('transfer_reversal', 'waiting', 'ready'), ('transfer_reversal', 'waiting', 'withdrawn')
    ) THEN
        RAISE EXCEPTION '% may not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_moves_along_the_table';
    END IF;
    RETURN NEW;
END $$;
"""

WITHIN = """
CREATE OR REPLACE FUNCTION transfer_reversal_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM transfer t JOIN transfer_reversal r ON r.transfer_id = t.id
        WHERE t.id = NEW.transfer_id AND r.status NOT IN ('failed', 'withdrawn')
        GROUP BY t.id HAVING sum(r.amount_cents) > t.amount_cents
            OR t.status NOT IN ('sent', 'settled')
    ) THEN
        RAISE EXCEPTION 'no more comes back than was sent'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_reversal_within_what_was_sent';
    END IF;
    RETURN NULL;
END $$;
"""

FROZEN = """
CREATE OR REPLACE FUNCTION transfer_reversal_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.transfer_id, NEW.amount_cents, NEW.key, NEW.reason, NEW.asked_at, NEW.asked_by_id)
        IS DISTINCT FROM
        (OLD.transfer_id, OLD.amount_cents, OLD.key, OLD.reason, OLD.asked_at, OLD.asked_by_id)
        OR OLD.status IN ('done', 'failed', 'withdrawn')
    THEN
        RAISE EXCEPTION 'transfer_reversal is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

# What a person asked for before this law goes its way as it was asked.
CONFIRMED = """
CREATE FUNCTION transfer_reversal_sent_after_a_second_person() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.status <> 'waiting'
        OR TG_OP = 'UPDATE' AND NEW.confirmed_at IS NULL
    THEN
        RAISE EXCEPTION 'what a person asks to take back is confirmed before it is sent'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'transfer_reversal_sent_after_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_reversal_asked_by_a_person BEFORE INSERT ON transfer_reversal FOR EACH ROW
    WHEN (NEW.asked_by_id IS NOT NULL)
    EXECUTE FUNCTION transfer_reversal_sent_after_a_second_person();
CREATE TRIGGER transfer_reversal_goes_out BEFORE UPDATE OF status ON transfer_reversal FOR EACH ROW
    WHEN (OLD.status = 'waiting' AND NEW.status = 'ready')
    EXECUTE FUNCTION transfer_reversal_sent_after_a_second_person();
"""


class Migration(migrations.Migration):
    dependencies = [("payruns", "0016_second_person_for_reversals_and_gaps")]

    operations = [
        migrations.RunSQL(MOVES, migrations.RunSQL.noop),
        migrations.RunSQL(WITHIN, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
        migrations.RunSQL(
            CONFIRMED,
            """
            DROP TRIGGER transfer_reversal_asked_by_a_person ON transfer_reversal;
            DROP TRIGGER transfer_reversal_goes_out ON transfer_reversal;
            DROP FUNCTION transfer_reversal_sent_after_a_second_person();
            """,
        ),
    ]
