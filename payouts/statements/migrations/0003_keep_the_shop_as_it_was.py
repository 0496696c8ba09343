from django.db import migrations, models


class Migration(migrations.Migration):
    """No statement was issued yet, so the one-off defaults fill no row."""

    dependencies = [("statements", "0002_append_only")]

    operations = [
        migrations.AddField(
            "statement",
            "shop_name",
            models.CharField(max_length=120, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "statement",
            "shop_address",
            models.CharField(max_length=240, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "statement",
            "zone",
            models.CharField(max_length=40, default="UTC"),
            preserve_default=False,
        ),
    ]
