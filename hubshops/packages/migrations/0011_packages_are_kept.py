import django.db.models.deletion
from django.db import migrations, models

from kernel.models import never_deleted


class Migration(migrations.Migration):
    dependencies = [("packages", "0010_version_once")]

    operations = [
        never_deleted("package"),
        migrations.AlterField(
            model_name="packageevent",
            name="package",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="packages.package",
            ),
        ),
    ]
