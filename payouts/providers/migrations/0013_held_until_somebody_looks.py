from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0012_standing_holds_get_a_day")]

    operations = [
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("held_at", None),
                        ("held_by", None),
                        ("hold_reason", ""),
                        ("review_on", None),
                    ),
                    models.Q(
                        models.Q(("hold_reason", ""), _negated=True),
                        ("held_at__isnull", False),
                        ("review_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payout_account_held_until_somebody_looks",
            ),
        ),
    ]
