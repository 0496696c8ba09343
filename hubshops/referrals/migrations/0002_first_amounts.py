from django.db import migrations
from django.db.backends.postgresql.psycopg_any import DateRange

AMOUNTS = {"live": 5_000, "live_90_days": 10_000}


def fill(apps, schema_editor):
    """What inviting a shop pays from the beginning."""
    apps.get_model("referrals", "Milestone").objects.bulk_create(
        apps.get_model("referrals", "Milestone")(
            kind=kind, amount_cents=cents, valid=DateRange(None, None)
        )
        for kind, cents in AMOUNTS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_links_and_milestones")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
