"""Referrals as who invited and who was invited may see them, and what was reached."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubshops.applications.models import Application, ApplicationStatus
from hubshops.referrals.models import Milestone, Referral, ReferralLink
from hubshops.referrals.rules import Party, Reached, digits_of, reached
from hubshops.shops.models import Shop, ShopStatus
from hubshops.shops.rules import street_key
from kernel import clock
from kernel.accounts.models import User

OVER = [ApplicationStatus.DECLINED, ApplicationStatus.WITHDRAWN, ApplicationStatus.EXPIRED]


@dataclass(frozen=True)
class Invited:
    """One referral as who invited sees it: a first name, a kind of shop, how far it is. Never an
    address, a phone or anybody's money."""

    first_name: str
    trade: str
    words: Promise
    tone: str
    icon: str


def link_of(shop: Shop, user: User) -> ReferralLink | None:
    """An owner's own link, once she asked for it."""
    return ReferralLink.objects.filter(shop=shop, user=user).first()


def invited_by(link: ReferralLink) -> list[Invited]:
    """What became of an owner's invitations, the newest first. One query."""
    found = Referral.objects.filter(link=link).select_related("application__shop")
    return [seen(one) for one in found]


def seen(referral: Referral) -> Invited:
    """One referral in the words for who invited."""
    application = referral.application
    if referral.void:
        words, tone, icon = _("Does not count"), "", "circle-x"
    elif referral.live_at:
        words, tone, icon = _("Live"), "good", "circle-check"
    elif application.status in OVER:
        words, tone, icon = _("Did not join"), "", "circle"
    else:
        words, tone, icon = _("On the way"), "info", "clock"
    first_name = (application.contact_name.split() or [""])[0]
    return Invited(first_name, application.trade, words, tone, icon)


def inviter_of(shop: Shop) -> str:
    """The name of the shop that invited this one, or nothing. One query."""
    found = Referral.objects.filter(application__shop=shop).values_list("link__shop__name")
    return (found.first() or ("",))[0]


def milestones_on(day: dt.date) -> list[Milestone]:
    """What applications sent on a day may earn who invited them."""
    return list(Milestone.objects.filter(valid__contains=day).order_by("amount_cents", "pk"))


def not_noted() -> list[Application]:
    """Applications that came by a link of somebody's and have no referral yet."""
    codes = ReferralLink.objects.values("code")
    came = Application.objects.filter(referral_code__in=codes, referral=None)
    aside = [ApplicationStatus.DRAFT, ApplicationStatus.REPEATED]
    return list(came.exclude(status__in=aside).order_by("pk"))


def party_of_link(link: ReferralLink) -> Party:
    """Who invites: the shop, and everybody who works for it."""
    team = link.shop.memberships.current().values_list("user__email", flat=True)
    return Party(
        emails=frozenset({*team, link.user.email, link.shop.email}),
        phone=link.shop.phone,
        street=link.shop.address1,
        postal_code=link.shop.postal_code,
        name=link.shop.name,
    )


def party_of(application: Application) -> Party:
    """Who applies."""
    return Party(
        emails=frozenset({application.email}),
        phone=application.phone,
        street=application.address1,
        postal_code=application.postal_code,
        name=application.name,
    )


def is_known(application: Application) -> bool:
    """Whether an earlier application or a shop of ours has this e-mail, phone or address."""
    phone = digits_of(application.phone)
    earlier = Application.objects.filter(submitted_at__lt=application.submitted_at)
    shops = Shop.objects.filter(opened_at__lt=application.submitted_at)
    near = Q(email__iexact=application.email) | Q(
        postal_code__startswith=application.postal_code[:5]
    )
    near |= Q(phone__endswith=phone[-4:]) if phone else Q()
    street = street_key(application.address1)
    known: list[Application | Shop] = [
        *earlier.filter(near).exclude(pk=application.pk).exclude(status=ApplicationStatus.DRAFT),
        *shops.filter(near),
    ]
    return any(
        one.email.lower() == application.email.lower()
        or digits_of(one.phone) == phone
        or (
            street_key(one.address1) == street
            and one.postal_code[:5] == application.postal_code[:5]
        )
        for one in known
    )


def came_on(referral: Referral) -> dt.date:
    """The day on which an invited application was sent, by the calendar of the shop that invited:
    the one by which its page promised an amount."""
    return clock.local_day(referral.application.submitted_at, referral.link.shop.zone)


@dataclass(frozen=True)
class Due:
    """A milestone that a referral reached, and what it pays."""

    referral: Referral
    kind: Reached
    amount_cents: int


def due_rewards(at: dt.datetime) -> list[Due]:
    """The milestones that were reached, as far as they pay anything: those booked already
    included. Two queries."""
    counts = Referral.objects.filter(void="", live_at__isnull=False)
    counts = counts.exclude(link__shop=F("application__shop"))
    counts = counts.exclude(link__shop__status=ShopStatus.CLOSED)
    found = counts.select_related("link__shop__station", "application__shop").order_by("pk")
    amounts = list(Milestone.objects.all())
    return [
        Due(referral, kind, one.amount_cents)
        for referral in found
        for kind in reached(
            live_at=referral.live_at,
            is_live=referral.application.shop.status == ShopStatus.LIVE,
            at=at,
        )
        for one in amounts
        if one.kind == kind and came_on(referral) in one.valid
    ]
