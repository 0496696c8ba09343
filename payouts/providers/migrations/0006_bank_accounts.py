import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0005_owners_are_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankFormat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "effective_on",
                    models.DateField(help_text="the day on which accounts are to have it"),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_format",
                        to="providers.paymentfile",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "bank_format",
            },
        ),
        migrations.CreateModel(
            name="LineAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("routing_number", models.CharField(max_length=9)),
                ("sealed_number", models.TextField()),
                ("last4", models.CharField(max_length=4)),
                ("is_savings", models.BooleanField()),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account",
                        to="providers.paymentline",
                    ),
                ),
            ],
            options={
                "db_table": "line_account",
            },
        ),
        migrations.CreateModel(
            name="BankDetails",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("routing_number", models.CharField(max_length=9)),
                ("sealed_number", models.TextField()),
                ("last4", models.CharField(max_length=4)),
                ("is_savings", models.BooleanField(default=False)),
                ("set_at", models.DateTimeField()),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_details",
                        to="providers.payoutaccount",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "bank_details",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last4__regex", "^[0-9A-Za-z]{4}$"),
                            ("routing_number__regex", "^[0-9]{9}$"),
                        ),
                        name="bank_details_are_of_an_account",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BankNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=3)),
                ("routing_number", models.CharField(blank=True, max_length=9)),
                ("sealed_number", models.TextField(blank=True)),
                ("last4", models.CharField(blank=True, max_length=4)),
                ("kind", models.CharField(blank=True, max_length=2)),
                ("read_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("is_taken", models.BooleanField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="providers.paymentline",
                    ),
                ),
            ],
            options={
                "db_table": "bank_notice",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("line", "code"), name="bank_notice_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", None), ("is_taken", None)
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("is_taken__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="bank_notice_decided_by_a_person",
                    ),
                ],
            },
        ),
    ]
