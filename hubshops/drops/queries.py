"""Hand-overs, read for pages, phones and the sweep of cases."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from hubshops.drops import rules
from hubshops.drops.models import Handover, HandoverRemark, HandoverStatus, RemarkKind
from hubshops.drops.rules import Counts
from hubshops.manifests.rules import paper_address
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import EventKind, State
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock

SIGNED = [HandoverStatus.AGREED, HandoverStatus.DISPUTED, HandoverStatus.RESOLVED]
DRIVER_ADDRESS = "/H/"
COMING = [State.ASSIGNED, State.MANIFESTED]
DRIVER_MAY_SIGN_FOR = dt.timedelta(hours=2)


def handovers_of(shop: Shop, day: dt.date) -> list[Handover]:
    """A shop's hand-overs of one day, in order. One query."""
    found = Handover.objects.filter(shop=shop, service_day=day)
    return list(found.select_related("taken_by").order_by("number"))


def handover_of(shop: Shop, handover_id: int) -> Handover | None:
    """One hand-over, when it is this shop's."""
    found = Handover.objects.filter(shop=shop, pk=handover_id)
    return found.select_related("taken_by", "shop__station").first()


def handover_for_staff(handover_id: int) -> Handover | None:
    """One hand-over with its shop and station."""
    found = Handover.objects.filter(pk=handover_id)
    return found.select_related("taken_by", "shop__station").first()


def history_of(shop: Shop) -> QuerySet[Handover]:
    """A shop's hand-overs that somebody signed, the latest first."""
    signed = Handover.objects.filter(shop=shop).exclude(status=HandoverStatus.OPENED)
    return signed.select_related("taken_by").order_by("-service_day", "-number", "-pk")


def by_token(token: str) -> Handover | None:
    """The hand-over whose driver's page has this address. One query."""
    found = Handover.objects.select_related("shop__station").filter(token=token)
    return found.first() if token else None


def driver_url(handover: Handover) -> str:
    """The address of the driver's page; in capital letters as far as they may be, so that its code
    has few and large squares."""
    before = paper_address(settings.PUBLIC_URL).removesuffix("/S/")
    return f"{before}{DRIVER_ADDRESS}{handover.token}"


def given_counts(handover: Handover) -> Counts | None:
    """What the driver says, once she did."""
    if handover.given_count is None:
        return None
    return Counts(handover.given_count, handover.returns_taken_count)


def taken_counts(handover: Handover) -> Counts | None:
    """What the shop says, once it did."""
    if handover.taken_count is None:
        return None
    return Counts(handover.taken_count, handover.returns_given_count)


def announced_for(shop: Shop, day: dt.date, earlier: Sequence[Handover]) -> int:
    """How many packages the day's list brings to the next hand-over: all of it, less what was
    announced to earlier ones. One query."""
    listed = Package.objects.filter(shop=shop, service_day=day).exclude(state=State.CANCELLED)
    return max(0, listed.count() - sum(one.announced for one in earlier))


def comes_again(shop: Shop, day: dt.date, since: dt.datetime) -> bool:
    """Whether packages were put on the day's list after a moment, and are still to come."""
    coming = Package.objects.filter(shop=shop, service_day=day, state__in=COMING)
    return coming.filter(last_event_at__gt=since).exists()


def to_return(shop: Shop, day: dt.date) -> list[Package]:
    """What waits to go back with the driver. One query."""
    waiting = Package.objects.filter(shop=shop, service_day__lte=day, state=State.RETURN_PENDING)
    return list(waiting.order_by("service_day", "tracking_id", "pk"))


def counted_so_far(shop: Shop, day: dt.date) -> Counts:
    """What the portal knows of a day before anybody signs: packages of the day counted in, and
    returns given back on it. Two queries."""
    received = PackageEvent.objects.filter(
        shop=shop,
        kind=EventKind.RECEIVED,
        package__in=Package.objects.filter(shop=shop, service_day=day),
    )
    starts, ends = clock.day_bounds(day, shop.zone)
    gone = Package.objects.filter(
        shop=shop,
        state=State.RETURNED_TO_STATION,
        last_event_at__gte=starts,
        last_event_at__lt=ends,
    )
    packages = received.aggregate(number=Count("package", distinct=True))["number"]
    return Counts(packages, gone.count())


def not_signed_yet(shop: Shop, day: dt.date) -> Counts:
    """What was counted on a day and no earlier hand-over of it has signed for. Three queries."""
    so_far = counted_so_far(shop, day)
    signed = Handover.objects.filter(shop=shop, service_day=day, taken_at__isnull=False).aggregate(
        packages=Sum("taken_count", default=0), returns=Sum("returns_given_count", default=0)
    )
    return Counts(
        max(0, so_far.packages - signed["packages"]), max(0, so_far.returns - signed["returns"])
    )


def known_remarks(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, HandoverRemark]:
    """Which of these remarks are kept already. One query."""
    found = HandoverRemark.objects.filter(pk__in=ids).select_related("handover")
    return {one.pk: one for one in found}


