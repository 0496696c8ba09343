import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GATEWAYS = [("bank_file", "Payment file for the bank"), ("stripe", "Stripe")]


class Migration(migrations.Migration):
    dependencies = [
        ("payruns", "0010_the_stop_is_kept_by_the_providers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RunStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(choices=GATEWAYS, max_length=20)),
                ("code", models.CharField(max_length=60)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
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
                        related_name="stops",
                        to="payruns.payrun",
                    ),
                ),
            ],
            options={
                "db_table": "run_stop",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("run", "gateway"),
                        name="run_stop_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="run_stop_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", False), ("ended_by", None), _connector="OR"
                        ),
                        name="run_stop_ended_by_a_person_once_it_is_over",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER run_stop_kept BEFORE DELETE ON run_stop"
            " FOR EACH ROW EXECUTE FUNCTION forbid_change();",
            "DROP TRIGGER run_stop_kept ON run_stop;",
        ),
        migrations.AddField(
            model_name="runstage",
            name="gateway",
            field=models.CharField(
                blank=True, choices=GATEWAYS, db_default="", default="", max_length=20
            ),
        ),
        migrations.RemoveConstraint(model_name="runstage", name="run_stage_once"),
        migrations.AddConstraint(
            model_name="runstage",
            constraint=models.UniqueConstraint(
                fields=("run", "name", "gateway"), name="run_stage_once"
            ),
        ),
    ]
