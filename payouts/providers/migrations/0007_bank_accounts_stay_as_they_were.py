from django.db import migrations

from kernel.models import append_only


class Migration(migrations.Migration):
    dependencies = [("providers", "0006_bank_accounts")]

    operations = [append_only("bank_format"), append_only("line_account")]
