from django.db import migrations

MOVES = """
CREATE FUNCTION payruns_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (TG_TABLE_NAME, OLD.status, NEW.status) NOT IN (
        ('pay_run', 'drafted', 'approved'), ('pay_run', 'drafted', 'cancelled'),
        ('pay_run', 'approved', 'sending'), ('pay_run', 'approved', 'cancelled'),
        ('pay_run', 'sending', 'confirming'), ('pay_run', 'confirming', 'done'),
        ('transfer', 'pending', 'ready'), ('transfer', 'pending', 'cancelled'),
        ('transfer', 'ready', 'sending'), ('transfer', 'ready', 'cancelled'),
        ('transfer', 'sending', 'ready'), ('transfer', 'sending', 'sent'),
        ('transfer', 'sending', 'failed'), ('transfer', 'sent', 'settled')
    ) THEN
        RAISE EXCEPTION '% may not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_moves_along_the_table';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pay_run_moves BEFORE UPDATE OF status ON pay_run
    FOR EACH ROW EXECUTE FUNCTION payruns_move();
CREATE TRIGGER transfer_moves BEFORE UPDATE OF status ON transfer
    FOR EACH ROW EXECUTE FUNCTION payruns_move();
"""

APPROVED_FIRST = """
CREATE FUNCTION transfer_leaves_after_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM changed t JOIN pay_run r ON r.id = t.run_id
        WHERE t.status IN ('ready', 'sending', 'sent', 'settled')
          AND r.status NOT IN ('approved', 'sending', 'confirming', 'done')
    ) THEN
        RAISE EXCEPTION 'nothing leaves before its run is approved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_leaves_after_approval';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfer_leaves_after_approval AFTER UPDATE ON transfer
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION transfer_leaves_after_approval();
"""

FROZEN = """
CREATE FUNCTION pay_run_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.snapshot <> '' AND
        (NEW.through, NEW.shops, NEW.cents, NEW.snapshot, NEW.drafted_at, NEW.drafted_by_id)
        IS DISTINCT FROM
        (OLD.through, OLD.shops, OLD.cents, OLD.snapshot, OLD.drafted_at, OLD.drafted_by_id)
        OR OLD.approved_by_id IS NOT NULL AND
        (NEW.approved_by_id, NEW.approved_at, NEW.approved_snapshot)
        IS DISTINCT FROM
        (OLD.approved_by_id, OLD.approved_at, OLD.approved_snapshot)
    THEN
        RAISE EXCEPTION 'pay_run is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION transfer_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.run_id, NEW.shop_id, NEW.amount_cents, NEW.key, NEW.gateway, NEW.payee_reference)
        IS DISTINCT FROM
        (OLD.run_id, OLD.shop_id, OLD.amount_cents, OLD.key, OLD.gateway, OLD.payee_reference)
    THEN
        RAISE EXCEPTION 'transfer is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION transfer_item_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.released_at IS NOT NULL OR (NEW.transfer_id, NEW.entry_id, NEW.amount_cents)
        IS DISTINCT FROM (OLD.transfer_id, OLD.entry_id, OLD.amount_cents)
    THEN
        RAISE EXCEPTION 'transfer_item is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pay_run_frozen BEFORE UPDATE ON pay_run
    FOR EACH ROW EXECUTE FUNCTION pay_run_frozen();
CREATE TRIGGER transfer_frozen BEFORE UPDATE ON transfer
    FOR EACH ROW EXECUTE FUNCTION transfer_frozen();
CREATE TRIGGER transfer_item_frozen BEFORE UPDATE ON transfer_item
    FOR EACH ROW EXECUTE FUNCTION transfer_item_frozen();
"""

NOTHING_JOINS = """
CREATE FUNCTION nothing_joins_a_frozen_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh JOIN pay_run r ON r.id = fresh.run_id WHERE r.snapshot <> '') THEN
        RAISE EXCEPTION 'the run is frozen'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'nothing_joins_a_frozen_run';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION transfer_item_fits() RETURNS trigger LANGUAGE plpgsql AS $$
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
        WHERE e.shop_id <> t.shop_id OR e.source_type NOT IN ('fee', 'fee_reversed')
    ) THEN
        RAISE EXCEPTION 'a transfer pays what its own shop earned'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_item_of_its_own_shop';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfer_joins AFTER INSERT ON transfer REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION nothing_joins_a_frozen_run();
CREATE TRIGGER held_shop_joins AFTER INSERT ON held_shop REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION nothing_joins_a_frozen_run();
CREATE TRIGGER transfer_item_fits AFTER INSERT ON transfer_item REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION transfer_item_fits();
"""

KEPT = """
CREATE TRIGGER pay_run_kept BEFORE DELETE ON pay_run
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER transfer_kept BEFORE DELETE ON transfer
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER transfer_item_kept BEFORE DELETE ON transfer_item
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER held_shop_kept BEFORE UPDATE OR DELETE ON held_shop
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
"""

ADDS_UP = """
CREATE FUNCTION pay_run_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
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
        SELECT FROM transfer WHERE run_id = NEW.id AND status IN ('pending', 'ready', 'sending')
    ) OR NEW.status = 'done' AND EXISTS (
        SELECT FROM transfer WHERE run_id = NEW.id AND status NOT IN ('settled', 'failed')
    ) THEN
        RAISE EXCEPTION 'a transfer is not finished'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pay_run_ends_after_its_transfers';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pay_run_adds_up AFTER UPDATE OF status ON pay_run
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pay_run_adds_up();
"""


class Migration(migrations.Migration):
    dependencies = [("payruns", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            MOVES,
            """
            DROP TRIGGER pay_run_moves ON pay_run;
            DROP TRIGGER transfer_moves ON transfer;
            DROP FUNCTION payruns_move();
            """,
        ),
        migrations.RunSQL(
            APPROVED_FIRST,
            """
            DROP TRIGGER transfer_leaves_after_approval ON transfer;
            DROP FUNCTION transfer_leaves_after_approval();
            """,
        ),
        migrations.RunSQL(
            FROZEN,
            """
            DROP TRIGGER pay_run_frozen ON pay_run;
            DROP TRIGGER transfer_frozen ON transfer;
            DROP TRIGGER transfer_item_frozen ON transfer_item;
            DROP FUNCTION pay_run_frozen();
            DROP FUNCTION transfer_frozen();
            DROP FUNCTION transfer_item_frozen();
            """,
        ),
        migrations.RunSQL(
            NOTHING_JOINS,
            """
            DROP TRIGGER transfer_joins ON transfer;
            DROP TRIGGER held_shop_joins ON held_shop;
            DROP TRIGGER transfer_item_fits ON transfer_item;
            DROP FUNCTION nothing_joins_a_frozen_run();
            DROP FUNCTION transfer_item_fits();
            """,
        ),
        migrations.RunSQL(
            KEPT,
            """
            DROP TRIGGER pay_run_kept ON pay_run;
            DROP TRIGGER transfer_kept ON transfer;
            DROP TRIGGER transfer_item_kept ON transfer_item;
            DROP TRIGGER held_shop_kept ON held_shop;
            """,
        ),
        migrations.RunSQL(
            ADDS_UP,
            "DROP TRIGGER pay_run_adds_up ON pay_run; DROP FUNCTION pay_run_adds_up();",
        ),
    ]
