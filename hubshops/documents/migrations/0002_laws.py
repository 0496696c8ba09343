from django.db import migrations

from kernel.models import append_only, moves_along, never_deleted

MOVES = {
    "requested": "uploaded",
    "uploaded": "under_review",
    "under_review": "valid rejected",
    "rejected": "uploaded",
    "valid": "expiring expired",
    "expiring": "expired",
}


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
        moves_along("document"),
    ]
