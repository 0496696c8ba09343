"""Write the book of versions for manifests published before there was one. When an earlier version
was published is not known any more: it gets the moment of the latest."""

from django.db import migrations

FILL = """
INSERT INTO manifest_version (
    manifest_id, version, published_at, added, withdrawn, packages, stops
)
SELECT manifest.id, turn, manifest.published_at,
    count(line.id) FILTER (WHERE line.added_in = turn),
    count(line.id) FILTER (WHERE line.withdrawn_in = turn),
    count(line.id) FILTER (WHERE line.added_in <= turn
        AND coalesce(line.withdrawn_in, turn + 1) > turn),
    count(DISTINCT line.stop) FILTER (WHERE line.added_in <= turn
        AND coalesce(line.withdrawn_in, turn + 1) > turn)
FROM manifest
CROSS JOIN LATERAL generate_series(1, manifest.version) AS turn
LEFT JOIN manifest_line AS line ON line.manifest_id = manifest.id
GROUP BY manifest.id, turn ORDER BY manifest.id, turn
"""


class Migration(migrations.Migration):
    dependencies = [("manifests", "0003_versions_papers_rings")]

    operations = [migrations.RunSQL(FILL, "DELETE FROM manifest_version")]
