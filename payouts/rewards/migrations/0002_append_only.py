from django.db import migrations

from kernel.models import append_only


class Migration(migrations.Migration):
    dependencies = [("rewards", "0001_rewards")]

    operations = [append_only("reward")]
