from django.db import migrations

SETTLED = """
CREATE FUNCTION adjustment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'proposed' OR
        (NEW.shop_id, NEW.amount_cents, NEW.reason, NEW.words, NEW.evidence, NEW.dispute_id,
         NEW.proposed_at, NEW.proposed_by_id, NEW.answer_until)
        IS DISTINCT FROM
        (OLD.shop_id, OLD.amount_cents, OLD.reason, OLD.words, OLD.evidence, OLD.dispute_id,
         OLD.proposed_at, OLD.proposed_by_id, OLD.answer_until)
    THEN
        RAISE EXCEPTION 'an adjustment stays as it was proposed and as it was settled'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'adjustment_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER adjustment_stays BEFORE UPDATE OR DELETE ON adjustment
    FOR EACH ROW EXECUTE FUNCTION adjustment_stays();

CREATE FUNCTION hold_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR
        (NEW.shop_id, NEW.amount_cents, NEW.words, NEW.placed_at, NEW.placed_by_id, NEW.until)
        IS DISTINCT FROM
        (OLD.shop_id, OLD.amount_cents, OLD.words, OLD.placed_at, OLD.placed_by_id, OLD.until)
    THEN
        RAISE EXCEPTION 'a hold stays as it was placed and as it ended'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hold_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_stays BEFORE UPDATE OR DELETE ON hold
    FOR EACH ROW EXECUTE FUNCTION hold_stays();

CREATE FUNCTION dispute_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'open' OR
        (NEW.shop_id, NEW.delivery_id, NEW.deduction_id, NEW.claimed_cents, NEW.words,
         NEW.opened_at, NEW.opened_by_id, NEW.due_at)
        IS DISTINCT FROM
        (OLD.shop_id, OLD.delivery_id, OLD.deduction_id, OLD.claimed_cents, OLD.words,
         OLD.opened_at, OLD.opened_by_id, OLD.due_at)
    THEN
        RAISE EXCEPTION 'an objection stays as it was said and as it was decided'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'dispute_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispute_stays BEFORE UPDATE OR DELETE ON dispute
    FOR EACH ROW EXECUTE FUNCTION dispute_stays();
"""
UNSETTLED = """
DROP TRIGGER dispute_stays ON dispute;
DROP TRIGGER hold_stays ON hold;
DROP TRIGGER adjustment_stays ON adjustment;
DROP FUNCTION dispute_stays();
DROP FUNCTION hold_stays();
DROP FUNCTION adjustment_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("adjustments", "0001_initial")]

    operations = [migrations.RunSQL(SETTLED, UNSETTLED)]
