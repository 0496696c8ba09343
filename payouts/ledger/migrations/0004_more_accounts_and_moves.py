from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_common_accounts"),
        ("shops", "0003_busy_hours_are_whole"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                ("source", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("debit", models.CharField(max_length=20)),
                ("credit", models.CharField(max_length=20)),
                ("is_earning", models.BooleanField(help_text="claimed by transfers")),
            ],
            options={
                "db_table": "ledger_move",
            },
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="ledger_account_payable_iff_it_has_a_shop",
        ),
        migrations.RemoveConstraint(
            model_name="entry",
            name="ledger_entry_source_is_known",
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("shop_payable", "Owed to the shop"),
                    ("payout_clearing", "Approved, on its way"),
                    ("bank", "Bank"),
                    ("fee_expense", "Delivery fees"),
                    ("adjustment_expense", "Adjustments"),
                    ("shop_receivable", "To be taken off a shop's later payments"),
                    ("shop_held", "Set aside while we look into it"),
                    ("bad_debt", "Written off"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("fee", "Delivery fees"),
                    ("fee_reversed", "Fees taken back"),
                    ("transfer_approved", "Payment approved"),
                    ("transfer_sent", "Payment sent"),
                    ("transfer_released", "Payment returned to the balance"),
                    ("transfer_reversed", "Payment taken back"),
                    ("adjusted", "Adjustment"),
                    ("deducted", "Deduction decided"),
                    ("recovered", "Part of a deduction"),
                    ("forgiven", "Deduction given up"),
                    ("held", "Set aside"),
                    ("hold_released", "Given free again"),
                    ("hold_taken", "Deduction taken from what was set aside"),
                    ("written_off", "Balance written off"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "kind__in",
                            ["shop_payable", "shop_receivable", "shop_held"],
                        ),
                        ("shop__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "kind__in",
                                ["shop_payable", "shop_receivable", "shop_held"],
                            ),
                            _negated=True,
                        ),
                        ("shop", None),
                    ),
                    _connector="OR",
                ),
                name="ledger_account_of_its_kind_iff_it_has_a_shop",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "source_type__in",
                        [
                            "fee",
                            "fee_reversed",
                            "transfer_approved",
                            "transfer_sent",
                            "transfer_released",
                            "transfer_reversed",
                            "adjusted",
                            "deducted",
                            "recovered",
                            "forgiven",
                            "held",
                            "hold_released",
                            "hold_taken",
                            "written_off",
                        ],
                    )
                ),
                name="ledger_entry_source_is_known",
            ),
        ),
    ]
