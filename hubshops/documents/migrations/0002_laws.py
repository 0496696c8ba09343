from django.db import migrations

from kernel.models import append_only, never_deleted

MOVES = {
    "requested": "uploaded",
    "uploaded": "under_review",
    "under_review": "valid rejected",
    "rejected": "uploaded",
    "valid": "expiring expired",
    "expiring": "expired",
}

FOLLOWS = """
CREATE FUNCTION document_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND NOT EXISTS (
        SELECT FROM document_move WHERE source = OLD.status AND target = NEW.status
    ) THEN
        RAISE EXCEPTION 'a document may not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'document_moves_along_the_table';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_moves BEFORE UPDATE OF status ON document
    FOR EACH ROW EXECUTE FUNCTION document_moves();
"""
BACK = "DROP TRIGGER document_moves ON document; DROP FUNCTION document_moves();"


def fill(apps, schema_editor):
    """The moves as they are on this day."""
    move = apps.get_model("documents", "DocumentMove")
    move.objects.bulk_create(
        move(source=source, target=target)
        for source, targets in MOVES.items()
        for target in targets.split()
    )


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        append_only("document_move"),
        append_only("document_step"),
        append_only("document_reminder"),
        append_only("document_look"),
        append_only("document_page"),
        never_deleted("dossier"),
        never_deleted("document"),
        never_deleted("document_upload"),
        migrations.RunSQL(FOLLOWS, BACK),
    ]
