import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0005_moves_are_a_table"),
        ("shops", "0004_getting_ready_and_leaving"),
        ("stations", "0004_drop_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicationPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="full name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("language", models.CharField(default="en", max_length=10)),
            ],
            options={
                "db_table": "application_person",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="application",
            name="access_note",
            field=models.TextField(blank=True, verbose_name="what the driver should know"),
        ),
        migrations.AddField(
            model_name="application",
            name="as_written",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="answers kept as they were written, against our check",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="pages_done",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="application",
            name="receives_from",
            field=models.TimeField(blank=True, null=True, verbose_name="somebody is there from"),
        ),
        migrations.AddField(
            model_name="application",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="application",
            name="saved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="application",
            name="started_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="application",
            name="storage_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("room", "In a room that can be locked"),
                    ("counter", "Behind the counter"),
                    ("corner", "In a corner or on shelves of the shop"),
                    ("other", "Somewhere else"),
                ],
                max_length=10,
                verbose_name="kind of place",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="tax_fingerprint",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="application",
            name="typed",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name="application",
            name="daily_cap",
            field=models.PositiveIntegerField(null=True, verbose_name="most packages a day"),
        ),
        migrations.AlterField(
            model_name="application",
            name="submitted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "withdrawn", "expired"]),
                    ("submitted_at__isnull", False),
                    _connector="OR",
                ),
                name="application_sent_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "withdrawn", "expired"]),
                    models.Q(
                        ("daily_cap__isnull", False),
                        models.Q(
                            ("name", ""),
                            ("trade", ""),
                            ("contact_name", ""),
                            ("email", ""),
                            ("phone", ""),
                            ("address1", ""),
                            ("city", ""),
                            ("state", ""),
                            ("postal_code", ""),
                            ("weekdays", ""),
                            ("travel", ""),
                            _connector="OR",
                            _negated=True,
                        ),
                    ),
                    _connector="OR",
                ),
                name="application_sent_has_its_answers",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "draft"), _negated=True),
                    ("saved_at__isnull", False),
                    _connector="OR",
                ),
                name="application_draft_says_when_it_was_saved",
            ),
        ),
        migrations.AddField(
            model_name="applicationperson",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="people",
                to="applications.application",
            ),
        ),
        migrations.AddConstraint(
            model_name="applicationperson",
            constraint=models.UniqueConstraint(
                fields=("application", "email"), name="application_person_once"
            ),
        ),
    ]
