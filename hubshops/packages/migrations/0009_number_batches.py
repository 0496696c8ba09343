from django.db import migrations

NUMBER_BATCHES = """
UPDATE feed_batch SET version = numbered.version
FROM (
    SELECT id, row_number() OVER (PARTITION BY station_id, service_day ORDER BY id) AS version
    FROM feed_batch
) AS numbered
WHERE feed_batch.id = numbered.id
"""


class Migration(migrations.Migration):
    dependencies = [("packages", "0008_versions_and_withdrawals")]

    operations = [migrations.RunSQL(NUMBER_BATCHES, migrations.RunSQL.noop)]
