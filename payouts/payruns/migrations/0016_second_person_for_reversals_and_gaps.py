import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payruns", "0015_second_person_for_returns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="transferreversal",
            name="transfer_reversal_status_is_known",
        ),
        migrations.AddField(
            model_name="providergap",
            name="noted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="providergap",
            name="noted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="transferreversal",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="transferreversal",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="transferreversal",
            name="status",
            field=models.CharField(
                choices=[
                    ("waiting", "Waits for another person"),
                    ("withdrawn", "Not taken back after all"),
                    ("ready", "Asked for"),
                    ("sending", "Being sent"),
                    ("unknown", "Being looked up"),
                    ("done", "Taken back"),
                    ("failed", "Failed"),
                ],
                default="ready",
                max_length=10,
            ),
        ),
        # Those that one person closed before this law stay as they are.
        AddConstraintNotValid(
            model_name="providergap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by", None),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("noted_by__isnull", False),
                        models.Q(("closed_by", models.F("noted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="provider_gap_closed_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at", None), ("confirmed_by", None)),
                    models.Q(
                        ("asked_by__isnull", False),
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="transfer_reversal_confirmed_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["waiting", "withdrawn"]), _negated=True),
                    models.Q(("asked_by__isnull", False), ("confirmed_at", None)),
                    _connector="OR",
                ),
                name="transfer_reversal_waits_until_it_is_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["waiting", "withdrawn", "ready", "sending", "unknown", "done", "failed"],
                    )
                ),
                name="transfer_reversal_status_is_known",
            ),
        ),
    ]
