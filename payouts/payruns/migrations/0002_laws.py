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

FROZEN = """
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
CREATE TRIGGER transfer_frozen BEFORE UPDATE ON transfer
    FOR EACH ROW EXECUTE FUNCTION transfer_frozen();
CREATE TRIGGER transfer_item_frozen BEFORE UPDATE ON transfer_item
    FOR EACH ROW EXECUTE FUNCTION transfer_item_frozen();
"""

ADDS_UP = """
CREATE FUNCTION pay_run_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'approved' AND EXISTS (
        SELECT FROM transfer t LEFT JOIN transfer_item i
            ON i.transfer_id = t.id AND i.released_at IS NULL
        WHERE t.run_id = NEW.id
        GROUP BY t.id, t.amount_cents
        HAVING t.amount_cents IS DISTINCT FROM sum(i.amount_cents)
    ) THEN
        RAISE EXCEPTION 'a transfer differs from its items'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_is_the_sum_of_its_items';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pay_run_adds_up AFTER UPDATE OF status ON pay_run
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pay_run_adds_up();
"""


class Migration(migrations.Migration):
    dependencies = [("payruns", "0001_initial")]

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
            FROZEN,
            """
            DROP TRIGGER transfer_frozen ON transfer;
            DROP TRIGGER transfer_item_frozen ON transfer_item;
            DROP FUNCTION transfer_frozen();
            DROP FUNCTION transfer_item_frozen();
            """,
        ),
        migrations.RunSQL(
            ADDS_UP,
            "DROP TRIGGER pay_run_adds_up ON pay_run; DROP FUNCTION pay_run_adds_up();",
        ),
    ]
