"""The watchdog: a morning without manifests is noticed by us, not by the shops."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hubshops.manifests.models import Ring
from hubshops.manifests.queries import Trouble, open_rings, troubles_of
from hubshops.stations.models import Station
from kernel.accounts.models import Role, User
from kernel.notifications.actions import letter_for, send_mails
from kernel.notifications.models import Mail

WATCH_FROM = dt.time(6)  # by the station's clock; vans leave at seven


def watch_mornings(*, at: dt.datetime) -> int:
    """Look at every station's day, from six in the morning by its own clock; how many new alarms.

    Rings when a shop has packages for today that are on no manifest, and when a station has
    packages and no plan at all. One alarm a shop or station and day, one letter to each dispatcher
    for the new ones of a look. An alarm closes itself once its trouble is over.
    """
    new = 0
    for station in Station.objects.order_by("pk"):
        local = at.astimezone(ZoneInfo(station.zone))
        if local.time() >= WATCH_FROM:
            new += len(watch_day(station=station, day=local.date(), at=at))
    return new


@transaction.atomic
def watch_day(*, station: Station, day: dt.date, at: dt.datetime) -> list[Ring]:
    """Ring for what is new, close what is over, of one station's day; the new alarms."""
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    troubles = {one.shop_id: one for one in troubles_of(station, day)}
    known = {ring.shop_id: ring for ring in Ring.objects.filter(station=station, service_day=day)}
    for shop_id, ring in known.items():
        keep_ring(ring, troubles.get(shop_id), at=at)
    Ring.objects.bulk_update(known.values(), ["cause", "packages", "closed_at"])
    new = [
        Ring(
            station=station,
            shop_id=shop_id,
            service_day=day,
            cause=one.cause,
            packages=one.packages,
            rang_at=at,
        )
        for shop_id, one in troubles.items()
        if shop_id not in known
    ]
    Ring.objects.bulk_create(new)
    write_to_dispatchers(station=station, day=day, new=len(new), at=at)
    return new


def keep_ring(ring: Ring, trouble: Trouble | None, *, at: dt.datetime) -> None:
    """Bring a known alarm up to date with what is wrong now."""
    if trouble is None:
        ring.closed_at = ring.closed_at or at
        return
    ring.cause, ring.packages, ring.closed_at = trouble.cause, trouble.packages, None


def close_rings(*, station: Station, day: dt.date, at: dt.datetime) -> None:
    """Close the alarms of a day that was just published, those whose trouble is over. One query
    when nothing rings."""
    ringing = open_rings(day, station=station)
    if not ringing:
        return
    troubled = {one.shop_id for one in troubles_of(station, day)}
    over = [ring.pk for ring in ringing if ring.shop_id not in troubled]
    Ring.objects.filter(pk__in=over).update(closed_at=at)


def write_to_dispatchers(*, station: Station, day: dt.date, new: int, at: dt.datetime) -> None:
    """One letter to each dispatcher about a look's new alarms; to the admins when nobody is one."""
    if not new:
        return
    facts = {
        "station": station,
        "day": day,
        "rings": open_rings(day, station=station),
        "path": reverse("manifests:plan", args=[station.code, day]),
    }
    send_mails(mails=[alarm_to(person, facts) for person in dispatchers()], at=at)


def dispatchers() -> Sequence[User]:
    """Who plans the days; the admins when nobody does."""
    staff = User.objects.filter(is_active=True).order_by("pk").distinct()
    planners = list(staff.filter(staff_roles__role=Role.DISPATCHER))
    return planners or list(staff.filter(staff_roles__role=Role.ADMIN))


def alarm_to(person: User, facts: dict) -> Mail:
    """One dispatcher's letter."""

    def subject() -> str:
        words = {"station": facts["station"].code, "day": date_format(facts["day"], "D M j")}
        return _("Not ready: %(station)s, %(day)s") % words

    return letter_for(
        person,
        subject=subject,
        template="manifests/mail/not_ready.txt",
        facts=facts | {"person": person},
    )
