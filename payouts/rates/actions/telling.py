"""Letters to owners about a new card: each with what it means for her own shop."""

import datetime as dt

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from hubshops.shops.models import Membership
from kernel.notifications.actions import letter_for, send_mails
from kernel.notifications.models import Mail
from payouts.rates import queries
from payouts.rates.models import RateChange, RateEffect


def tell_of_change(change: RateChange, *, at: dt.datetime) -> None:
    """Write to every owner, in her language: from when, what it would have meant, what she may
    do."""
    letters = [
        letter_to(owner, effect, change, template="rates/mail/change.txt", subject=subject_new)
        for owner, effect in queries.owners_told(change)
    ]
    send_mails(mails=letters, at=at)


def tell_of_withdrawal(change: RateChange, *, at: dt.datetime) -> None:
    """Write to every owner who was told that her fees stay as they are."""
    letters = [
        letter_to(owner, effect, change, template="rates/mail/withdrawn.txt", subject=subject_old)
        for owner, effect in queries.owners_told(change)
    ]
    send_mails(mails=letters, at=at)


def letter_to(
    owner: Membership, effect: RateEffect, change: RateChange, *, template: str, subject
) -> Mail:
    """One owner's letter."""
    person = owner.user
    return letter_for(
        person,
        subject=lambda: subject(change),
        template=template,
        facts={
            "person": person,
            "shop": effect.shop,
            "effect": effect,
            "change": change,
            "path": reverse("rates:mine_change", args=[change.pk]),
        },
    )


def subject_new(change: RateChange) -> str:
    """What it is about, with the day."""
    day = date_format(change.effective_on, "D M j")
    return gettext("Your fees from %(day)s, and what that means for you") % {"day": day}


def subject_old(_change: RateChange) -> str:
    """What it is about."""
    return gettext("Your fees stay as they are")
