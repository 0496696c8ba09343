"""What is known of packages at the door, read for actions, pages and phones."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Q, QuerySet

from hubshops.deliveries.models import Delivery, Outcome, Reason
from hubshops.deliveries.rules import DoorPackage, Rulebook
from hubshops.manifests.rules import short_name
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import IN_CUSTODY, State
from hubshops.shops.models import Shop


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
    return {act_id: KnownAct(*facts) for act_id, *facts in rows}


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


def at_the_door(shop: Shop, day: dt.date) -> list[DoorPackage]:
    """What a shop's people have to do with on `day`, in tour order: the day's packages and those
    of earlier days that the shop still holds, which come first. One query."""
    held = Q(service_day__lt=day, state__in=IN_CUSTODY)
    mine = Package.objects.filter(shop=shop).filter(Q(service_day=day) | held)
    return door_packages(mine.exclude(state=State.CANCELLED))


def door_packages(packages: QuerySet[Package]) -> list[DoorPackage]:
    """These packages as a door page or a phone shows them: no phone number, no full name."""
    on_a_list = Q(manifest_lines__isnull=True) | Q(manifest_lines__withdrawn_in=None)
    rows = (
        packages.filter(on_a_list)
        .annotate(stop=F("manifest_lines__stop"))
        .order_by("service_day", F("stop").asc(nulls_last=True), "address1", "tracking_id")
        .values_list(*COLUMNS)
    )
    return [door_package(*row) for row in rows]


COLUMNS = (
    "tracking_id",
    "service_day",
    "stop",
    "recipient_name",
    "address1",
    "address2",
    "city",
    "postal_code",
    "latitude",
    "longitude",
    "instructions",
    "requires",
    "state",
    "attempts",
    "last_event_at",
)


def door_package(tracking_id, service_day, stop, recipient_name, *rest) -> DoorPackage:
    """One row of `COLUMNS` with the recipient's name cut to what a door needs."""
    return DoorPackage(tracking_id, service_day, stop, short_name(recipient_name), *rest)
