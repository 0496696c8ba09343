import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payruns", "0007_stages_canary_and_stop"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payrun",
            name="is_weekly",
            field=models.BooleanField(
                db_default=False, default=False, help_text="drafted by the calendar"
            ),
        ),
        migrations.AlterField(
            model_name="payrun",
            name="drafted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="payrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("drafted_by", None), ("is_weekly", True)),
                    models.Q(("drafted_by__isnull", False), ("is_weekly", False)),
                    _connector="OR",
                ),
                name="pay_run_of_the_calendar_iff_nobody_drafted_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="payrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_weekly", True)),
                fields=("through",),
                name="pay_run_of_the_calendar_once_a_week",
            ),
        ),
    ]
