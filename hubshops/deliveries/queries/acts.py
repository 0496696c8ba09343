"""What is known of packages and of what was done with them, read for actions."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from hubshops.deliveries import rules
from hubshops.deliveries.models import Delivery, Outcome, Reason
from hubshops.deliveries.rules import ENTERED_BY_MISTAKE, Rulebook
from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import EventKind
from hubshops.shops.models import Membership, Shop
from kernel.accounts.models import User
from kernel.rows import bound_cursor


def rulebook(*, with_reasons: bool = True) -> Rulebook:
    """What staff may change about the door without a release. One query, none without reasons."""
    reasons = Reason.objects.values_list("code", "next_step") if with_reasons else ()
    return Rulebook(
        outcomes=frozenset(Outcome.values),
        next_steps=dict(reasons),
        most_attempts=settings.MOST_ATTEMPTS,
    )


@dataclass(frozen=True, slots=True)
class KnownAct:
    """An act that is an event already, or was kept as a stray one (its `kind` is then `STRAY`, its
    `to_state` what was done)."""

    shop_id: int | None
    tracking_id: str
    kind: str
    to_state: str
    first_delivered_at: dt.datetime | None = None


STRAY = "stray"
KNOWN_ACTS = """
SELECT event.act_id, event.shop_id, package.tracking_id, event.kind, event.to_state,
    delivery.delivered_at
FROM package_event AS event
JOIN package ON package.id = event.package_id
LEFT JOIN delivery ON delivery.event_id = event.amends_id
WHERE event.act_id = ANY (%s::uuid[])
UNION ALL
SELECT stray.act_id, stray.shop_id, package.tracking_id, 'stray', stray.act, NULL
FROM stray_act AS stray
JOIN package ON package.id = stray.package_id
WHERE stray.act_id = ANY (%s::uuid[])
"""


def known_acts(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, KnownAct]:
    """Which of these acts we know already, whoever sent them. One query."""
    wanted = list(ids)
    with bound_cursor() as cursor:
        cursor.execute(KNOWN_ACTS, [wanted, wanted])
        return {row[0]: KnownAct(*row[1:]) for row in cursor.fetchall()}


def standing_deliveries(package_ids: Collection[int]) -> dict[int, Delivery]:
    """The standing delivery of each package that has one, with the event that made it. One
    query."""
    rows = Delivery.objects.standing().filter(package_id__in=package_ids).select_related("event")
    return {delivery.package_id: delivery for delivery in rows}


def latest_tries(package_ids: Collection[int]) -> dict[int, PackageEvent]:
    """The latest try in vain at each package that has one which nobody took back. One query."""
    taken_back = PackageEvent.objects.filter(
        package_id=OuterRef("package_id"), amends=OuterRef("pk"), reason=ENTERED_BY_MISTAKE
    )
    tries = PackageEvent.objects.filter(
        ~Exists(taken_back), package_id__in=package_ids, kind=EventKind.ATTEMPTED
    )
    return {event.package_id: event for event in tries.order_by("pk")}


def histories(package_ids: Collection[int]) -> Iterable[PackageEvent]:
    """Every event of these packages, oldest first. One query."""
    return PackageEvent.objects.filter(package_id__in=package_ids).order_by("pk")


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """What judging an act wants to know of a package."""

    pk: int
    tracking_id: str
    service_day: dt.date
    state: str
    attempts: int
    shop_id: int | None


LOCK_PACKAGES = """
SELECT id, tracking_id, service_day, state, attempts, shop_id FROM package
WHERE station_id = %s AND tracking_id = ANY (%s::text[]) AND (
    shop_id = %s OR EXISTS (
        SELECT FROM package_event AS event
        WHERE event.package_id = package.id AND event.shop_id = %s AND event.kind = 'manifested'
    )
)
ORDER BY id FOR UPDATE
"""


def locked_packages(shop: Shop, tracking_ids: Collection[str]) -> dict[str, LockedPackage]:
    """The packages with these tracking ids that are the shop's or were on its manifest once, locked
    in the order of their keys. Others are neither locked nor told apart from unknown ones."""
    with bound_cursor() as cursor:
        wanted: tuple[Any, ...] = (shop.station_id, list(tracking_ids), shop.pk, shop.pk)
        cursor.execute(LOCK_PACKAGES, wanted)
        return {row[1]: LockedPackage(*row) for row in cursor.fetchall()}


def shops_by_slug(slugs: Collection[str]) -> dict[str, Shop]:
    """These shops with their stations. One query."""
    rows = Shop.objects.filter(slug__in=slugs).select_related("station")
    return {shop.slug: shop for shop in rows}


def people_by_email(emails: Collection[str]) -> dict[str, User]:
    """People by their address in lower case. One query."""
    rows = User.objects.filter(email__in={email.lower() for email in emails})
    return {user.email: user for user in rows}


def memberships_ever(people: Collection[User]) -> set[tuple[int, int]]:
    """(shop, person) of everybody who works or worked for a shop. One query."""
    rows = Membership.objects.filter(user__in=people)
    return set(rows.values_list("shop_id", "user_id"))


def people_ever(shop: Shop, keys: Collection[int]) -> frozenset[int]:
    """Those of these people who work or worked for the shop. One query, none without keys."""
    if not keys:
        return frozenset()
    rows = Membership.objects.filter(shop=shop, user_id__in=keys)
    return frozenset(rows.values_list("user_id", flat=True))


def acts_on(package_id: int) -> list[PackageEvent]:
    """What people did with a package, the latest first, each with it. One query."""
    kinds = [*rules.ACTS, *rules.BESIDE, EventKind.AMENDED]
    events = PackageEvent.objects.filter(package_id=package_id, kind__in=kinds)
    return list(events.select_related("by", "package").order_by("-pk"))


def reasons() -> list[Reason]:
    """Why a package may not be delivered, in the order in which people are asked. One query."""
    return list(Reason.objects.all())
