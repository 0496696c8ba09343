"""Booking what invitations earned."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from hubshops.referrals.queries import Due
from hubshops.shops.models import MemberRole
from kernel import clock
from kernel.notifications.actions import letter_for, send_mails
from payouts.ledger.actions import Booking, hold_books, open_accounts, post
from payouts.ledger.models import Entry
from payouts.ledger.rules import Source
from payouts.rewards import queries
from payouts.rewards.models import Reward


@transaction.atomic
def book_rewards(*, at: dt.datetime) -> int:
    """Book each milestone that an invited shop reached, once, for the shop that invited it; how
    many. Its owners get a letter. Safe twice."""
    if not queries.waiting_rewards(at):
        return 0
    hold_books()
    open_accounts()
    waiting = queries.waiting_rewards(at)
    for due in waiting:
        book(due, at=at)
    return len(waiting)


def book(due: Due, *, at: dt.datetime) -> Reward:
    """Write one reward into the books. The books are held."""
    shop = due.referral.link.shop
    key = f"referral:{due.referral.pk}:{due.kind}"
    today = clock.local_day(at, shop.zone)
    post(
        source=Source.REFERRED,
        bookings=[Booking(key=key, shop_id=shop.pk, booked_on=today, cents=due.amount_cents)],
        at=at,
    )
    reward = Reward.objects.create(
        referral=due.referral,
        kind=str(due.kind),
        amount_cents=due.amount_cents,
        entry=Entry.objects.get(source_type=Source.REFERRED, source_key=key),
        booked_at=at,
    )
    tell_owners(reward, at=at)
    return reward


def tell_owners(reward: Reward, *, at: dt.datetime) -> None:
    """One letter to each owner of the shop that invited."""
    shop = reward.referral.link.shop
    owners = shop.memberships.current().filter(role=MemberRole.OWNER, user__is_active=True)
    letters = [
        letter_for(
            one.user,
            subject=lambda: gettext("Thank you for inviting a shop"),
            template="rewards/mail/booked.txt",
            facts={"person": one.user, "shop": shop, "reward": reward},
        )
        for one in owners.select_related("user").order_by("pk")
    ]
    send_mails(mails=letters, at=at)
