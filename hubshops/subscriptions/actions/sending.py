"""Telling addresses: lease, commit, post, note. A worker may die between any two of these; then the
same message goes out again under the same Webhook-Id."""

import datetime as dt
import json
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from hubshops.subscriptions import queries, rules
from hubshops.subscriptions.gateways import http
from hubshops.subscriptions.jobs import Jobs
from hubshops.subscriptions.models import Attempt, Message, Subscription
from kernel.failpoints import failpoint
from kernel.ids import new_id
from kernel.jobs.actions import start_job

LEASE = dt.timedelta(seconds=60)  # longer than one post can take
EVENTS_A_MESSAGE = 100
SECONDS_A_JOB = 45.0
KEEP = dt.timedelta(days=30)
Clock = Callable[[], dt.datetime]


def start_sending(*, at: dt.datetime) -> int:
    """Promise a job for each address that may be told now, so that a slow one holds up nobody;
    how many. Once a minute at most for each."""
    ids = queries.sendable_ids(at)
    for subscription_id in ids:
        key = f"{Jobs.SEND}:{subscription_id}@{at:%Y-%m-%dT%H:%M}"
        start_job(Jobs.SEND, at=at, key=key, subscription_id=subscription_id)
    return len(ids)


def send_messages(*, subscription_id: int, clock: Clock) -> int:
    """Tell one address what it has not heard, message by message, until there is nothing more, it
    does not take one, or the job has lasted long enough; how many it took."""
    end, taken = time.monotonic() + SECONDS_A_JOB, 0
    while time.monotonic() < end:
        message = claim_message(subscription_id=subscription_id, at=clock())
        if message is None:
            break
        answer = post(message, body_of(message), at=clock())
        failpoint("webhook_answered")
        if not note_answer(message=message, answer=answer, at=clock()):
            break
        taken += 1
    return taken


@transaction.atomic
def claim_message(*, subscription_id: int, at: dt.datetime) -> Message | None:
    """Lease an address and take its waiting message, or make the next one; None when there is
    nothing to say or another worker says it."""
    free = Subscription.objects.sendable(at).select_for_update(skip_locked=True, of=("self",))
    found = free.select_related("station").filter(pk=subscription_id).first()
    if found is None:
        return None
    message = queries.waiting_message(found) or next_message(found, at=at)
    if message is None:
        return None
    message.subscription = found
    found.leased_until = at + LEASE
    found.save(update_fields=["leased_until"])
    return message


def next_message(subscription: Subscription, *, at: dt.datetime) -> Message | None:
    """Make a message of the next events, if there are any."""
    after = rules.parse_cursor(subscription.after) or rules.Cursor()
    page = queries.events_after(subscription.station, after, EVENTS_A_MESSAGE)
    if not page.events:
        return None
    return Message.objects.create(
        uid=new_id(),
        subscription=subscription,
        after=subscription.after,
        until=str(page.next),
        count=len(page.events),
        made_at=at,
    )


def body_of(message: Message) -> bytes:
    """What is posted, the same at every try: what lies between two cursors never changes."""
    station = message.subscription.station
    made_at = message.made_at.astimezone(dt.UTC)
    content: dict[str, Any] = {"type": "ping", "timestamp": made_at, "station": station.code}
    if not message.is_ping:
        after, until = (
            rules.parse_cursor(text) or rules.Cursor() for text in (message.after, message.until)
        )
        page = queries.events_between(station, after, until, message.count)
        content |= {"type": "package.events", "events": page.events, "next": message.until}
    return json.dumps(content, cls=DjangoJSONEncoder, separators=(",", ":")).encode()


def post(message: Message, body: bytes, *, at: dt.datetime) -> http.Answer:
    """Post a message, signed with our key and with the one before it while it still counts."""
    told, uid, timestamp = message.subscription, str(message.uid), int(at.timestamp())
    keys = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", [])]
    signatures = [
        rules.signature(rules.secret_of(told.salt, key), uid, timestamp, body) for key in keys
    ]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "HubDelivery-Webhooks/1",
        "Webhook-Id": uid,
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": " ".join(signatures),
    }
    return http.post(told.url, body, headers, allow_local=settings.WEBHOOK_LOCAL_ADDRESSES)


@transaction.atomic
def note_answer(*, message: Message, answer: http.Answer, at: dt.datetime) -> bool:
    """Write down one try and what follows from it: go on, try again later, or wait for a person.
    True when the receiver has the message and it was still ours to tell."""
    locked = Subscription.objects.select_for_update(no_key=True)
    found = locked.get(pk=message.subscription_id)
    keep_attempt(message, answer, at=at)
    waiting = queries.waiting_message(found)
    if waiting is None or waiting.pk != message.pk:
        return False  # another worker told it meanwhile, or it was dropped
    is_taken = rules.is_taken(answer.status)
    if is_taken:
        Message.objects.filter(pk=message.pk).update(taken_at=at)
        found.after, found.failures, found.next_try_at = message.until, 0, at
    else:
        fall_back(found, answer, at=at)
    found.leased_until = None
    found.save()
    return is_taken


def keep_attempt(message: Message, answer: http.Answer, *, at: dt.datetime) -> None:
    """One row a try."""
    text = answer.text.replace("\x00", "")
    Attempt.objects.create(
        message=message,
        at=at,
        status=answer.status,
        ms=answer.ms,
        answer=text[: http.KEPT_OF_ANSWER],
        error=answer.error.replace("\x00", ""),
    )


def fall_back(subscription: Subscription, answer: http.Answer, *, at: dt.datetime) -> None:
    """After a failure: a growing pause; after the last one, or when the address says that it is
    gone for good, a person has to look."""
    subscription.failures += 1
    pause = None if answer.status == rules.GONE else rules.pause_after(subscription.failures)
    if pause is None:
        subscription.paused_at = subscription.paused_at or at
        subscription.is_given_up = True
    else:
        subscription.next_try_at = at + pause


def send_ping(*, message_id: int, clock: Clock) -> bool:
    """Say hello, once; whether the address took it. It changes nothing else."""
    waiting = Message.objects.select_related("subscription__station").filter(
        pk=message_id, is_ping=True, taken_at=None, dropped_at=None
    )
    message = waiting.first()
    if message is None:
        return False
    answer = post(message, body_of(message), at=clock())
    at, is_taken = clock(), rules.is_taken(answer.status)
    with transaction.atomic():
        keep_attempt(message, answer, at=at)
        waiting.update(**{"taken_at" if is_taken else "dropped_at": at})
    return is_taken


def forget_messages(*, at: dt.datetime) -> int:
    """Delete messages of a month ago that nobody waits for, with their tries; how many rows."""
    over = Message.objects.exclude(taken_at=None, dropped_at=None)
    deleted, _by_table = over.filter(made_at__lt=at - KEEP).delete()
    return deleted
