from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0006_drafts")]

    operations = [
        migrations.CreateModel(
            name="WaitlistEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=26, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="your name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("trade", models.CharField(max_length=60, verbose_name="kind of shop")),
                ("postal_code", models.CharField(max_length=5, verbose_name="ZIP code")),
                ("language", models.CharField(default="en", max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "waitlist_entry",
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.UniqueConstraint(
                fields=("email", "postal_code"), name="waitlist_entry_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_at", None),
                    ("confirmed_at__gte", models.F("asked_at")),
                    _connector="OR",
                ),
                name="waitlist_entry_asked_before_confirmed",
            ),
        ),
    ]
