import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0002_reasons"),
        ("packages", "0015_phones_and_drops"),
        ("shops", "0003_busy_hours_are_whole"),
        ("stations", "0003_plans_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StrayAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act_id", models.UUIDField(unique=True)),
                ("act", models.CharField(max_length=10)),
                ("outcome", models.CharField(blank=True, max_length=20)),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "cause",
                    models.CharField(
                        help_text="why it was not recorded as an event", max_length=30
                    ),
                ),
                ("happened_at", models.DateTimeField(help_text="the phone's clock")),
                ("received_at", models.DateTimeField(help_text="our clock")),
                ("device_id", models.UUIDField(null=True)),
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
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stray_acts",
                        to="packages.package",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stray_acts",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "db_table": "stray_act",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Conflict",
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
                            ("delivered_again", "Two phones delivered it"),
                            ("attempted_too", "One phone delivered it, another could not"),
                        ],
                        max_length=20,
                    ),
                ),
                ("noticed_at", models.DateTimeField()),
                (
                    "contradicts",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="packages.packageevent",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="packages.package",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="shops.shop",
                    ),
                ),
                (
                    "stands",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="packages.packageevent",
                    ),
                ),
            ],
            options={
                "db_table": "conflict",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["package"], name="conflict_package")],
                "constraints": [
                    models.UniqueConstraint(fields=("contradicts", "stands"), name="conflict_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["delivered_again", "attempted_too"])),
                        name="conflict_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DayCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("checked_at", models.DateTimeField()),
                ("received", models.PositiveIntegerField()),
                ("delivered", models.PositiveIntegerField()),
                ("returned", models.PositiveIntegerField()),
                ("on_hand", models.PositiveIntegerField()),
                ("missing", models.PositiveIntegerField()),
                (
                    "not_counted_in",
                    models.PositiveIntegerField(
                        help_text="on the manifest, neither received nor said to be short"
                    ),
                ),
                (
                    "gap",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("received"), "-", models.F("delivered")
                                    ),
                                    "-",
                                    models.F("returned"),
                                ),
                                "-",
                                models.F("on_hand"),
                            ),
                            "-",
                            models.F("missing"),
                        ),
                        output_field=models.IntegerField(),
                    ),
                ),
                (
                    "unsent_devices",
                    models.JSONField(
                        default=list,
                        help_text="phones that still held acts, by name, with how many",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="day_checks",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "db_table": "day_check",
                "ordering": ["-day", "shop"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("gap", 0), _negated=True),
                        fields=["day"],
                        name="day_check_gap",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "day"), name="day_checked_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DayClose",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        help_text="made by the phone", primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("closed_at", models.DateTimeField()),
                ("device_id", models.UUIDField(null=True)),
                (
                    "phone_counts",
                    models.JSONField(help_text="received, delivered, returned, on_hand, missing"),
                ),
                ("our_counts", models.JSONField(help_text="the same, as we had them")),
                ("agrees", models.BooleanField(help_text="whether both say the same")),
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
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closings",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "db_table": "day_close",
                "ordering": ["-closed_at", "pk"],
                "indexes": [models.Index(fields=["shop", "day"], name="day_close_shop_day")],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(help_text="made by the phone")),
                ("name", models.CharField(blank=True, help_text="kind of phone", max_length=60)),
                (
                    "protocol",
                    models.PositiveSmallIntegerField(help_text="version of the sync it speaks"),
                ),
                ("first_seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("last_sequence", models.BigIntegerField(default=0)),
                (
                    "unsent",
                    models.PositiveIntegerField(default=0, help_text="acts it still held then"),
                ),
                ("unsent_photos", models.PositiveIntegerField(default=0)),
                ("oldest_unsent_at", models.DateTimeField(null=True)),
                (
                    "skew_s",
                    models.FloatField(default=0, help_text="its clock minus ours, in seconds"),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to="shops.shop",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "device",
                "ordering": ["shop", "-last_seen_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "key"), name="device_once_a_shop"),
                    models.CheckConstraint(
                        condition=models.Q(("last_seen_at__gte", models.F("first_seen_at"))),
                        name="device_was_seen_first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act_id", models.UUIDField(help_text="the act it shows")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("photo", "Photo"),
                            ("signature", "Signature"),
                            ("code", "Code from the recipient"),
                            ("place", "Place"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(
                        blank=True,
                        help_text="SHA-256 of the bytes as they were sent",
                        max_length=64,
                    ),
                ),
                (
                    "file",
                    models.CharField(
                        blank=True, help_text="name in the private storage", max_length=120
                    ),
                ),
                ("width", models.PositiveSmallIntegerField(null=True)),
                ("height", models.PositiveSmallIntegerField(null=True)),
                ("size", models.PositiveIntegerField(help_text="bytes that are kept", null=True)),
                (
                    "said",
                    models.CharField(
                        blank=True, help_text="who signed, or the code", max_length=80
                    ),
                ),
                (
                    "is_good",
                    models.BooleanField(
                        help_text="whether the code was right, or the phone found the photo sharp",
                        null=True,
                    ),
                ),
                ("taken_at", models.DateTimeField(help_text="the phone's clock", null=True)),
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
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "db_table": "proof",
                "ordering": ["received_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("act_id", "kind", "fingerprint"), name="proof_of_an_act_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ["photo", "signature"]),
                                models.Q(("fingerprint", ""), _negated=True),
                                ("height__isnull", False),
                                ("size__isnull", False),
                                ("width__isnull", False),
                            ),
                            models.Q(
                                ("file", ""),
                                ("fingerprint", ""),
                                ("is_good__isnull", False),
                                ("kind", "code"),
                            ),
                            _connector="OR",
                        ),
                        name="proof_is_a_picture_or_a_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProofRule",
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
                            ("photo", "Photo"),
                            ("signature", "Signature"),
                            ("code", "Code from the recipient"),
                            ("place", "Place"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("off", "Not asked"),
                            ("on", "Offered"),
                            ("warn", "Asked, may be passed over"),
                            ("required", "Needed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proof_rules",
                        to="shops.shop",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proof_rules",
                        to="stations.station",
                    ),
                ),
            ],
            options={
                "db_table": "proof_rule",
                "ordering": ["station", "shop", "kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("station", "shop", "kind"),
                        name="proof_rule_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["photo", "signature", "code", "place"]),
                            ("level__in", ["off", "on", "warn", "required"]),
                        ),
                        name="proof_rule_is_known",
                    ),
                ],
            },
        ),
    ]
