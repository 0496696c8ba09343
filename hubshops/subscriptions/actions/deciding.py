"""What staff decide about who is told."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station
from hubshops.subscriptions import queries, rules
from hubshops.subscriptions.jobs import Jobs
from hubshops.subscriptions.models import Message, Subscription
from hubshops.subscriptions.rules import Cursor
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.ids import new_id
from kernel.jobs.actions import start_job
from kernel.refusals import Refusal


class AddressIsUnusable(Refusal):
    code = "address_is_unusable"
    message = _(
        "Give an address that starts with https://, without a name or password in it, on port 443"
        " or one above 1023."
    )


class AddressIsTaken(Refusal):
    code = "address_is_taken"
    message = _("This address is told already. End that first, or give another one.")


class SubscriptionIsGone(Refusal):
    code = "subscription_is_gone"
    message = _("This webhook has ended, so nothing is sent to this address.")


@transaction.atomic
def subscribe(
    *, station: Station, url: str, from_the_start: bool = False, at: dt.datetime, by: User | None
) -> tuple[Subscription, str]:
    """Tell an address a station's events from now on, or from the first one; the row, and the
    secret by which it knows us. The secret is not kept and can't be shown again.

    Refuses an address we don't post to, and one that is told already.
    """
    if not rules.is_address(url, allow_local=settings.WEBHOOK_LOCAL_ADDRESSES):
        raise AddressIsUnusable
    salt = secrets.token_hex(32)
    after = Cursor() if from_the_start else queries.cursor_now()
    try:
        with transaction.atomic():
            made = Subscription.objects.create(
                station=station,
                url=url,
                salt=salt,
                after=str(after),
                made_at=at,
                made_by=by,
                next_try_at=at,
            )
    except IntegrityError as met:
        if "subscription_address_once" not in str(met):
            raise
        raise AddressIsTaken from met
    audit.record(at=at, by=by, action="subscribe", subject=made, station=station.code)
    return made, rules.shown_secret(rules.secret_of(salt, settings.SECRET_KEY))


def standing(subscription_id: int) -> Subscription:
    """The subscription under lock. Refuses one that was ended."""
    locked = Subscription.objects.standing().select_for_update(no_key=True)
    found = locked.filter(pk=subscription_id).first()
    if found is None:
        raise SubscriptionIsGone
    return found


def change(
    subscription_id: int, action: str, *, at: dt.datetime, by: User | None, **fields: object
) -> Subscription:
    """Write some fields of one standing subscription, and who decided it."""
    found = standing(subscription_id)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save(update_fields=list(fields))
    audit.record(at=at, by=by, action=action, subject=found)
    return found


@transaction.atomic
def pause_subscription(*, subscription_id: int, at: dt.datetime, by: User | None) -> Subscription:
    """Say nothing more until somebody resumes; what happens meanwhile is told then."""
    return change(subscription_id, "pause_subscription", at=at, by=by, paused_at=at)


@transaction.atomic
def resume_subscription(*, subscription_id: int, at: dt.datetime, by: User | None) -> Subscription:
    """Go on where it stopped, at once, with all its tries again."""
    return change(
        subscription_id,
        "resume_subscription",
        at=at,
        by=by,
        paused_at=None,
        is_given_up=False,
        failures=0,
        next_try_at=at,
    )


@transaction.atomic
def end_subscription(*, subscription_id: int, at: dt.datetime, by: User | None) -> Subscription:
    """Never tell this address again."""
    ended = change(subscription_id, "end_subscription", at=at, by=by, ended_at=at)
    drop_waiting(ended, at=at)
    return ended


@transaction.atomic
def go_back(
    *, subscription_id: int, event_id: int, at: dt.datetime, by: User | None
) -> Subscription:
    """Tell this event and everything after it again; what waited is told in its turn."""
    found = standing(subscription_id)
    after = rules.back_to(rules.parse_cursor(found.after) or Cursor(), event_id)
    drop_waiting(found, at=at)
    return change(
        found.pk, "replay_subscription", at=at, by=by, after=str(after), failures=0, next_try_at=at
    )


def drop_waiting(subscription: Subscription, *, at: dt.datetime) -> None:
    """Nobody waits for the message under way any more; its events come in a new one."""
    waiting = subscription.messages.filter(taken_at=None, dropped_at=None, is_ping=False)
    waiting.update(dropped_at=at)


@transaction.atomic
def order_ping(*, subscription_id: int, at: dt.datetime) -> Message:
    """Say hello to an address; a worker does it."""
    found = standing(subscription_id)
    message = Message.objects.create(uid=new_id(), subscription=found, is_ping=True, made_at=at)
    start_job(Jobs.PING, at=at, message_id=message.pk)
    return message
