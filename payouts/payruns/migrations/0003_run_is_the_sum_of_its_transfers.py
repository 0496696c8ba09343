from django.db import migrations

SUM = """
CREATE FUNCTION pay_run_is_the_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'approved' AND NOT EXISTS (
        SELECT FROM (
            SELECT count(*) AS shops, coalesce(sum(amount_cents), 0) AS cents
            FROM transfer WHERE run_id = NEW.id
        ) t WHERE t.shops = NEW.shops AND t.cents = NEW.cents
    ) THEN
        RAISE EXCEPTION 'a run differs from its transfers'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pay_run_is_the_sum_of_its_transfers';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pay_run_is_the_sum AFTER UPDATE OF status ON pay_run
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pay_run_is_the_sum();
"""

# What 0002 creates, for databases that ran an earlier wording of it.
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
        SELECT FROM transfer WHERE run_id = NEW.id AND status IN ('pending', 'ready', 'sending')
    ) OR NEW.status = 'done' AND EXISTS (
        SELECT FROM transfer WHERE run_id = NEW.id AND status NOT IN ('settled', 'failed')
    ) THEN
        RAISE EXCEPTION 'a transfer is not finished'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pay_run_ends_after_its_transfers';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payruns", "0002_laws")]

    operations = [
        migrations.RunSQL(ADDS_UP, migrations.RunSQL.noop),
        migrations.RunSQL(
            SUM,
            "DROP TRIGGER pay_run_is_the_sum ON pay_run; DROP FUNCTION pay_run_is_the_sum();",
        ),
    ]
