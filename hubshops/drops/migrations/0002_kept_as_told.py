from django.db import migrations

from kernel.models import append_only, never_deleted


class Migration(migrations.Migration):
    dependencies = [("drops", "0001_initial")]

    operations = [append_only("handover_remark"), never_deleted("handover")]
