from django.db import migrations

from kernel.models import never_deleted


class Migration(migrations.Migration):
    """Fees refer to deliveries without a foreign key."""

    dependencies = [("deliveries", "0005_american_words")]

    operations = [never_deleted("delivery")]
