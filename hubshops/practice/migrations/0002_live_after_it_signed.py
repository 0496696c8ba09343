from django.db import migrations

LAW = """
CREATE FUNCTION shop_live_after_it_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM application WHERE shop_id = NEW.id AND status IN ('approved', 'agreement_sent')
    ) THEN
        RAISE EXCEPTION 'a shop that did not sign its agreement gets no packages'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shop_live_after_it_signed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shop_live_after_it_signed BEFORE UPDATE OF status ON shop
    FOR EACH ROW WHEN (NEW.status = 'live' AND OLD.status = 'preparing')
    EXECUTE FUNCTION shop_live_after_it_signed();
"""
BACK = "DROP TRIGGER shop_live_after_it_signed ON shop; DROP FUNCTION shop_live_after_it_signed();"


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0001_initial"),
        ("applications", "0009_steps_after_the_yes"),
        ("shops", "0011_ramp_follows_its_steps"),
    ]

    operations = [migrations.RunSQL(LAW, BACK)]
