"""Finding shops and their people."""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
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
    """The current membership through which `user` acts: of the named shop, else the oldest one; its
    shop and its station with it. One query, asked by every page and every call of a phone: its
    statement is made once a process, because making it takes longer than its answer."""
    with connection.cursor() as cursor:
        cursor.execute(statement_of(bool(slug)), [user.pk, slug] if slug else [user.pk])
        row = cursor.fetchone()
    return from_row(row) if row else None


JOINED = (Membership, Shop, Station)


@cache
def statement_of(is_named: bool) -> str:
    """The statement behind `membership_of`."""
    columns = ", ".join(
        f'"{model._meta.db_table}"."{field.column}"'
        for model in JOINED
        for field in model._meta.concrete_fields
    )
    return f"""
        SELECT {columns} FROM membership
        JOIN shop ON shop.id = membership.shop_id JOIN station ON station.id = shop.station_id
        WHERE membership.user_id = %s AND membership.ended_at IS NULL
            {"AND shop.slug = %s" if is_named else ""}
        ORDER BY membership.started_at, membership.id LIMIT 1
    """


def from_row(row: tuple[Any, ...]) -> Membership:
    """A membership with its shop and station, from a row of the statement."""
    values = iter(row)
    membership, shop, station = (made(model, values) for model in JOINED)
    membership.shop, shop.station = shop, station
    return membership


def made(model: Any, values: Iterator[Any]) -> Any:
    """A row of one table, from as many values as it has columns."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(connection.alias, names, list(islice(values, len(names))))


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
