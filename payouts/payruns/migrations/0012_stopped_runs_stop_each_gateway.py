from django.db import migrations

# A run that stands stopped, stops for each gateway that still has something to send.
STOPS = """
INSERT INTO run_stop (run_id, gateway, code, reason, begun_at)
SELECT DISTINCT r.id, t.gateway, r.stop_code, r.stop_reason, r.stopped_at
FROM pay_run r JOIN transfer t ON t.run_id = r.id
WHERE r.stopped_at IS NOT NULL AND t.status IN ('ready', 'sending', 'unknown');
"""


class Migration(migrations.Migration):
    dependencies = [("payruns", "0011_gateways_stop_and_begin_on_their_own")]

    operations = [migrations.RunSQL(STOPS, migrations.RunSQL.noop)]
