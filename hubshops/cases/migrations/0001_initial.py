import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("packages", "0015_phones_and_drops"),
        ("shops", "0003_busy_hours_are_whole"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("drop", "A drop that does not add up"),
                            ("over", "A package nobody announced"),
                            ("damaged", "A damaged package"),
                            ("conflict", "Two phones disagree about a package"),
                            ("stray", "Work on a package of another shop"),
                            ("gap", "The day's books have a gap"),
                            ("unsent", "A phone holds unsent work"),
                            ("proof", "A needed proof is missing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("cause", models.CharField(max_length=80, unique=True)),
                ("service_day", models.DateField()),
                (
                    "facts",
                    models.JSONField(
                        default=dict, help_text="numbers and names that words are made of"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("waiting_shop", "Waits for the shop"),
                            ("waiting_ops", "Waits for the operator"),
                            ("waiting_recipient", "Waits for the recipient"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "due_at",
                    models.DateTimeField(help_text="silence beyond this decides for the shop"),
                ),
                ("resolution", models.CharField(blank=True, max_length=500)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "claimed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="packages.package",
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        help_text="nobody: time ran out, in the shop's favour",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "db_table": "shop_case",
                "ordering": ["due_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CaseEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("said_at", models.DateTimeField()),
                ("is_from_shop", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("waiting_shop", "Waits for the shop"),
                            ("waiting_ops", "Waits for the operator"),
                            ("waiting_recipient", "Waits for the recipient"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                        ],
                        help_text="the case's status from then on",
                        max_length=20,
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=1000)),
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
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "case_entry",
                "ordering": ["said_at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["shop", "-opened_at"], name="case_shop"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["open", "waiting_shop", "waiting_ops", "waiting_recipient"])
                ),
                fields=["due_at"],
                name="case_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["drop", "over", "damaged", "conflict", "stray", "gap", "unsent", "proof"],
                    ),
                    (
                        "status__in",
                        [
                            "open",
                            "waiting_shop",
                            "waiting_ops",
                            "waiting_recipient",
                            "resolved",
                            "closed",
                        ],
                    ),
                ),
                name="case_words_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("resolved_at__isnull", False),
                        ("status__in", ["resolved", "closed"]),
                        models.Q(("resolution", ""), _negated=True),
                    ),
                    models.Q(
                        ("resolution", ""),
                        ("resolved_at", None),
                        (
                            "status__in",
                            ["open", "waiting_shop", "waiting_ops", "waiting_recipient"],
                        ),
                    ),
                    _connector="OR",
                ),
                name="case_settled_says_how",
            ),
        ),
    ]
