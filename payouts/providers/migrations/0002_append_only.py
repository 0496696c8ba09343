from django.db import migrations

from kernel.models import append_only


class Migration(migrations.Migration):
    dependencies = [("providers", "0001_initial")]

    operations = [
        append_only("payment_line"),
    ]
