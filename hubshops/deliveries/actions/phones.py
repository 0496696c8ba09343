"""The phones that tell us what happened."""

from typing import Any

from django.db import connection

from hubshops.deliveries import rules
from hubshops.deliveries.actions.batches import Call

# What a call does not say stays as an earlier call said it.
NOTE_PHONE = """
INSERT INTO device AS known (
    shop_id, key, user_id, name, protocol, first_seen_at, last_seen_at, last_sequence, unsent,
    unsent_photos, oldest_unsent_at, skew_s
) VALUES (
    %(shop)s, %(key)s, %(user)s, %(name)s, %(protocol)s, %(at)s, %(at)s, %(sequence)s,
    coalesce(%(unsent)s, 0), coalesce(%(photos)s, 0), %(oldest)s, coalesce(%(skew)s, 0)
)
ON CONFLICT (shop_id, key) DO UPDATE SET
    user_id = excluded.user_id,
    name = coalesce(nullif(excluded.name, ''), known.name),
    protocol = excluded.protocol,
    last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
    last_sequence = greatest(known.last_sequence, excluded.last_sequence),
    unsent = coalesce(%(unsent)s, known.unsent),
    unsent_photos = coalesce(%(photos)s, known.unsent_photos),
    oldest_unsent_at = CASE WHEN %(unsent)s IS NULL AND %(photos)s IS NULL
        THEN known.oldest_unsent_at ELSE excluded.oldest_unsent_at END,
    skew_s = coalesce(%(skew)s, known.skew_s)
"""


def note_phone(call: Call, *, last_sequence: int) -> None:
    """Keep what a phone told of itself: who works with it, what it still holds, how far its clock
    is off. A phone that did not name itself is not kept. One statement, inside the caller's
    transaction."""
    phone, at = call.phone, call.at
    if phone.key is None:
        return
    skew, oldest = rules.skew_of(phone.sent_at, at), phone.oldest_unsent_at
    facts: dict[str, Any] = {
        "shop": call.shop.pk,
        "key": phone.key,
        "user": call.by.pk,
        "name": phone.name,
        "protocol": phone.protocol,
        "at": at,
        "sequence": last_sequence,
        "unsent": phone.unsent,
        "photos": phone.unsent_photos,
        "oldest": rules.by_our_clock(oldest, skew, received_at=at) if oldest else None,
        "skew": (phone.sent_at - at).total_seconds() if phone.sent_at else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE_PHONE, facts)
