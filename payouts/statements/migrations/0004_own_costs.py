import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shops", "0003_busy_hours_are_whole"),
        ("statements", "0003_keep_the_shop_as_it_was"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnCosts",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minutes_a_day", models.PositiveSmallIntegerField()),
                ("miles_a_day", models.DecimalField(decimal_places=1, max_digits=5)),
                ("cents_a_mile", models.DecimalField(decimal_places=1, max_digits=5)),
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_costs",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "db_table": "own_costs",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minutes_a_day__gt", 0),
                            ("minutes_a_day__lte", 1440),
                            ("cents_a_mile__gte", 0),
                            ("miles_a_day__gte", 0),
                        ),
                        name="own_costs_are_of_a_day",
                    )
                ],
            },
        ),
    ]
