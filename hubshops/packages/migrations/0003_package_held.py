from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("packages", "0002_append_only"),
        ("shops", "0001_initial"),
        ("stations", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="package",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["ATTEMPTED", "AT_SHOP", "OUT_FOR_DELIVERY", "RETURN_PENDING"])
                ),
                fields=["shop", "service_day"],
                name="package_held",
            ),
        ),
    ]
