from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stations", "0003_plans_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="station",
            name="drops_from",
            field=models.TimeField(
                blank=True,
                help_text="when vans reach shops at the earliest; empty: unknown",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="station",
            name="drops_until",
            field=models.TimeField(blank=True, help_text="and at the latest", null=True),
        ),
        migrations.AddConstraint(
            model_name="station",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("drops_from", None), ("drops_until", None)),
                    models.Q(
                        ("drops_from__isnull", False),
                        ("drops_from__lt", models.F("drops_until")),
                        ("drops_until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="station_drop_hours_are_a_span",
            ),
        ),
    ]
