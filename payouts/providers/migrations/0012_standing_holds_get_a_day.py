from django.db import migrations


class Migration(migrations.Migration):
    """Holds that stand already are looked at within a week."""

    dependencies = [("providers", "0011_holds_until_somebody_looks")]

    operations = [
        migrations.RunSQL(
            "UPDATE payout_account SET held_at = now(), review_on = current_date + 7"
            " WHERE hold_reason <> ''",
            migrations.RunSQL.noop,
        )
    ]
