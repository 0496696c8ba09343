from django.db import migrations

from kernel.models import append_only


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_steps")]

    operations = [
        append_only("application_event"),
    ]
