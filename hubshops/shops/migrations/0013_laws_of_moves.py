from django.db import migrations

from kernel.models import append_only, moves_along

MOVES = {
    "preparing": "live offboarding",
    "live": "paused_by_shop suspended offboarding",
    "paused_by_shop": "live suspended offboarding",
    "suspended": "live paused_by_shop offboarding",
    "offboarding": "closed",
}


def fill(apps, schema_editor):
    """The moves as they are on this day."""
    move = apps.get_model("shops", "ShopMove")
    move.objects.bulk_create(
        move(source=source, target=target)
        for source, targets in MOVES.items()
        for target in targets.split()
    )


class Migration(migrations.Migration):
    dependencies = [("shops", "0012_moves")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        append_only("shop_move"),
        moves_along("shop"),
    ]
