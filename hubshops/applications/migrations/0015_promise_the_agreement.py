from django.db import migrations

# Two working days are four days at most, holidays aside.
PROMISE = """
UPDATE application SET promised_on = (now() + interval '4 days')::date
WHERE status = 'approved' AND promised_on IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0014_reminded_and_run_out")]

    operations = [migrations.RunSQL(PROMISE, migrations.RunSQL.noop)]
