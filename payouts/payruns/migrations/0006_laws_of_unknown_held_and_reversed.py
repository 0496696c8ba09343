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
        ('transfer_reversal', 'unknown', 'done'), ('transfer_reversal', 'unknown', 'failed')
    ) THEN
        RAISE EXCEPTION '% may not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_moves_along_the_table';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_reversal_moves BEFORE UPDATE OF status ON transfer_reversal
    FOR EACH ROW EXECUTE FUNCTION payruns_move();
"""

APPROVED_FIRST = """
CREATE OR REPLACE FUNCTION transfer_leaves_after_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM changed t JOIN pay_run r ON r.id = t.run_id
        WHERE t.status IN ('ready', 'sending', 'unknown', 'on_hold', 'sent', 'settled')
          AND r.status NOT IN ('approved', 'sending', 'confirming', 'done')
    ) THEN
        RAISE EXCEPTION 'nothing leaves before its run is approved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_leaves_after_approval';
    END IF;
    RETURN NULL;
END $$;
"""

FROZEN = """
CREATE OR REPLACE FUNCTION transfer_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.run_id, NEW.shop_id, NEW.amount_cents, NEW.key, NEW.gateway, NEW.payee_reference)
        IS DISTINCT FROM
        (OLD.run_id, OLD.shop_id, OLD.amount_cents, OLD.key, OLD.gateway, OLD.payee_reference)
    THEN
        RAISE EXCEPTION 'transfer is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.key_version <> OLD.key_version AND NOT (
        NEW.key_version = OLD.key_version + 1 AND OLD.status IN ('sending', 'unknown')
        AND NEW.status IN ('ready', 'on_hold')
    ) THEN
        RAISE EXCEPTION 'a key is replaced only when its try is proved to have moved nothing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_key_replaced_after_proof';
    END IF;
    RETURN NEW;
END $$;
"""

# What a transfer may claim is told by the table of moves: a new kind of earning is one row.
ITEMS = """
CREATE OR REPLACE FUNCTION transfer_item_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh JOIN transfer t ON t.id = fresh.transfer_id
        JOIN pay_run r ON r.id = t.run_id WHERE r.snapshot <> ''
    ) THEN
        RAISE EXCEPTION 'the run is frozen'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'nothing_joins_a_frozen_run';
    END IF;
    IF EXISTS (
        SELECT FROM fresh JOIN transfer t ON t.id = fresh.transfer_id
        JOIN ledger_entry e ON e.id = fresh.entry_id
        LEFT JOIN ledger_move m ON m.source = e.source_type AND m.is_earning
        WHERE e.shop_id <> t.shop_id OR m.source IS NULL
    ) THEN
        RAISE EXCEPTION 'a transfer pays what its own shop earned'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_item_of_its_own_shop';
    END IF;
    RETURN NULL;
END $$;
"""

ADDS_UP = """
CREATE OR REPLACE FUNCTION pay_run_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'approved' AND EXISTS (
        SELECT FROM transfer t LEFT JOIN transfer_item i
            ON i.transfer_id = t.id AND i.released_at IS NULL
        WHERE t.run_id = NEW.id AND t.status NOT IN ('failed', 'cancelled')
        GROUP BY t.id, t.amount_cents
        HAVING t.amount_cents IS DISTINCT FROM sum(i.amount_cents)
    ) THEN
        RAISE EXCEPTION 'a transfer differs from its items'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_is_the_sum_of_its_items';
    END IF;
    IF NEW.status = 'confirming' AND EXISTS (
        SELECT FROM transfer WHERE run_id = NEW.id
            AND status IN ('pending', 'ready', 'sending', 'unknown')
    ) OR NEW.status = 'done' AND EXISTS (
        SELECT FROM transfer WHERE run_id = NEW.id AND status NOT IN ('settled', 'failed')
    ) THEN
        RAISE EXCEPTION 'a transfer is not finished'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pay_run_ends_after_its_transfers';
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION pay_run_adds_up() SET enable_nestloop = off;
"""

REVERSALS = """
CREATE FUNCTION transfer_reversal_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.transfer_id, NEW.amount_cents, NEW.key, NEW.reason, NEW.asked_at, NEW.asked_by_id)
        IS DISTINCT FROM
        (OLD.transfer_id, OLD.amount_cents, OLD.key, OLD.reason, OLD.asked_at, OLD.asked_by_id)
        OR OLD.status IN ('done', 'failed')
    THEN
        RAISE EXCEPTION 'transfer_reversal is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION transfer_reversal_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM transfer t JOIN transfer_reversal r ON r.transfer_id = t.id
        WHERE t.id = NEW.transfer_id AND r.status <> 'failed'
        GROUP BY t.id HAVING sum(r.amount_cents) > t.amount_cents
            OR t.status NOT IN ('sent', 'settled')
    ) THEN
        RAISE EXCEPTION 'no more comes back than was sent'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_reversal_within_what_was_sent';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfer_reversal_frozen BEFORE UPDATE ON transfer_reversal
    FOR EACH ROW EXECUTE FUNCTION transfer_reversal_frozen();
CREATE TRIGGER transfer_reversal_within AFTER INSERT ON transfer_reversal
    FOR EACH ROW EXECUTE FUNCTION transfer_reversal_within();
CREATE TRIGGER transfer_reversal_kept BEFORE DELETE ON transfer_reversal
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER provider_gap_kept BEFORE DELETE ON provider_gap
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payruns", "0005_unknown_held_and_reversed"),
        ("ledger", "0005_moves_are_a_table"),
    ]

    operations = [
        migrations.RunSQL(MOVES, "DROP TRIGGER transfer_reversal_moves ON transfer_reversal"),
        migrations.RunSQL(APPROVED_FIRST, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
        migrations.RunSQL(ITEMS, migrations.RunSQL.noop),
        migrations.RunSQL(ADDS_UP, migrations.RunSQL.noop),
        migrations.RunSQL(
            REVERSALS,
            """
            DROP TRIGGER provider_gap_kept ON provider_gap;
            DROP TRIGGER transfer_reversal_kept ON transfer_reversal;
            DROP TRIGGER transfer_reversal_within ON transfer_reversal;
            DROP TRIGGER transfer_reversal_frozen ON transfer_reversal;
            DROP FUNCTION transfer_reversal_within();
            DROP FUNCTION transfer_reversal_frozen();
            """,
        ),
    ]