def known_acts(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these ids are acts of packages already. One query."""
    found = PackageEvent.objects.filter(act_id__in=ids)
    return set(found.values_list("act_id", flat=True))


def locked_packages(shop: Shop, tracking_ids: Collection[str]) -> dict[str, Package]:
    """The shop's own packages with these tracking ids, locked in the order of their keys."""
    mine = Package.objects.filter(
        station_id=shop.station_id, shop_id=shop.pk, tracking_id__in=tracking_ids
    )
    rows = mine.select_for_update().order_by("pk")
    return {package.tracking_id: package for package in rows}


def strangers(shop: Shop, tracking_ids: Collection[str]) -> dict[str, Package]:
    """Packages of the station with these tracking ids that are not on this shop's list, for staff
    to read; the shop is told nothing of them. One query, none without ids."""
    if not tracking_ids:
        return {}
    found = Package.objects.filter(station_id=shop.station_id, tracking_id__in=tracking_ids)
    return {package.tracking_id: package for package in found}


def remarks_of(handover: Handover) -> list[HandoverRemark]:
    """What was said about single packages. One query."""
    return list(handover.remarks.select_related("by").order_by("received_at", "pk"))


@dataclass
class ShopDrops:
    """A shop's line among a station's hand-overs of a day."""

    shop: Shop
    packages: int
    handovers: list[Handover] = field(default_factory=list)


@dataclass
class StationDrops:
    """A station's hand-overs of one day; shops whose counts differ come first."""

    station: Station
    day: dt.date
    shops: list[ShopDrops]

    @property
    def unopened(self) -> int:
        """Shops that get packages and have no hand-over yet."""
        return sum(1 for one in self.shops if one.packages and not one.handovers)


URGENCY: dict[str, int] = {HandoverStatus.DISPUTED: 0, HandoverStatus.COUNTED_BY_GIVER: 1}


def station_drops(station: Station, day: dt.date) -> StationDrops:
    """All hand-overs of a station's day, and the shops that have none yet. Three queries."""
    handovers = Handover.objects.filter(shop__station=station, service_day=day)
    by_shop: dict[int, list[Handover]] = {}
    for one in handovers.select_related("taken_by").order_by("number"):
        by_shop.setdefault(one.shop_id, []).append(one)
    counts = dict(
        Package.objects.of_day(station, day)
        .filter(shop__isnull=False)
        .exclude(state=State.CANCELLED)
        .order_by()
        .values_list("shop_id")
        .annotate(number=Count("pk"))
    )
    shops = Shop.objects.filter(pk__in={*counts, *by_shop}).order_by("name", "pk")
    rows = [ShopDrops(one, counts.get(one.pk, 0), by_shop.get(one.pk, [])) for one in shops]
    rows.sort(key=lambda row: min((URGENCY.get(one.status, 2) for one in row.handovers), default=2))
    return StationDrops(station, day, rows)


def in_dispute(*, at: dt.datetime) -> QuerySet[Handover]:
    """Hand-overs that somebody has to look at: the counts differ, or the shop signed and says that
    an announced package did not come. The driver has two hours to sign first."""
    is_short = Q(
        taken_at__isnull=False,
        pk__in=HandoverRemark.objects.filter(kind=RemarkKind.SHORT).values("handover"),
    ) & (Q(given_at__isnull=False) | Q(taken_at__lte=at - DRIVER_MAY_SIGN_FOR))
    differs = Q(status=HandoverStatus.DISPUTED)
    settled = Q(status=HandoverStatus.RESOLVED)
    found = Handover.objects.filter(differs | is_short).exclude(settled)
    return found.select_related("shop").order_by("pk")


def shorts_of(handovers: Collection[Handover]) -> dict[int, list[str]]:
    """Hand-over → the tracking ids that did not come. One query."""
    found: dict[int, list[str]] = {}
    short = HandoverRemark.objects.filter(handover__in=handovers, kind=RemarkKind.SHORT)
    rows = short.order_by("tracking_id").values_list("handover_id", "tracking_id")
    for handover_id, tracking_id in rows.distinct():
        found.setdefault(handover_id, []).append(tracking_id)
    return found


def remarks_to_settle() -> QuerySet[HandoverRemark]:
    """What was there and not announced, came damaged or too big, or beyond what was agreed."""
    kinds = [
        RemarkKind.OVER,
        RemarkKind.DAMAGED,
        RemarkKind.OVERSIZE,
        RemarkKind.OVER_CAP,
        RemarkKind.DAMAGED_TAKEN,
    ]
    found = HandoverRemark.objects.filter(kind__in=kinds).select_related("handover")
    return found.order_by("received_at", "pk")


def code_tries_left(handover: Handover) -> int:
    """How many wrong codes may still be typed."""
    return max(0, rules.MOST_CODE_TRIES - handover.code_tries)
