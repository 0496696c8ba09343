from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("payruns", "0009_a_run_of_one_zone"),
        ("providers", "0009_the_stop_of_all_payments"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="PaymentsStop")]
        ),
    ]
