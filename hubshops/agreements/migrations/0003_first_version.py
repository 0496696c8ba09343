import datetime as dt
import hashlib
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).parent.parent / "data" / "v1"


def publish(apps, schema_editor):
    """The version that comes with the portal."""
    text, english, spanish = (
        (DATA / f"{name}.txt").read_text(encoding="utf-8")
        for name in ("agreement", "summary_en", "summary_es")
    )
    apps.get_model("agreements", "AgreementVersion").objects.create(
        number=1,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        summaries={"en": english, "es": spanish},
        effective_on=dt.date(2026, 1, 1),
        published_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_laws")]

    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
