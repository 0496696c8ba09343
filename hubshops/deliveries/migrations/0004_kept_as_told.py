from django.db import migrations

from kernel.models import append_only, never_deleted


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0003_phones_proofs_and_days")]

    operations = [
        append_only("conflict"),
        append_only("stray_act"),
        append_only("day_close"),
        append_only("day_check"),
        never_deleted("proof"),
    ]
