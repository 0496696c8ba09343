"""Finding shops and their people."""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import DayOff, MemberRole, Membership, Shop
from hubshops.stations.models import Station
from kernel.refusals import Refusal


class UnknownShop(Refusal):
    code = "unknown_shop"
    message = _("There is no shop with the short name {slug}.")


def get_shop(slug: str) -> Shop:
    """The shop with this slug, its station with it. Refuses a slug that nobody has."""
    shop = Shop.objects.select_related("station").filter(slug=slug.strip()).first()
    if shop is None:
        raise UnknownShop(slug=slug.strip() or "“”")
    return shop


def shops_of(station: Station) -> list[Shop]:
    """A station's shops by name, whatever their status."""
    return list(Shop.objects.filter(station=station).order_by("name", "pk"))


def membership_of(user: AbstractBaseUser, slug: str = "") -> Membership | None:
    """The current membership through which `user` acts: of the named shop, else the oldest one."""
    current = (
        Membership.objects.current()
        .filter(user_id=user.pk)
        .select_related("shop", "shop__station")
        .order_by("started_at", "pk")
    )
    return (current.filter(shop__slug=slug) if slug else current).first()


def team_of(shop: Shop) -> list[Membership]:
    """Who works for the shop now, owners first."""
    current = shop.memberships.current().select_related("user")
    return sorted(
        current, key=lambda one: (one.role != MemberRole.OWNER, str(one.user).lower(), one.pk)
    )


def days_off_of(shop: Shop, first: dt.date, last: dt.date) -> list[dt.date]:
    """The shop's days off from `first` through `last`, in order."""
    days = DayOff.objects.filter(shop=shop, day__range=(first, last))
    return list(days.order_by("day").values_list("day", flat=True))
