from django.db import migrations

from kernel.models import append_only

MOVES = {
    "draft": "submitted waitlisted withdrawn expired",
    "submitted": "screening info_needed approved declined withdrawn waitlisted",
    "screening": "info_needed checks_running approved declined withdrawn waitlisted",
    "info_needed": "screening approved declined withdrawn waitlisted expired",
    "checks_running": "approved pre_adverse declined withdrawn",
    "pre_adverse": "checks_running declined withdrawn",
    "approved": "agreement_sent withdrawn expired",
    "agreement_sent": "agreement_signed withdrawn expired",
    "agreement_signed": "practice withdrawn expired",
    "practice": "live withdrawn expired",
    "waitlisted": "screening declined withdrawn",
    "declined": "screening",
}

FOLLOWS = """
CREATE FUNCTION application_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND NOT EXISTS (
        SELECT FROM application_move WHERE source = OLD.status AND target = NEW.status
    ) THEN
        RAISE EXCEPTION 'an application may not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'application_moves_along_the_table';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_moves BEFORE UPDATE OF status ON application
    FOR EACH ROW EXECUTE FUNCTION application_moves();
"""
BACK = "DROP TRIGGER application_moves ON application; DROP FUNCTION application_moves();"


def fill(apps, schema_editor):
    """The moves as they are on this day."""
    move = apps.get_model("applications", "ApplicationMove")
    move.objects.bulk_create(
        move(source=source, target=target)
        for source, targets in MOVES.items()
        for target in targets.split()
    )


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_states_and_moves")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        append_only("application_move"),
        migrations.RunSQL(FOLLOWS, BACK),
    ]
