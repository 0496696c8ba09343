from django.db import migrations

KINDS = ["payout_clearing", "bank", "fee_expense", "adjustment_expense"]


def open_common_accounts(apps, schema_editor):
    """The accounts that belong to no shop exist from the start."""
    account = apps.get_model("ledger", "Account")
    account.objects.bulk_create([account(kind=kind) for kind in KINDS], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]

    operations = [migrations.RunPython(open_common_accounts, migrations.RunPython.noop)]
