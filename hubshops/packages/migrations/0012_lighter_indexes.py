import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("packages", "0011_packages_are_kept")]

    operations = [
        migrations.AddConstraint(
            model_name="packageevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("act_id__isnull", False)),
                fields=("act_id",),
                name="package_event_act_once",
            ),
        ),
        migrations.AlterField(
            model_name="packageevent", name="act_id", field=models.UUIDField(null=True)
        ),
        migrations.AlterField(
            model_name="package",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="packages",
                to="packages.feedbatch",
            ),
        ),
    ]
