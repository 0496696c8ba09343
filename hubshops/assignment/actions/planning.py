"""Giving a day's packages to shops."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from django.db import connection, transaction
from django.db.models import Q

from hubshops.assignment import rules
from hubshops.assignment.models import Assignment, OverflowOffer, UnplacedPackage
from hubshops.assignment.queries import (
    DOOR_FIELDS,
    DayPlan,
    accepted_offers,
    day_plan,
    doors_to_place,
    fingerprint,
    rooms_of,
    slots_taken,
)
from hubshops.assignment.rules import Cause, Placement, ShopRoom
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package
from hubshops.packages.rules import EventKind, Move, State
from hubshops.shops.models import Shop
from hubshops.shops.queries import caps_on
from hubshops.stations.models import Station
from kernel.accounts.models import User

ASSIGN = """
INSERT INTO assignment (
    package_id, shop_id, slot, cap, distance_m, explanation, offer_id, service_day, made_at,
    made_by_id
)
SELECT given.*, %s::date, %s::timestamptz, %s::bigint FROM unnest(
    %s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[], %s::jsonb[], %s::bigint[]
) AS given
"""
NOTE_UNPLACED = """
INSERT INTO unplaced_package (package_id, cause, rooms, found_at)
SELECT given.*, %s::text, %s::timestamptz FROM unnest(%s::bigint[], %s::text[]) AS given
"""

AssignmentRow = tuple[int, int, int, int, int, str, int | None]  # the columns of ASSIGN


@transaction.atomic
def plan_day(
    *, station: Station, service_day: dt.date, at: dt.datetime, by: User | None = None
) -> DayPlan:
    """Give every package of the day that has no shop the shop that is best for the whole day
    (`rules.plan`), and answer how the day stands then.

    Packages that have a shop keep it; those that are off the list free their slots first. A second
    run finds nothing to do and answers the same. No shop passes its cap, or what it said
    yes to beyond it: slots are numbered, those above the cap come last, and the table refuses a
    number that was not agreed. Holds the station, its live shops and the day's
    unplaced packages, in that order (docs/locking.md). Set-based: a dozen statements, whatever the
    number of packages.
    """
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    live = Shop.objects.live().filter(station=station)
    shops = list(live.select_for_update(no_key=True).order_by("pk"))
    released = release_withdrawn(station=station, service_day=service_day)
    packages = (
        Package.objects.of_day(station, service_day)
        .unplaced()
        .select_for_update(no_key=True)
        .order_by("pk")
        .values_list("pk", *DOOR_FIELDS)
    )
    ids = {tracking_id: (pk, tracking_id, *facts) for pk, tracking_id, *facts in packages}
    taken = slots_taken(shops, service_day)
    offers = accepted_offers(shops, service_day)
    caps = caps_on(shops, service_day)
    rooms = rooms_of(
        shops,
        service_day,
        {pk: len(slots) for pk, slots in taken.items()},
        {pk: cap + (offers[pk].extra if pk in offers else 0) for pk, cap in caps.items()},
    )
    doors = doors_to_place(station, service_day, [row[1:] for row in ids.values()])
    plan = rules.plan(doors, rooms)
    pks = {tracking_id: row[0] for tracking_id, row in ids.items()}
    made = list(slotted(plan.placed, pks, shops, taken, offers, caps=caps))
    assign(made, service_day=service_day, at=at, by=by)
    note_unplaced(
        {pks[tracking_id]: cause for tracking_id, cause in plan.unplaced.items()},
        station=station,
        service_day=service_day,
        rooms=rooms_after(rooms, plan.placed),
        at=at,
    )
    return replace(day_plan(station, service_day), released=released)


@transaction.atomic
def release_withdrawn(*, station: Station, service_day: dt.date) -> int:
    """Free the slots of packages that are no longer on their shop's list: withdrawn, or announced
    anew for another day; how many that were."""
    gone = Assignment.objects.filter(package__station=station).filter(
        Q(service_day=service_day) | Q(package__service_day=service_day),
        package__state__in=[State.CANCELLED, State.ANNOUNCED],
    )
    return gone.delete()[0]


def slotted(
    placed: Sequence[Placement],
    pks: Mapping[str, int],
    shops: Sequence[Shop],
    taken: Mapping[int, set[int]],
    offers: Mapping[int, OverflowOffer],
    *,
    caps: Mapping[int, int],
) -> Iterator[AssignmentRow]:
    """A row for each placement, at the lowest slots that are free."""
    by_slug = {shop.slug: shop for shop in shops}
    free = {
        shop.slug: free_slots_of(caps[shop.pk], taken.get(shop.pk, set()), offers.get(shop.pk))
        for shop in shops
    }
    for one in placed:
        shop = by_slug[one.slug]
        slot, offer_id = next(free[one.slug])
        yield (
            pks[one.tracking_id],
            shop.pk,
            slot,
            caps[shop.pk],
            round(one.distance_m),
            explained(one),
            offer_id,
        )


def free_slots_of(
    cap: int, taken: set[int], offer: OverflowOffer | None
) -> Iterator[tuple[int, int | None]]:
    """A shop's free slots of a day in order, those above its cap with the offer they stand on."""
    most = cap + (offer.extra if offer else 0)
    for slot in rules.free_slots(most, taken):
        yield slot, offer.pk if offer and slot > cap else None


def explained(placement: Placement) -> str:
    """Why this shop, as the table keeps it: how many could have taken the package, and what kept
    each nearer one from it."""
    nearer = [
        {"shop": one.slug, "distance_m": one.distance_m, "why": one.why} for one in placement.nearer
    ]
    return json.dumps({"reachable": placement.reachable, "nearer": nearer})


def assign(
    made: Sequence[AssignmentRow], *, service_day: dt.date, at: dt.datetime, by: User | None
) -> None:
    """Write the assignments and tell each package's history of its shop. Two statements."""
    if not made:
        return
    by_id = by.pk if by else None
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*made, strict=True)]
        cursor.execute(ASSIGN, [service_day, at, by_id, *columns])
    move_custody(
        moves=[
            Move(
                package_id=package_id,
                kind=EventKind.ASSIGNED,
                to_state=State.ASSIGNED,
                shop_id=shop_id,
                happened_at=at,
                by_id=by_id,
            )
            for package_id, shop_id, *_ in made
        ],
        at=at,
    )


def rooms_after(rooms: Sequence[ShopRoom], placed: Sequence[Placement]) -> str:
    """The fingerprint of what shops can take once these packages are theirs."""
    count: dict[str, int] = {}
    for one in placed:
        count[one.slug] = count.get(one.slug, 0) + 1
    return fingerprint(
        replace(
            room,
            room=room.room - count.get(room.slug, 0),
            minimum=max(0, room.minimum - count.get(room.slug, 0)),
        )
        for room in rooms
    )


def note_unplaced(
    found: Mapping[int, Cause],
    *,
    station: Station,
    service_day: dt.date,
    rooms: str,
    at: dt.datetime,
) -> None:
    """Keep what was found for the packages without a shop, in place of what was found before."""
    UnplacedPackage.objects.filter(
        package__station=station, package__service_day=service_day
    ).delete()
    if found:
        with connection.cursor() as cursor:
            causes = [cause.value for cause in found.values()]
            cursor.execute(NOTE_UNPLACED, [rooms, at, list(found), causes])
