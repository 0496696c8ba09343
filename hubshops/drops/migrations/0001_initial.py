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
            name="Handover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("service_day", models.DateField()),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="1 is the day's first van"
                    ),
                ),
                ("token", models.CharField(max_length=43, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
                (
                    "announced",
                    models.PositiveIntegerField(help_text="packages on the manifest then"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("counted_by_giver", "Counted by the driver"),
                            ("counted_by_taker", "Counted by the shop"),
                            ("agreed", "Both counts agree"),
                            ("disputed", "The counts differ"),
                            ("resolved", "Settled"),
                        ],
                        default="opened",
                        max_length=20,
                    ),
                ),
                (
                    "given_count",
                    models.PositiveIntegerField(help_text="packages handed over", null=True),
                ),
                (
                    "returns_taken_count",
                    models.PositiveIntegerField(help_text="returns taken back", null=True),
                ),
                ("given_at", models.DateTimeField(null=True)),
                ("given_by_name", models.CharField(blank=True, max_length=80)),
                (
                    "given_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("qr", "On the driver's own phone"),
                            ("code", "With a code from the driver's phone"),
                            ("told", "Told by the shop, not signed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "taken_id",
                    models.UUIDField(
                        help_text="the phone's id of its count", null=True, unique=True
                    ),
                ),
                (
                    "taken_count",
                    models.PositiveIntegerField(help_text="packages counted in", null=True),
                ),
                (
                    "returns_given_count",
                    models.PositiveIntegerField(help_text="returns given", null=True),
                ),
                ("taken_at", models.DateTimeField(help_text="the phone's clock", null=True)),
                ("code_tries", models.PositiveSmallIntegerField(default=0)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="shops.shop",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "handover",
                "ordering": ["-service_day", "shop", "number"],
            },
        ),
        migrations.CreateModel(
            name="HandoverRemark",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        help_text="made by the phone; its photo's act",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("over", "There, but not announced"),
                            ("short", "Announced, but not there"),
                            ("damaged", "Damaged, not taken"),
                            ("oversize", "Too big, not taken"),
                            ("over_cap", "More than agreed, not taken"),
                            ("damaged_taken", "Damaged, taken all the same"),
                            ("returned", "Given back to the driver"),
                        ],
                        max_length=15,
                    ),
                ),
                ("tracking_id", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("happened_at", models.DateTimeField(help_text="the phone's clock")),
                ("received_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="drops.handover",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="packages.package",
                    ),
                ),
            ],
            options={
                "db_table": "handover_remark",
                "ordering": ["received_at", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                fields=("shop", "service_day", "number"), name="handover_numbered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "opened",
                            "counted_by_giver",
                            "counted_by_taker",
                            "agreed",
                            "disputed",
                            "resolved",
                        ],
                    )
                ),
                name="handover_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("given_at", None),
                        ("given_count", None),
                        ("given_how", ""),
                        ("returns_taken_count", None),
                    ),
                    models.Q(
                        ("given_at__isnull", False),
                        ("given_count__isnull", False),
                        ("given_how__in", ["qr", "code", "told"]),
                        ("returns_taken_count__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="handover_giver_signed_with_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("returns_given_count", None),
                        ("taken_at", None),
                        ("taken_by", None),
                        ("taken_count", None),
                    ),
                    models.Q(
                        ("returns_given_count__isnull", False),
                        ("taken_at__isnull", False),
                        ("taken_by__isnull", False),
                        ("taken_count__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="handover_taker_signed_with_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "agreed"), _negated=True),
                    models.Q(
                        ("given_count", models.F("taken_count")),
                        ("returns_taken_count", models.F("returns_given_count")),
                    ),
                    _connector="OR",
                ),
                name="handover_agreed_when_counts_agree",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverremark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "over",
                            "short",
                            "damaged",
                            "oversize",
                            "over_cap",
                            "damaged_taken",
                            "returned",
                        ],
                    )
                ),
                name="handover_remark_kind_is_known",
            ),
        ),
    ]
