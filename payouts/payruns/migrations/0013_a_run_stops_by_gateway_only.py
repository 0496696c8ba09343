from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payruns", "0012_stopped_runs_stop_each_gateway")]

    operations = [
        migrations.RemoveConstraint(model_name="payrun", name="pay_run_stopped_iff_it_says_why"),
        migrations.RemoveField(model_name="payrun", name="stopped_at"),
        migrations.RemoveField(model_name="payrun", name="stop_code"),
        migrations.RemoveField(model_name="payrun", name="stop_reason"),
    ]
