from django.db import migrations


def fill(apps, schema_editor):
    """How money moves for inviting a shop; a transfer claims it."""
    apps.get_model("ledger", "Move").objects.create(
        source="referred", debit="adjustment_expense", credit="shop_payable", is_earning=True
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_for_inviting_a_shop")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
