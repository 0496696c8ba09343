from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("packages", "0009_number_batches"), ("stations", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            model_name="feedbatch",
            constraint=models.UniqueConstraint(
                fields=("station", "service_day", "version"), name="feed_batch_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="feed_batch_version_counts_from_one"
            ),
        ),
    ]
