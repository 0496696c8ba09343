"""Saying to recipients what happened to their packages.

The sweep pulls: it looks for packages that stand where something is to be said and have no message
yet. Sweeps take turns, and behind that stands the law `recipient_message_once`.
"""

import datetime as dt

from django.db import connection, transaction

from hubshops.recipients import queries, rules
from hubshops.recipients.actions.wording import words_for
from hubshops.recipients.models import RecipientMessage, Silence
from hubshops.recipients.queries import Unsaid
from kernel.notifications.actions import are_texts_on, send_texts
from kernel.notifications.models import Text

SWEEP_LOCK = 7_150_401  # this sweep's own number among the advisory locks
ROWS_A_WRITE = 5_000


@transaction.atomic
def tell_recipients(*, at: dt.datetime) -> int:
    """Write a text for everything that is to be said now; how many. Harmless twice and side by
    side. While nobody takes texts out, nothing is written at all. Nine statements at most,
    whatever the number of packages."""
    if not are_texts_on():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWEEP_LOCK])
    found = queries.unsaid(at)
    if not found:
        return 0
    stopped = queries.stopped_among({one.number for one in found})
    messages = [message_for(one, stopped, at) for one in found]
    texts = [one.text for one in messages if one.text]
    send_texts(texts=texts, at=at)
    for message in messages:
        message.text_id = message.text.pk if message.text else None
    RecipientMessage.objects.bulk_create(messages, batch_size=ROWS_A_WRITE)
    return len(texts)


def message_for(one: Unsaid, stopped: set[str], at: dt.datetime) -> RecipientMessage:
    """What is kept of one thing to be said: its text, or why there is none."""
    silence = ""
    if not one.number:
        silence = Silence.NO_NUMBER
    elif one.number in stopped:
        silence = Silence.STOPPED
    return RecipientMessage(
        package_id=one.package_id,
        shop_id=one.shop_id,
        kind=one.standing.kind,
        day=one.standing.day,
        written_at=at,
        text=None if silence else text_for(one, at),
        silence=silence,
    )


def text_for(one: Unsaid, at: dt.datetime) -> Text:
    """The text to be, in the station's language."""
    return Text(
        to=one.number,
        body=words_for(one, at),
        language=one.language,
        send_before=rules.send_before(at, one.standing.zone),
    )
