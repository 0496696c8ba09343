"""The waiting list of streets where no van comes yet."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hubshops.applications import rules
from hubshops.applications.actions.sending import new_reference
from hubshops.applications.models import WaitlistEntry
from kernel.accounts.actions import known_language
from kernel.notifications.actions import send_letter
from kernel.refusals import Refusal


@transaction.atomic
def join_waitlist(
    *, name: str, email: str, trade: str, postal_code: str, language: str, at: dt.datetime
) -> WaitlistEntry:
    """Put somebody on the waiting list of her ZIP code and ask by mail whether it was she. Who is
    on it already gets the same mail, and the same answer."""
    entry, _is_new = WaitlistEntry.objects.get_or_create(
        email=email.lower(),
        postal_code=postal_code[:5],
        defaults={
            "reference": new_reference(),
            "name": name,
            "trade": trade,
            "language": known_language(language),
            "asked_at": at,
        },
    )
    send_letter(
        to=entry.email,
        subject=_("The waiting list: is it you?"),
        template="applications/mail/waitlist.txt",
        facts={"entry": entry, "path": reverse("applications:waiting", args=[entry.reference])},
        language=entry.language,
        at=at,
    )
    return entry


class NoSuchEntry(Refusal):
    code = "no_such_entry"
    message = _("You are not on the waiting list any more.")


def own_entry(reference: str) -> WaitlistEntry:
    """Lock the entry that its page shows."""
    entry = WaitlistEntry.objects.select_for_update().filter(reference=reference).first()
    if entry is None:
        raise NoSuchEntry
    return entry


@transaction.atomic
def confirm_waitlist(*, reference: str, at: dt.datetime) -> WaitlistEntry:
    """Note that the mail's reader is who asked. Again changes nothing."""
    entry = own_entry(reference)
    if entry.confirmed_at is None:
        entry.confirmed_at = at
        entry.save(update_fields=["confirmed_at"])
    return entry


@transaction.atomic
def tell_who_waits(*, entry_id: int, at: dt.datetime) -> bool:
    """Write to somebody on the list that a van comes to her ZIP code now, once. False when she was
    told, left, or never confirmed."""
    entry = WaitlistEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None or entry.confirmed_at is None or entry.told_at is not None:
        return False
    entry.told_at = at
    entry.save(update_fields=["told_at"])
    send_letter(
        to=entry.email,
        subject=_("A van comes to your ZIP code now"),
        template="applications/mail/van_comes.txt",
        facts={
            "entry": entry,
            "apply_path": reverse("applications:apply"),
            "path": reverse("applications:waiting", args=[entry.reference]),
        },
        language=entry.language,
        at=at,
    )
    return True


@transaction.atomic
def leave_waitlist(*, reference: str) -> None:
    """Take somebody off the waiting list, with all that we kept of her."""
    own_entry(reference).delete()


def tidy_waitlist(*, at: dt.datetime) -> int:
    """Drop what nobody confirmed within 30 days; how many."""
    old = WaitlistEntry.objects.filter(
        confirmed_at=None, asked_at__lte=at - rules.UNCONFIRMED_LASTS
    )
    return old.delete()[0]
