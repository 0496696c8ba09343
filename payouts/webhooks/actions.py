"""Taking in what a provider tells, once each, and acting on it by reading the object again.

An event says only that something changed. So their order does not matter, a repeat does no harm,
and one that never came is made good by the next look at the provider's lists.
"""

import datetime as dt

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.jobs.actions import start_job
from kernel.refusals import Refusal
from kernel.rows import rows
from payouts.payruns.actions import let_held_go, note_transfer
from payouts.payruns.jobs import Jobs as PayRuns
from payouts.providers.actions import (
    StripeIsSilent,
    StripeSaysNo,
    list_events,
    refresh_account,
    refresh_bank_payout,
)
from payouts.providers.rules import EventFacts
from payouts.webhooks import queries, rules
from payouts.webhooks.jobs import Jobs
from payouts.webhooks.models import CatchUp, EventStatus, ProviderEvent
from payouts.webhooks.rules import Topic

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(seconds=100)  # longer than three tries of 23 s with their pauses
SWEEP_SIZE = 200
STRIPE = "stripe"
OVERLAP = dt.timedelta(hours=1)
FIRST_LOOK = dt.timedelta(hours=25)
LONGEST_LOOK = dt.timedelta(days=29)  # the provider keeps events for thirty days
YES, NOT_YET, NEVER = True, None, False


STORE = """
INSERT INTO provider_event (reference, kind, object_reference, account_reference, made_at,
    received_at, deliveries, status, attempts, next_attempt_at, error)
VALUES (%(reference)s, %(kind)s, %(object)s, %(account)s, %(made_at)s,
    %(at)s, %(count)s, 'new', 0, %(at)s, '')
ON CONFLICT (reference) DO UPDATE SET deliveries = provider_event.deliveries + %(count)s
RETURNING id, xmax = 0 AS is_new
"""


@transaction.atomic
def store_event(*, facts: EventFacts, at: dt.datetime, is_delivery: bool = True) -> bool:
    """Keep one event, and promise to apply it; whether it is new. One that is known is counted."""
    (row,) = rows(
        STORE,
        {
            "reference": facts.reference,
            "kind": facts.kind,
            "object": facts.object_reference,
            "account": facts.account_reference,
            "made_at": facts.made_at,
            "at": at,
            "count": int(is_delivery),
        },
    )
    if row["is_new"]:
        start_job(Jobs.APPLY, at=at, key=f"{Jobs.APPLY}:{row['id']}", event_id=row["id"])
    return bool(row["is_new"])


def apply_event(*, event_id: int, at: dt.datetime) -> bool:
    """Read again what one event is about and write down what is so now; whether it is done with.

    Safe any number of times, in any order and side by side. What cannot be found or asked yet waits
    and is tried again; after a day an event about nothing of ours is put aside.
    """
    event = claim_event(event_id=event_id, at=at)
    if event is None:
        return False
    try:
        found, error = apply_topic(event, at), ""
    except (StripeIsSilent, StripeSaysNo) as no:
        found, error = NOT_YET, no.sentence
    except Exception as problem:
        log.exception("provider_event_failed", event=event.reference, kind=event.kind)
        found, error = NOT_YET, f"{type(problem).__name__}: {problem}"
        note_failure(event=event, error=error, at=at)
        return False
    return note_applied(event=event, found=found, error=error, at=at)


@transaction.atomic
def claim_event(*, event_id: int, at: dt.datetime) -> ProviderEvent | None:
    """Lease one event whose turn has come; None when somebody has it or it is done with."""
    claimed = ProviderEvent.objects.filter(
        pk=event_id, status=EventStatus.NEW, next_attempt_at__lte=at
    ).update(attempts=F("attempts") + 1, next_attempt_at=at + LEASE)
    return ProviderEvent.objects.get(pk=event_id) if claimed else None


def apply_topic(event: ProviderEvent, at: dt.datetime) -> bool | None:
    """Read again what an event is about: `YES` when written down, `NOT_YET` when it is of something
    we don't know (or don't know yet), `NEVER` when it does not concern us."""
    topic = rules.topic_of(event.kind)
    whose = event.account_reference or event.object_reference
    if topic == Topic.TRANSFER:
        return note_transfer(reference=event.object_reference, at=at)
    if topic == Topic.ACCOUNT:
        if refresh_account(reference=whose, at=at) is None:
            return NOT_YET
        let_held_go(at=at)
        return YES
    if topic == Topic.BANK_PAYOUT:
        known = refresh_bank_payout(
            reference=event.object_reference, account_reference=event.account_reference, at=at
        )
        return YES if known else NOT_YET
    if topic == Topic.BALANCE:
        start_job(PayRuns.SWEEP, at=at)
        return YES
    return NEVER


@transaction.atomic
def note_applied(*, event: ProviderEvent, found: bool | None, error: str, at: dt.datetime) -> bool:
    """Write down what became of one try; whether the event is done with."""
    is_old = at - event.received_at >= rules.GIVE_UP_AFTER
    if found is YES:
        status, moment = EventStatus.APPLIED, at
    elif found is NEVER or (is_old and not error):
        status, moment = EventStatus.IGNORED, None
    else:
        status, moment = (EventStatus.FAILED if is_old else EventStatus.NEW), None
    ProviderEvent.objects.filter(pk=event.pk).update(
        status=status,
        applied_at=moment,
        error=error[:200],
        next_attempt_at=at + rules.pause(event.attempts),
    )
    return status != EventStatus.NEW


@transaction.atomic
def note_failure(*, event: ProviderEvent, error: str, at: dt.datetime) -> None:
    """One try broke: it is tried again for a day, then a person has to look."""
    is_old = at - event.received_at >= rules.GIVE_UP_AFTER
    ProviderEvent.objects.filter(pk=event.pk).update(
        status=EventStatus.FAILED if is_old else EventStatus.NEW,
        error=error[:200],
        next_attempt_at=at + rules.pause(event.attempts),
    )


def apply_waiting(*, at: dt.datetime) -> int:
    """Apply every event whose turn has come; how many are done with now."""
    return sum(apply_event(event_id=one, at=at) for one in queries.due(at=at, most=SWEEP_SIZE))


def catch_up(*, at: dt.datetime) -> int:
    """Read the provider's own list of events since the last look, and keep those that nobody told
    us; how many there were. Refuses when the provider is silent: the next look begins where this
    one did."""
    before = queries.seen_to() or at - FIRST_LOOK
    since = max(before - OVERLAP, at - LONGEST_LOOK)
    fresh = 0
    for facts in list_events(since=since):
        fresh += store_event(facts=facts, at=at, is_delivery=False)
    CatchUp.objects.update_or_create(name=STRIPE, defaults={"seen_to": at})
    return fresh


class EventIsWaiting(Refusal):
    code = "event_is_waiting"
    message = _("This event is waiting for its turn already.")


@transaction.atomic
def replay_event(*, event_id: int, by: User | None, at: dt.datetime) -> ProviderEvent:
    """A person has one event applied once more: it may help after a failure, and never harms."""
    event = ProviderEvent.objects.select_for_update().get(pk=event_id)
    if event.status == EventStatus.NEW and event.next_attempt_at <= at:
        raise EventIsWaiting
    event.status, event.applied_at, event.attempts = EventStatus.NEW, None, 0
    event.received_at = event.next_attempt_at = at
    event.save()
    audit.record(at=at, by=by, action="replay_event", subject=event, kind=event.kind)
    start_job(Jobs.APPLY, at=at, event_id=event.pk)
    return event
