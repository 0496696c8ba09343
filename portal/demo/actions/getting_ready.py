"""The sample's shops sign the agreement, and new ones practice before they are live."""

import datetime as dt

from hubshops.agreements.actions import sign_agreement
from hubshops.agreements.queries import terms_of
from hubshops.practice import rules
from hubshops.practice.actions import (
    close_practice,
    count_in,
    let_go_live,
    start_practice,
    tell_door,
)
from hubshops.shops.actions import lift_ramp
from hubshops.shops.models import MemberRole, Membership, Shop
from kernel import clock
from kernel.accounts.models import User


def get_ready(*, shop: Shop, owner: User, by: User, at: dt.datetime) -> None:
    """An approved shop signs and practices; staff let it go live before its papers are there, and
    weeks later it gets all it agreed to."""
    sign_sample(shop=shop, owner=owner, at=at)
    start_practice(shop=shop, by=owner, at=at)
    damaged = [one.code for one in rules.PACKAGES if one.is_damaged]
    count_in(shop=shop, damaged=damaged, at=at)
    for one in rules.TO_DELIVER:
        tell_door(shop=shop, code=one.code, outcome=one.at_the_door, at=at)
    close_practice(shop=shop, still_here=rules.STILL_HERE, by=owner, at=at)
    let_go_live(shop=shop, reason="Part of the sample network.", by=by, at=at)
    lift_ramp(shop=shop, by=by, at=at)


def sign_sample(*, shop: Shop, owner: User, at: dt.datetime) -> None:
    """An owner signs what she is asked to."""
    asked = terms_of(shop, clock.local_day(at, shop.zone)).asked
    if asked is not None:
        sign_agreement(
            shop=shop,
            sha256=asked.sha256,
            legal_name=owner.name,
            role="owner",
            consent="Signed with the sample network.",
            language=owner.language,
            by=owner,
            at=at,
        )


def sign_everywhere(*, at: dt.datetime) -> None:
    """The owners of the shops that came with a list sign, once."""
    owners = Membership.objects.current().filter(role=MemberRole.OWNER)
    for one in owners.select_related("shop__station", "user").order_by("pk"):
        sign_sample(shop=one.shop, owner=one.user, at=at)
