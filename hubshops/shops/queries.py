"""Finding shops and their people."""

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.utils.translation import gettext_lazy as _

from hubshops.shops import rules
from hubshops.shops.models import (
    DayOff,
    FactsChange,
    FactsChangeStatus,
    Leaving,
    MemberRole,
    Membership,
    Pause,
    Shop,
    TeamLink,
    WeekdayCap,
)
from hubshops.stations.models import Station
from kernel import clock
from kernel.refusals import Refusal
from kernel.rows import rows


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
    """Who works for the shop now, owners first, then managers."""
    current = shop.memberships.current().select_related("user")
    ranks = MemberRole.values
    return sorted(current, key=lambda one: (ranks.index(one.role), str(one.user).lower(), one.pk))


def open_links_of(shop: Shop, at: dt.datetime) -> list[TeamLink]:
    """The links by which somebody may still join, the newest first."""
    return list(TeamLink.objects.working(at).filter(shop=shop))


def days_off_of(shop: Shop, first: dt.date, last: dt.date) -> list[dt.date]:
    """The shop's days off from `first` through `last`, in order."""
    days = DayOff.objects.filter(shop=shop, day__range=(first, last))
    return list(days.order_by("day").values_list("day", flat=True))


def first_open_day(shop: Shop, at: dt.datetime) -> dt.date:
    """The first day that a shop can still change: tomorrow, or the day after once the station's
    cut-off has passed."""
    day = clock.local_day(at, shop.zone) + dt.timedelta(days=1)
    return day if at < shop.station.cut_off(day) else day + dt.timedelta(days=1)


def usual_caps(shop: Shop, day: dt.date) -> dict[int, int | None]:
    """Weekday → the most a shop takes on it as of a day, where it said so. One query."""
    found = WeekdayCap.objects.filter(shop=shop, from_day__lte=day).order_by("from_day", "pk")
    return dict(found.values_list("weekday", "cap"))


def caps_on(shops: Sequence[Shop], day: dt.date) -> dict[int, int]:
    """By a shop's key: the most packages it takes on a day, what it said yes to beyond it aside.
    One query."""
    said = WeekdayCap.objects.filter(
        shop__in=[shop.pk for shop in shops], weekday=day.isoweekday(), from_day__lte=day
    )
    latest = dict(said.order_by("from_day", "pk").values_list("shop_id", "cap"))
    return {shop.pk: rules.least_cap(shop.cap_now, latest.get(shop.pk)) for shop in shops}


CLOSED = """
    SELECT shop_id FROM day_off WHERE day = %(day)s AND shop_id = ANY(%(shops)s)
    UNION
    SELECT shop_id FROM shop_pause
    WHERE ended_at IS NULL AND first_day <= %(day)s AND (last_day IS NULL OR last_day >= %(day)s)
      AND shop_id = ANY(%(shops)s)
    UNION
    SELECT shop_id FROM shop_leaving
    WHERE withdrawn_at IS NULL AND closed_at IS NULL AND last_day < %(day)s
      AND shop_id = ANY(%(shops)s)
"""


def closed_on(shops: Sequence[Shop], day: dt.date) -> set[int]:
    """The keys of the shops that get no packages on a day because they said so: a day off, a pause,
    a leaving. One query."""
    keys = [shop.pk for shop in shops]
    return {row["shop_id"] for row in rows(CLOSED, {"day": day, "shops": keys})}


def pause_of(shop: Shop) -> Pause | None:
    """The pause that is planned or running."""
    return Pause.objects.filter(shop=shop, ended_at=None).first()


def leaving_of(shop: Shop) -> Leaving | None:
    """The leaving that is planned or under way."""
    return Leaving.objects.filter(shop=shop, withdrawn_at=None, closed_at=None).first()


def waiting_change_of(shop: Shop) -> FactsChange | None:
    """The name or address that a shop asked for and nobody decided about yet."""
    return shop.facts_changes.filter(status=FactsChangeStatus.WAITING).first()


def waiting_changes() -> list[FactsChange]:
    """What staff have to decide about, the oldest first."""
    waiting = FactsChange.objects.filter(status=FactsChangeStatus.WAITING)
    return list(waiting.select_related("shop__station", "asked_by"))


def leavings(limit: int = 100) -> list[Leaving]:
    """Who leaves or left, the newest first, with the reason."""
    asked = Leaving.objects.filter(withdrawn_at=None).select_related("shop__station")
    return list(asked[:limit])


def pauses() -> list[Pause]:
    """Who pauses or is going to."""
    return list(Pause.objects.filter(ended_at=None).select_related("shop__station"))
