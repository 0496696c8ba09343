from django.db import migrations


class Migration(migrations.Migration):
    """A number a look at a provider, so that of two looks the later one counts."""

    dependencies = [("providers", "0003_stripe_accounts")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE provider_read", "DROP SEQUENCE provider_read"),
    ]
