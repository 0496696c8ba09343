"""What a shop's owners read when something changes for their shop."""

import datetime as dt
from collections.abc import Callable

from hubshops.shops.models import MemberRole, Shop
from kernel.notifications.actions import send_letter


def tell_owners(
    shop: Shop, letter: str, subject: Callable[[], str], *, at: dt.datetime, **facts: object
) -> None:
    """One letter to each owner of a shop, in her language."""
    owners = shop.memberships.current().filter(role=MemberRole.OWNER, user__is_active=True)
    for one in owners.select_related("user").order_by("pk"):
        send_letter(
            to=one.user.email,
            person=one.user,
            language=one.user.language,
            subject=subject,
            template=f"shops/mail/{letter}.txt",
            facts={"person": one.user, "shop": shop, **facts},
            at=at,
        )
