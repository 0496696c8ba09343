import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kernel.models import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("payruns", "0006_laws_of_unknown_held_and_reversed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="is_canary",
            field=models.BooleanField(
                db_default=False, default=False, help_text="sent before all others"
            ),
        ),
        migrations.CreateModel(
            name="PaymentsStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "payments_stop",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("ended_at", None)),
                        name="payments_stop_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="payments_stop_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="payments_stop_ended_by_a_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunStage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("frozen", "Frozen: nothing joins any more"),
                            ("computed", "Computed"),
                            ("checked", "Checked"),
                            ("approved", "Approved by a second person"),
                            ("canary", "The first few are sent"),
                            ("sending", "All others are sent"),
                            ("confirming", "Everything left; waiting to hear that it arrived"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reached_at", models.DateTimeField()),
                ("figures", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stages",
                        to="payruns.payrun",
                    ),
                ),
            ],
            options={
                "db_table": "run_stage",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "name"), name="run_stage_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "name__in",
                                [
                                    "frozen",
                                    "computed",
                                    "checked",
                                    "approved",
                                    "canary",
                                    "sending",
                                    "confirming",
                                    "done",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="run_stage_is_known",
                    ),
                ],
            },
        ),
        append_only("run_stage"),
    ]
