from django.db import migrations

from kernel.models import append_only

# The hash that was signed is the hash of the version that was signed.
VERY_TEXT = """
ALTER TABLE agreement_version ADD CONSTRAINT agreement_version_with_its_hash UNIQUE (id, sha256);
ALTER TABLE agreement_signature ADD CONSTRAINT agreement_signature_is_of_the_very_text
    FOREIGN KEY (version_id, sha256) REFERENCES agreement_version (id, sha256);
"""
BACK = """
ALTER TABLE agreement_signature DROP CONSTRAINT agreement_signature_is_of_the_very_text;
ALTER TABLE agreement_version DROP CONSTRAINT agreement_version_with_its_hash;
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial")]

    operations = [
        migrations.RunSQL(VERY_TEXT, BACK),
        append_only("agreement_version"),
        append_only("agreement_signature"),
    ]
