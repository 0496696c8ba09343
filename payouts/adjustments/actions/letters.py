"""What a shop's owners read when somebody changes what they are paid."""

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext

from hubshops.shops.models import MemberRole, Membership, Shop
from kernel.notifications.actions import letter_for, send_mails
from payouts.adjustments.models import Adjustment, Dispute, Hold


def tell_owners(
    shop: Shop, template: str, subject: Callable[[], str], *, at: dt.datetime, **facts: object
) -> None:
    """One letter to each owner of a shop, in her language."""
    owners = Membership.objects.current().filter(
        shop=shop, role=MemberRole.OWNER, user__is_active=True
    )
    letters = [
        letter_for(
            one.user,
            subject=subject,
            template=f"adjustments/mail/{template}.txt",
            facts={"person": one.user, "shop": shop, **facts},
        )
        for one in owners.select_related("user").order_by("pk")
    ]
    send_mails(mails=letters, at=at)


def tell_of_proposal(adjustment: Adjustment, *, at: dt.datetime) -> None:
    """Somebody proposes a deduction: what for, and until when the shop can answer."""
    tell_owners(
        adjustment.shop,
        "proposed",
        lambda: gettext("A deduction is proposed: please tell us your side"),
        at=at,
        adjustment=adjustment,
    )


def tell_of_decision(adjustment: Adjustment, *, at: dt.datetime) -> None:
    """An adjustment was booked, or a deduction was declined."""
    tell_owners(
        adjustment.shop,
        "decided",
        lambda: gettext("A correction of your pay was decided"),
        at=at,
        adjustment=adjustment,
    )


def tell_of_dispute(dispute: Dispute, *, at: dt.datetime) -> None:
    """What became of a shop's objection."""
    tell_owners(
        dispute.shop,
        "dispute",
        lambda: gettext("We looked into what you objected to"),
        at=at,
        dispute=dispute,
    )


def tell_of_hold(hold: Hold, *, at: dt.datetime) -> None:
    """An amount is set aside, and until when."""
    tell_owners(
        hold.shop,
        "hold",
        lambda: gettext("An amount is set aside while we look into something"),
        at=at,
        hold=hold,
    )
