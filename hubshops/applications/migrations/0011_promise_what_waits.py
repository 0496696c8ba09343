from django.db import migrations

# Five working days are a week, holidays aside.
PROMISE = """
UPDATE application SET promised_on = (submitted_at + interval '7 days')::date
WHERE status IN ('submitted', 'screening') AND promised_on IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0010_promises_and_appeals")]

    operations = [migrations.RunSQL(PROMISE, migrations.RunSQL.noop)]
