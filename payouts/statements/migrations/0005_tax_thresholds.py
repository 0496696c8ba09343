import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("statements", "0004_own_costs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TaxThreshold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_year", models.PositiveSmallIntegerField(unique=True)),
                ("cents", models.PositiveIntegerField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("set_at", models.DateTimeField(null=True)),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "tax_threshold",
                "ordering": ["first_year"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cents__gt", 0), ("first_year__gte", 2000), ("first_year__lt", 2200)
                        ),
                        name="tax_threshold_is_of_a_year",
                    )
                ],
            },
        ),
    ]
