"""Handing out links, and noting what came of them."""

import base64
import datetime as dt
import secrets

from django.db import transaction

from hubshops.applications.actions import note_inviter
from hubshops.applications.models import Application
from hubshops.referrals import queries
from hubshops.referrals.models import Referral, ReferralLink
from hubshops.referrals.rules import void_because
from hubshops.shops.models import Shop, ShopStatus
from kernel.accounts.models import User


def link_for(*, shop: Shop, user: User, at: dt.datetime) -> ReferralLink:
    """An owner's own link, made when first asked for."""
    link, _is_new = ReferralLink.objects.get_or_create(
        shop=shop, user=user, defaults={"code": new_code(), "made_at": at}
    )
    return link


def new_code() -> str:
    """Eight letters and digits: short enough for a poster, and nothing to gain by guessing one."""
    return base64.b32encode(secrets.token_bytes(5)).decode().lower()


def note_referrals(*, at: dt.datetime) -> int:
    """Note each application that came by a link, and whether it counts; how many. Who was invited
    sees by whom where it counts. Safe twice."""
    links = {one.code: one for one in ReferralLink.objects.select_related("shop", "user")}
    noted = 0
    for application in queries.not_noted():
        link = links[application.referral_code]
        void = void_because(
            inviter=queries.party_of_link(link),
            invited=queries.party_of(application),
            is_known=queries.is_known(application),
        )
        noted += note_referral(application, link, void=void or "", at=at)
    return noted


@transaction.atomic
def note_referral(
    application: Application, link: ReferralLink, *, void: str, at: dt.datetime
) -> bool:
    """Note one application that came by a link; False when it was noted before."""
    _referral, is_new = Referral.objects.get_or_create(
        application=application, defaults={"link": link, "noted_at": at, "void": void}
    )
    if is_new and not void:
        note_inviter(application_id=application.pk, shop=link.shop)
    return is_new


@transaction.atomic
def note_live(*, at: dt.datetime) -> int:
    """Note when an invited shop is live for the first time; how many. Safe twice."""
    waiting = Referral.objects.filter(
        void="", live_at=None, application__shop__status=ShopStatus.LIVE
    )
    return waiting.update(live_at=at)
