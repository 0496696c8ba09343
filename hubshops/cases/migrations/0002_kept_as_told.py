from django.db import migrations

from kernel.models import append_only, never_deleted


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [append_only("case_entry"), never_deleted("shop_case")]
