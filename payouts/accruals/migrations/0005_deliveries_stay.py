import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accruals", "0004_lines_of_cards"),
        ("deliveries", "0006_deliveries_are_kept"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accrual",
            name="delivery",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accruals",
                to="deliveries.delivery",
            ),
        ),
    ]
