"""A shop's own order of its stops, and its day split among several people."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.manifests import rules
from hubshops.manifests.actions.ordering import order_groups, places_of
from hubshops.manifests.actions.telling import promise_papers
from hubshops.manifests.models import (
    Manifest,
    ManifestLine,
    ManifestVersion,
    StreetPreference,
    Tour,
    VersionCause,
)
from hubshops.manifests.queries import Stop, sizes_of, stops_of, streets_known, visit_of
from hubshops.packages.models import Package
from hubshops.shops.models import Membership, Shop
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal


class ManifestChanged(Refusal):
    code = "manifest_changed"
    message = _(
        "This list changed meanwhile (it is version {version} now). Nothing was saved."
        " Look at it again, then save."
    )


class NotTheseStops(Refusal):
    code = "not_these_stops"
    message = _("Name every stop of the list exactly once.")


class TooManyTours(Refusal):
    code = "too_many_tours"
    message = _("There are not enough stops for so many people. Choose fewer people.")


class NotInTheTeam(Refusal):
    code = "not_in_the_team"
    message = _("Choose two or more people of your team, each of them once.")


@transaction.atomic
def save_own_order(
    *, manifest: Manifest, version: int, order: Sequence[int], at: dt.datetime, by: User
) -> Manifest:
    """Put the stops into a shop's own order, and remember the sequence of its streets.

    `order` names every stop by its number in `version`. When the day is split, each stop stays in
    its tour. It is a new version of the manifest, except that an order that stands already changes
    nothing: no paper turns old for it. Refuses a version that is not the latest, and an order that
    is not of these stops.
    """
    manifest = latest(manifest, version)
    stops = stops_of(manifest)
    if sorted(order) != sorted({stop.number for stop in stops}):
        raise NotTheseStops
    tour_of = {stop.number: stop.tour for stop in stops}
    order = sorted(order, key=lambda number: tour_of[number])  # stable: as wished within a tour
    if order == sorted(order):
        return manifest
    street_of = {stop.number: rules.street_key(stop.address1) for stop in stops}
    remember(manifest.shop, [street_of[number] for number in order])
    pairs = [(number, tour_of[number]) for number in order]
    renumber(manifest, pairs, cause=VersionCause.OWN_ORDER, at=at, by=by)
    audit.record(at=at, by=by, action="save_own_order", subject=manifest)
    return manifest


@transaction.atomic
def back_to_shortest(*, manifest: Manifest, version: int, at: dt.datetime, by: User) -> Manifest:
    """Forget the sequence of this day's streets and order each tour anew, shortest first. A new
    version. Refuses a version that is not the latest."""
    manifest = latest(manifest, version)
    stops = stops_of(manifest)
    streets = {rules.street_key(stop.address1) for stop in stops}
    StreetPreference.objects.filter(shop=manifest.shop, street__in=streets).delete()
    order: list[tuple[int, int]] = []
    for tour in sorted({stop.tour for stop in stops}):
        mine = [stop for stop in stops if stop.tour == tour]
        order += [(number, tour) for number in ordered(manifest.shop, mine)]
    renumber(manifest, order, cause=VersionCause.SHORTEST, at=at, by=by)
    audit.record(at=at, by=by, action="back_to_shortest", subject=manifest)
    return manifest


@transaction.atomic
def split_day(
    *, manifest: Manifest, version: int, helpers: Sequence[int], at: dt.datetime, by: User
) -> Manifest:
    """Split the stops into one tour a person, of about the same time, each ordered from the shop
    and back. One tour again: name nobody. A new version. Refuses a version that is not the latest,
    people who are not in the team, one person alone, and more people than stops."""
    manifest = latest(manifest, version)
    current = Membership.objects.current().filter(shop=manifest.shop)
    team = set(current.values_list("user", flat=True))
    if len(helpers) == 1 or len(set(helpers)) != len(helpers) or not team.issuperset(helpers):
        raise NotInTheTeam
    stops = stops_of(manifest)
    if len(helpers) > len({stop.number for stop in stops}):
        raise TooManyTours
    tours = split(manifest.shop, stops, max(1, len(helpers)))
    order = [(number, tour) for tour, mine in enumerate(tours, 1) for number in mine]
    cause = VersionCause.SHARED if helpers else VersionCause.JOINED
    renumber(manifest, order, cause=cause, helpers=helpers, at=at, by=by)
    manifest.tours.all().delete()
    Tour.objects.bulk_create(
        Tour(manifest=manifest, number=number, helper_id=helper)
        for number, helper in enumerate(helpers, 1)
    )
    audit.record(at=at, by=by, action="split_day", subject=manifest, tours=len(tours))
    return manifest


def split(shop: Shop, stops: Sequence[Stop], people: int) -> list[list[int]]:
    """The numbers of the stops, a list a person, each in the order of its tour."""
    by_number = {stop.number: stop for stop in stops}
    order = ordered(shop, stops)
    if people == 1:
        return [order]
    start = shop.latitude, shop.longitude
    mine = [by_number[number] for number in order]
    metres = rules.metres_between([start, *places_of([one.packages for one in mine], start)])
    visits = [visit_of(one.packages) for one in mine]
    effort = rules.efforts(metres, visits, shop.travel_mode)
    tours = rules.split_evenly(order, effort, people)
    return [ordered(shop, [by_number[number] for number in tour]) for tour in tours]


def ordered(shop: Shop, stops: Sequence[Stop]) -> list[int]:
    """The numbers of these stops in the order of one tour."""
    packages: dict[int, list[Package]] = {}
    for stop in sorted(stops, key=lambda one: (one.address1, one.postal_code, one.number)):
        packages.setdefault(stop.number, []).extend(stop.packages)
    numbers = list(packages)
    order = order_groups(shop, list(packages.values()), streets_known([shop.pk])[shop.pk])
    return [numbers[place] for place in order]


def latest(manifest: Manifest, version: int) -> Manifest:
    """The manifest, its shop locked as publishing locks it. Refuses another version than the one
    that the person saw."""
    shops = Shop.objects.select_for_update(no_key=True, of=["self"]).select_related("station")
    shop = shops.get(pk=manifest.shop_id)
    now = Manifest.objects.get(pk=manifest.pk)
    now.shop = shop
    if now.version != version:
        raise ManifestChanged(version=now.version)
    return now


def renumber(
    manifest: Manifest,
    order: Sequence[tuple[int, int]],
    *,
    cause: VersionCause,
    at: dt.datetime,
    by: User,
    helpers: Sequence[int] = (),
) -> None:
    """Give the stops (number so far, tour) the numbers 1, 2, 3 …, as a new version whose paper is
    drawn ahead. What was given to another shop meanwhile is no stop to order any more: until the
    next publication takes its lines off, they stand behind the last."""
    new = {old: (number, tour) for number, (old, tour) in enumerate(order, 1)}
    lines = list(ManifestLine.objects.filter(manifest=manifest, withdrawn_in=None))
    behind = sorted({line.stop for line in lines} - new.keys())
    new |= {old: (number, 1) for number, old in enumerate(behind, len(new) + 1)}
    for line in lines:
        line.stop, line.tour = new[line.stop]
    ManifestLine.objects.bulk_update(lines, ["stop", "tour"])
    manifest.version, manifest.published_at = manifest.version + 1, at
    manifest.has_own_order = cause == VersionCause.OWN_ORDER
    manifest.save(update_fields=["version", "published_at", "has_own_order"])
    size = sizes_of([manifest.pk])[manifest.pk]
    version = ManifestVersion.objects.create(
        manifest=manifest,
        version=manifest.version,
        published_at=at,
        published_by=by,
        cause=cause,
        helpers=list(helpers),
        added=0,
        withdrawn=0,
        packages=size.packages,
        stops=size.stops,
    )
    promise_papers(versions=[version], at=at)


def remember(shop: Shop, seen: Sequence[str]) -> None:
    """Keep the sequence of streets, for the next day that has them."""
    streets = rules.learn(streets_known([shop.pk])[shop.pk], seen)
    shop.street_preferences.all().delete()
    StreetPreference.objects.bulk_create(
        StreetPreference(shop=shop, street=street, rank=rank)
        for rank, street in enumerate(streets, 1)
    )
