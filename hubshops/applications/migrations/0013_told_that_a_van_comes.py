from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("applications", "0012_sent_again")]

    operations = [
        migrations.AddField(
            "waitlistentry",
            "told_at",
            models.DateTimeField(help_text="that a van comes", null=True),
        ),
        migrations.AddConstraint(
            "waitlistentry",
            models.CheckConstraint(
                condition=Q(told_at=None)
                | Q(confirmed_at__isnull=False, told_at__gte=F("confirmed_at")),
                name="waitlist_entry_confirmed_before_told",
            ),
        ),
    ]
