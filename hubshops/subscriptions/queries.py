"""A station's events in order and complete, and what became of telling them.

Ids are drawn before a transaction commits, so a reader who only remembers the highest id it saw
can miss an event that was numbered earlier and committed later. Each event therefore knows the
transaction that wrote it (`written_in`), and a reader goes through windows of transactions that
have all ended: what lies in such a window can't change any more. Within a window the order is that
of the ids, which a package's lock keeps right for each package.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station
from hubshops.subscriptions.models import Attempt, Message, Subscription
from hubshops.subscriptions.rules import Cursor
from kernel.refusals import Refusal

# Every transaction below the first has ended; none from the second on has begun.
HORIZON = """
SELECT pg_snapshot_xmin(now.snapshot)::text::bigint, pg_snapshot_xmax(now.snapshot)::text::bigint
FROM (SELECT pg_current_snapshot() AS snapshot) AS now
"""
WINDOW = """
SELECT event.id, package.tracking_id, package.service_day, event.kind, event.to_state AS state,
    event.happened_at, event.received_at, shop.slug AS shop, event.reason, event.outcome,
    event.amends_id AS amends
FROM package_event AS event
JOIN package ON package.id = event.package_id
LEFT JOIN shop ON shop.id = event.shop_id
WHERE package.station_id = %s AND event.written_in >= %s AND event.written_in < %s
    AND event.id > %s
ORDER BY event.id LIMIT %s
"""


class CursorIsUnknown(Refusal):
    code = "cursor_is_unknown"
    message = _(
        "This cursor is from before our records were restored. Start again without one, and pass"
        " over the ids you know."
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Some events in order, where to go on, and whether there are more already."""

    events: list[dict[str, Any]]
    next: Cursor
    has_more: bool


def horizon() -> tuple[int, int]:
    """The first transaction that may still run, and the first that has not begun. One query."""
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        return cursor.fetchone()


def cursor_now() -> Cursor:
    """The cursor of somebody who wants to hear what comes from now on."""
    ended, _begun = horizon()
    return Cursor(ended, ended)


def events_after(station: Station, after: Cursor, limit: int) -> Page:
    """The next events of a station, at most `limit`.

    Refuses a cursor of a time that this database has not seen. Two or three queries. An event is
    seen once every transaction that began before its own has ended, which is a moment, or as long
    as a big feed takes to load.
    """
    ended, begun = horizon()
    if after.high > begun or after.low > after.high:
        raise CursorIsUnknown
    return page_after(station, after, limit, ended)


def events_between(station: Station, after: Cursor, until: Cursor, count: int) -> Page:
    """The very events that were once found between two cursors. Two queries."""
    return page_after(station, after, count, until.high)


def page_after(station: Station, after: Cursor, limit: int, ended: int) -> Page:
    """The next events in transactions below `ended`: the rest of the cursor's window, then the
    window that begins where it ends. The same arguments give the same page for ever."""
    events: list[dict[str, Any]] = []
    for window in (after, Cursor(after.high, ended)):
        room = limit - len(events)
        found = events_of_window(station, window, room + 1)
        events += found[:room]
        if len(found) > room:
            last = events[-1]["id"] if room else window.last
            return Page(events, Cursor(window.low, window.high, last), has_more=True)
    return Page(events, Cursor(ended, ended), has_more=False)


def events_of_window(station: Station, window: Cursor, limit: int) -> list[dict[str, Any]]:
    """The first events of a window after its `last`."""
    if window.low >= window.high:
        return []
    with connection.cursor() as cursor:
        cursor.execute(WINDOW, [station.pk, window.low, window.high, window.last, limit])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def subscriptions_of(station: Station) -> list[Subscription]:
    """A station's subscriptions that were not ended, in the order they were made."""
    return list(Subscription.objects.standing().filter(station=station))


def latest_attempts(subscription: Subscription, limit: int = 50) -> list[Attempt]:
    """The latest tries at one address, the newest first. One query."""
    found = Attempt.objects.filter(message__subscription=subscription).select_related("message")
    return list(found[:limit])


def waiting_message(subscription: Subscription) -> Message | None:
    """The message of events that the address has not taken yet."""
    waiting = subscription.messages.filter(taken_at=None, dropped_at=None, is_ping=False)
    return waiting.first()


def sendable_ids(at: dt.datetime) -> list[int]:
    """The subscriptions that may be sent to now."""
    return list(Subscription.objects.sendable(at).order_by("pk").values_list("pk", flat=True))
