from django.db import migrations

from kernel.models import append_only

FOLLOWS = """
CREATE FUNCTION shop_ramp_follows_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ramp_cap IS DISTINCT FROM (
        SELECT CASE WHEN is_last THEN NULL ELSE cap END FROM cap_step
        WHERE shop_id = NEW.id ORDER BY id DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'the cap of a new shop changes by a step that is kept'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shop_ramp_follows_its_steps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shop_ramp_follows_its_steps BEFORE UPDATE OF ramp_cap ON shop
    FOR EACH ROW WHEN (NEW.ramp_cap IS DISTINCT FROM OLD.ramp_cap)
    EXECUTE FUNCTION shop_ramp_follows_its_steps();
CREATE TRIGGER shop_opens_without_a_ramp BEFORE INSERT ON shop
    FOR EACH ROW WHEN (NEW.ramp_cap IS NOT NULL)
    EXECUTE FUNCTION shop_ramp_follows_its_steps();
"""
BACK = """
DROP TRIGGER shop_ramp_follows_its_steps ON shop;
DROP TRIGGER shop_opens_without_a_ramp ON shop;
DROP FUNCTION shop_ramp_follows_its_steps();
"""


class Migration(migrations.Migration):
    dependencies = [("shops", "0010_growing_into_the_cap")]

    operations = [append_only("cap_step"), migrations.RunSQL(FOLLOWS, BACK)]
