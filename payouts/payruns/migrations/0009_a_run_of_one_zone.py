from django.db import migrations, models

FROZEN = """
CREATE OR REPLACE FUNCTION pay_run_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.snapshot <> '' AND
        (NEW.through, NEW.zone, NEW.shops, NEW.cents, NEW.snapshot, NEW.drafted_at,
         NEW.drafted_by_id)
        IS DISTINCT FROM
        (OLD.through, OLD.zone, OLD.shops, OLD.cents, OLD.snapshot, OLD.drafted_at,
         OLD.drafted_by_id)
        OR OLD.approved_by_id IS NOT NULL AND
        (NEW.approved_by_id, NEW.approved_at, NEW.approved_snapshot)
        IS DISTINCT FROM
        (OLD.approved_by_id, OLD.approved_at, OLD.approved_snapshot)
    THEN
        RAISE EXCEPTION 'pay_run is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

FROZEN_BEFORE = """
CREATE OR REPLACE FUNCTION pay_run_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""

OWN_ZONE = """
CREATE FUNCTION transfer_in_its_zone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh t JOIN pay_run r ON r.id = t.run_id AND r.zone <> ''
        JOIN shop s ON s.id = t.shop_id JOIN station n ON n.id = s.station_id
        WHERE n.zone <> r.zone
    ) THEN
        RAISE EXCEPTION 'a run of a zone pays shops of that zone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_in_the_zone_of_its_run';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfer_in_its_zone AFTER INSERT ON transfer REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION transfer_in_its_zone();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payruns", "0008_a_week_drafted_by_the_calendar"),
        ("shops", "0001_initial"),
        ("stations", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="payrun",
            name="zone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="the time zone whose shops it pays; empty: all",
                max_length=40,
            ),
        ),
        migrations.RemoveConstraint(
            model_name="payrun", name="pay_run_of_the_calendar_once_a_week"
        ),
        migrations.AddConstraint(
            model_name="payrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_weekly", True)),
                fields=("zone", "through"),
                name="pay_run_of_the_calendar_once_a_zone_and_week",
            ),
        ),
        migrations.RunSQL(FROZEN, FROZEN_BEFORE),
        migrations.RunSQL(
            OWN_ZONE,
            "DROP TRIGGER transfer_in_its_zone ON transfer; DROP FUNCTION transfer_in_its_zone();",
        ),
    ]
