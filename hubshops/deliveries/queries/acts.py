"""What is known of packages and of what was done with them, read for actions."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings

from hubshops.deliveries import rules
from hubshops.deliveries.models import Delivery, Outcome, Reason
from hubshops.deliveries.rules import Rulebook
from hubshops.manifests.models import ManifestLine
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import EventKind
from hubshops.shops.models import Membership, Shop
from kernel.accounts.models import User


def rulebook() -> Rulebook:
    """What staff may change about the door without a release. One query."""
    return Rulebook(
        outcomes=frozenset(Outcome.values),
        next_steps=dict(Reason.objects.values_list("code", "next_step")),
        most_attempts=settings.MOST_ATTEMPTS,
    )


@dataclass(frozen=True, slots=True)
class KnownAct:
    """An act that is an event already."""

    shop_id: int | None
    tracking_id: str
    kind: str
    to_state: str
    first_delivered_at: dt.datetime | None = None


def known_acts(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, KnownAct]:
    """Which of these acts are events already, whoever sent them. One query."""
    rows = PackageEvent.objects.filter(act_id__in=ids).values_list(
        "act_id",
        "shop_id",
        "package__tracking_id",
        "kind",
        "to_state",
        "amends__delivery__delivered_at",
    )
    return {row[0]: KnownAct(*row[1:]) for row in rows}


def standing_deliveries(package_ids: Collection[int]) -> dict[int, Delivery]:
    """The standing delivery of each package that has one. One query."""
    rows = Delivery.objects.standing().filter(package_id__in=package_ids)
    return {delivery.package_id: delivery for delivery in rows}


def histories(package_ids: Collection[int]) -> Iterable[PackageEvent]:
    """Every event of these packages, oldest first. One query."""
    return PackageEvent.objects.filter(package_id__in=package_ids).order_by("pk")


def locked_packages(shop: Shop, tracking_ids: Collection[str]) -> dict[str, Package]:
    """The shop's own packages with these tracking ids, locked in the order of their keys. Packages
    of other shops are neither locked nor told apart from unknown ones."""
    mine = Package.objects.filter(
        station_id=shop.station_id, shop_id=shop.pk, tracking_id__in=tracking_ids
    )
    columns = ("tracking_id", "service_day", "state", "attempts")
    rows = mine.select_for_update().only(*columns).order_by("pk")
    return {package.tracking_id: package for package in rows}


def moved_away(shop: Shop, tracking_ids: Collection[str]) -> frozenset[str]:
    """Which of these packages, none of them this shop's now, were on its manifest once: they were
    moved to another shop or taken off. Tells nothing of packages the shop never saw. One query,
    none without ids."""
    if not tracking_ids:
        return frozenset()
    lines = ManifestLine.objects.filter(
        manifest__shop=shop,
        package__station_id=shop.station_id,
        package__tracking_id__in=tracking_ids,
    )
    return frozenset(lines.values_list("package__tracking_id", flat=True))


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


def acts_on(package_id: int) -> list[PackageEvent]:
    """What people did with a package, the latest first. One query."""
    kinds = [*rules.ACTS, EventKind.AMENDED, EventKind.DELIVERED_AGAIN]
    events = PackageEvent.objects.filter(package_id=package_id, kind__in=kinds)
    return list(events.select_related("by").order_by("-pk"))


def reasons() -> list[Reason]:
    """Why a package may not be delivered, in the order in which people are asked. One query."""
    return list(Reason.objects.all())
