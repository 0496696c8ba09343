from django.db import migrations


class Migration(migrations.Migration):
    """A shop's days are found through its deliveries, which have that index."""

    dependencies = [
        ("accruals", "0005_deliveries_stay"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="accrual", name="accrual_shop_day"),
    ]
