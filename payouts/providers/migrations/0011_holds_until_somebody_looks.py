import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0010_no_file_closes_while_payments_are_stopped"),
        ("shops", "0003_busy_hours_are_whole"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payoutaccount",
            name="held_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="held_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="review_on",
            field=models.DateField(
                blank=True, help_text="by when somebody looks at the hold again", null=True
            ),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="rung_at",
            field=models.DateTimeField(
                blank=True, help_text="when staff were told that this day has come", null=True
            ),
        ),
        migrations.AlterField(
            model_name="payoutaccount",
            name="hold_reason",
            field=models.CharField(
                blank=True, help_text="why payouts are held; the shop reads it", max_length=200
            ),
        ),
    ]
