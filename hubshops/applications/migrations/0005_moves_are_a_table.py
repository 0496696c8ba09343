from django.db import migrations

from kernel.models import append_only, moves_along

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
        moves_along("application"),
    ]
