from django.db import migrations

from kernel.models import append_only


class Migration(migrations.Migration):
    dependencies = [("statements", "0001_initial")]

    operations = [
        append_only("statement"),
        append_only("books_check"),
    ]
