from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("packages", "0007_taken_off_its_shop")]

    operations = [
        migrations.AddField(
            model_name="feedbatch",
            name="withdrawn",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="feedbatch",
            name="is_whole_list",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="feedbatch",
            name="version",
            field=models.PositiveIntegerField(default=1, help_text="1 is the day's first file"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="feedbatch",
            name="rejected",
            field=models.JSONField(
                default=list, help_text="line, field, reason, found and cells per bad row"
            ),
        ),
    ]
