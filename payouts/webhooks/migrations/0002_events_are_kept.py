from django.db import migrations

FROZEN = """
CREATE FUNCTION provider_event_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.reference, NEW.kind, NEW.object_reference, NEW.account_reference, NEW.made_at)
        IS DISTINCT FROM
        (OLD.reference, OLD.kind, OLD.object_reference, OLD.account_reference, OLD.made_at)
        OR NEW.deliveries < OLD.deliveries
    THEN
        RAISE EXCEPTION 'provider_event is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER provider_event_frozen BEFORE UPDATE ON provider_event
    FOR EACH ROW EXECUTE FUNCTION provider_event_frozen();
CREATE TRIGGER provider_event_kept BEFORE DELETE ON provider_event
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial"), ("providers", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            FROZEN,
            """
            DROP TRIGGER provider_event_kept ON provider_event;
            DROP TRIGGER provider_event_frozen ON provider_event;
            DROP FUNCTION provider_event_frozen();
            """,
        ),
    ]
