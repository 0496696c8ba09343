import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A foreign key queues a check for every row, also for one without a key; a feed's events have
# neither shop nor, often, person, and the two checks took a twentieth of loading it. These do the
# same for the rows that have a key: at commit, holding the row against removal, as PostgreSQL's do.
KEYS = """
CREATE FUNCTION package_event_key_exists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.shop_id IS NOT NULL THEN
        PERFORM FROM shop WHERE id = NEW.shop_id FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'event % has an unknown shop', NEW.id
                USING ERRCODE = 'foreign_key_violation';
        END IF;
    END IF;
    IF NEW.by_id IS NOT NULL THEN
        PERFORM FROM person WHERE id = NEW.by_id FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'event % is by an unknown person', NEW.id
                USING ERRCODE = 'foreign_key_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER package_event_keys_exist AFTER INSERT ON package_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.shop_id IS NOT NULL OR NEW.by_id IS NOT NULL)
    EXECUTE FUNCTION package_event_key_exists();

CREATE FUNCTION package_event_keeps_its_shop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM package_event WHERE shop_id = OLD.id) THEN
        RAISE EXCEPTION 'a shop of events is never deleted' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION package_event_keeps_its_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM package_event WHERE by_id = OLD.id) THEN
        RAISE EXCEPTION 'a person of events is never deleted'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER package_event_keeps_its_shop AFTER DELETE OR UPDATE OF id ON shop
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION package_event_keeps_its_shop();
CREATE CONSTRAINT TRIGGER package_event_keeps_its_person AFTER DELETE OR UPDATE OF id ON person
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION package_event_keeps_its_person();
"""
NO_KEYS = """
DROP TRIGGER package_event_keeps_its_person ON person;
DROP TRIGGER package_event_keeps_its_shop ON shop;
DROP TRIGGER package_event_keys_exist ON package_event;
DROP FUNCTION package_event_keeps_its_person();
DROP FUNCTION package_event_keeps_its_shop();
DROP FUNCTION package_event_key_exists();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("packages", "0016_amended_events_stay"),
        ("shops", "0003_busy_hours_are_whole"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="packageevent",
            name="shop",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="shops.shop",
            ),
        ),
        migrations.AlterField(
            model_name="packageevent",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
    ]
