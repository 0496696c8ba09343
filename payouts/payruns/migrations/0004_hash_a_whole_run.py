from django.db import migrations


class Migration(migrations.Migration):
    """A run's transfers and lines were written a moment before they are added up, so the planner
    takes them for a handful and loops: 49 s for 10,000 transfers, 0.1 s when it hashes."""

    dependencies = [("payruns", "0003_run_is_the_sum_of_its_transfers")]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION pay_run_adds_up() SET enable_nestloop = off",
            "ALTER FUNCTION pay_run_adds_up() RESET enable_nestloop",
        )
    ]
