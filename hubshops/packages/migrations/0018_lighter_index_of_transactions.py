import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("packages", "0017_keys_of_an_event"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="packageevent", name="package_event_written_in"),
        migrations.AddIndex(
            model_name="packageevent",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True,
                fields=["written_in"],
                name="package_event_written_in",
                pages_per_range=128,
            ),
        ),
    ]
