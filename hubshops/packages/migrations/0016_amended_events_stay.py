import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("packages", "0015_phones_and_drops"),
    ]

    operations = [
        migrations.AlterField(
            model_name="packageevent",
            name="amends",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="packages.packageevent",
            ),
        ),
    ]
