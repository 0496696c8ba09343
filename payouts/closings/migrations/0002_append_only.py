from django.db import migrations

from kernel.models import append_only


class Migration(migrations.Migration):
    dependencies = [("closings", "0001_final_statements")]

    operations = [append_only("closing")]
