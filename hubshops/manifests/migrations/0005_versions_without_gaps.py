"""Versions follow each other without a gap and are never rewritten."""

from django.db import migrations

from kernel.models import append_only


class Migration(migrations.Migration):
    dependencies = [("manifests", "0004_versions_of_before")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE manifest_version ADD CONSTRAINT manifest_versions_are_gapless"
            " FOREIGN KEY (manifest_id, follows)"
            " REFERENCES manifest_version (manifest_id, version)",
            "ALTER TABLE manifest_version DROP CONSTRAINT manifest_versions_are_gapless",
        ),
        append_only("manifest_version"),
    ]
