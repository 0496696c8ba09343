"""After a dump was restored: transaction numbers begin anew, events keep those of another life."""

from django.db import connection, transaction

from hubshops.subscriptions.models import Message, Subscription
from hubshops.subscriptions.rules import Cursor, parse_cursor

FIRST_UNTOLD = """
SELECT min(event.id) FROM package_event AS event JOIN package ON package.id = event.package_id
WHERE package.station_id = %s AND event.written_in >= %s
    AND (event.written_in >= %s OR event.id > %s)
"""
SETTLE = """
ALTER TABLE package_event DISABLE TRIGGER package_event_append_only;
UPDATE package_event SET written_in = 0 WHERE written_in <> 0;
ALTER TABLE package_event ENABLE TRIGGER package_event_append_only;
"""
LAST = "SELECT coalesce(max(id), 0) FROM package_event"


@transaction.atomic
def settle_events() -> int:
    """Make every event one of a transaction that ended long ago, and let each subscription go on at
    the first event it was not told; how many subscriptions. Nothing else may run meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(LAST)
        (last,) = cursor.fetchone()
        told = list(Subscription.objects.select_for_update())
        for one in told:
            after = parse_cursor(one.after) or Cursor()
            cursor.execute(FIRST_UNTOLD, [one.station_id, after.low, after.high, after.last])
            (untold,) = cursor.fetchone()
            one.after = str(Cursor(0, 1, last if untold is None else untold - 1))
        Subscription.objects.bulk_update(told, ["after"])
        Message.objects.filter(taken_at=None, dropped_at=None).delete()
        cursor.execute(SETTLE)
    return len(told)
