from django.db import migrations, models

STATUSES = [
    ("draft", "Not sent yet"),
    ("submitted", "Received"),
    ("screening", "Being checked"),
    ("info_needed", "We need an answer from you"),
    ("checks_running", "Background checks are running"),
    ("pre_adverse", "A report is with you to look at"),
    ("approved", "Approved"),
    ("agreement_sent", "The agreement is with you to sign"),
    ("agreement_signed", "Agreement signed"),
    ("practice", "Practice day"),
    ("live", "Live"),
    ("declined", "Declined"),
    ("withdrawn", "Withdrawn"),
    ("waitlisted", "On the waiting list"),
    ("expired", "Run out"),
    ("repeated", "Sent again"),
]
MOVES = [("draft", "repeated"), ("repeated", "withdrawn")]


def fill(apps, schema_editor):
    """The moves of an application that repeats another."""
    move = apps.get_model("applications", "ApplicationMove")
    for source, target in MOVES:
        move.objects.get_or_create(source=source, target=target)


class Migration(migrations.Migration):
    dependencies = [("applications", "0011_promise_what_waits")]

    operations = [
        migrations.RemoveConstraint("application", "application_status_is_known"),
        migrations.AlterField(
            "application",
            "status",
            models.CharField(choices=STATUSES, default="submitted", max_length=20),
        ),
        migrations.AlterField(
            "applicationmove", "source", models.CharField(choices=STATUSES, max_length=20)
        ),
        migrations.AlterField(
            "applicationmove", "target", models.CharField(choices=STATUSES, max_length=20)
        ),
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                condition=models.Q(status__in=[status for status, _words in STATUSES]),
                name="application_status_is_known",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
