"""Closing shops that left."""

import datetime as dt
from functools import partial

from django.db import transaction
from django.utils.translation import gettext

from hubshops.shops.actions import close_shop
from hubshops.shops.models import MemberRole, Shop, ShopStatus
from hubshops.shops.queries import leaving_of
from kernel import clock
from kernel.notifications.actions import send_letter
from payouts.adjustments.queries import owed_by
from payouts.closings import queries
from payouts.closings.documents import outcome_of
from payouts.closings.models import Closing
from payouts.ledger.actions import hold_books


def close_shops(*, at: dt.datetime) -> int:
    """Close each shop that leaves and from which nothing is left to deliver, to decide or to pay;
    how many. Safe twice."""
    going = Shop.objects.filter(status=ShopStatus.OFFBOARDING).order_by("pk")
    ready = [shop for shop in going if queries.left_of(shop, at=at).is_nothing]
    return sum(settle(shop=shop, at=at) for shop in ready)


@transaction.atomic
def settle(*, shop: Shop, at: dt.datetime) -> bool:
    """Write one shop's final statement and close it; False when something is left after all. What
    it was paid too much is carried, and told in words. Its owners get a letter."""
    hold_books()
    leaving = leaving_of(Shop.objects.select_for_update(no_key=True).get(pk=shop.pk))
    if leaving is None or not queries.left_of(shop, at=at).is_nothing:
        return False
    sums = queries.sums_of(shop)
    if not close_shop(shop=shop, at=at):
        return False
    closing = Closing.objects.create(
        shop=shop,
        leaving=leaving,
        closed_on=clock.local_day(at, shop.zone),
        closed_at=at,
        balance_cents=sums["earned_cents"] - sums["paid_cents"],
        deductions_cents=max(0, owed_by(shop)),
        **sums,
    )
    tell_owners(closing, at=at)
    return True


def tell_owners(closing: Closing, *, at: dt.datetime) -> None:
    """The final statement as a letter to each owner, in her language."""
    shop = closing.shop
    owners = shop.memberships.current().filter(role=MemberRole.OWNER, user__is_active=True)
    for one in owners.select_related("user").order_by("pk"):
        send_letter(
            to=one.user.email,
            person=one.user,
            language=one.user.language,
            subject=lambda: gettext("Your final statement"),
            template="closings/mail/final.txt",
            facts={
                "person": one.user,
                "shop": shop,
                "closing": closing,
                "outcome": partial(outcome_of, closing),  # worded in her language
            },
            at=at,
        )
