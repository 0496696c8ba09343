"""What shows that something happened at a door, and how much of it is asked for."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from hubshops.deliveries import rules
from hubshops.deliveries.models import Device, Proof, ProofKind, ProofRule, StrayAct
from hubshops.drops.models import HandoverRemark
from hubshops.packages.models import Package, PackageEvent
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel.rows import rows

PICTURES = (ProofKind.PHOTO, ProofKind.SIGNATURE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is about one event, the same for the shop and for staff: pictures, the code that
    was told, how far from the door its phone was (`is_far`: beyond the phone's own doubt), and
    which phone."""

    pictures: list[Proof] = field(default_factory=list)
    code: Proof | None = None
    distance_m: float | None = None
    accuracy_m: float | None = None
    is_far: bool = False
    phone: str = ""

    @property
    def distance(self) -> int | None:
        """The distance as people say it, in metres."""
        return None if self.distance_m is None else rules.as_read(self.distance_m)


def evidence_of(package: Package, events: Sequence[PackageEvent]) -> dict[int, Evidence]:
    """What there is about these events of a package, by their keys. Two queries."""
    acts = {event.act_id for event in events} | {event.proof_id for event in events}
    proofs = list(Proof.objects.filter(act_id__in=acts - {None}, shop__in=shops_of(events)))
    phones = phone_names(events)
    return {event.pk: evidence(package, event, proofs, phones) for event in events}


def shops_of(events: Iterable[PackageEvent]) -> set[int]:
    """The shops that did these things."""
    return {event.shop_id for event in events if event.shop_id}


def phone_names(events: Iterable[PackageEvent]) -> dict[tuple[int | None, uuid.UUID], str]:
    """What the phones behind these events are called, by shop and key. One query."""
    keys = {event.device_id for event in events} - {None}
    named = Device.objects.filter(key__in=keys).values_list("shop_id", "key", "name")
    return {(shop_id, key): name for shop_id, key, name in named}


def evidence(
    package: Package,
    event: PackageEvent,
    proofs: Iterable[Proof],
    phones: dict[tuple[int | None, uuid.UUID], str],
) -> Evidence:
    """What there is about one event."""
    acts = {event.act_id, event.proof_id} - {None}
    mine = [one for one in proofs if one.act_id in acts and one.shop_id == event.shop_id]
    distance = distance_of(package, event)
    key = event.device_id
    return Evidence(
        pictures=[one for one in mine if one.kind in PICTURES and one.file],
        code=next((one for one in mine if one.kind == ProofKind.CODE), None),
        distance_m=distance,
        accuracy_m=event.accuracy_m,
        is_far=distance is not None and rules.is_far(distance, event.accuracy_m),
        phone=phones.get((event.shop_id, key), "") if key else "",
    )


def distance_of(package: Package, event: PackageEvent) -> float | None:
    """How far from its door an event was recorded; None when a place is not known, or the door's
    only by its ZIP code."""
    if package.is_placed_by_zip:
        return None
    act = event.latitude, event.longitude
    return rules.distance_to_door(act, (package.latitude, package.longitude))


def picture_of(proof_id: int, *, shop: Shop | None = None) -> Proof | None:
    """A proof that has a picture; of this shop when one is named. One query."""
    proofs = Proof.objects.filter(pk=proof_id, kind__in=PICTURES).exclude(file="")
    return (proofs.filter(shop=shop) if shop else proofs).first()


FIRST_PHOTOS = """
    SELECT DISTINCT ON (d.id) d.id AS delivery_id, p.id AS proof_id
    FROM delivery d JOIN package_event e ON e.id = d.event_id
    JOIN proof p ON p.act_id IN (e.act_id, e.proof_id) AND p.shop_id = d.shop_id
    WHERE d.id = ANY(%s) AND p.kind = 'photo' AND p.file <> ''
    ORDER BY d.id, p.id
"""


def first_photos(delivery_ids: Sequence[int]) -> dict[int, Proof]:
    """Delivery → the first photo that shows it, also one it shares with its neighbours; those
    without are left out. Two queries, however many."""
    found = {row["delivery_id"]: row["proof_id"] for row in rows(FIRST_PHOTOS, [[*delivery_ids]])}
    photos = Proof.objects.in_bulk(found.values())
    return {delivery: photos[proof] for delivery, proof in found.items()}


def is_act_of_another(shop: Shop, act_id: uuid.UUID) -> bool:
    """Whether we know this act, and it is not the shop's. One query."""
    found = [
        PackageEvent.objects.filter(act_id=act_id).exclude(shop=shop).values("pk"),
        StrayAct.objects.filter(act_id=act_id).exclude(shop=shop).values("pk"),
        HandoverRemark.objects.filter(pk=act_id).exclude(handover__shop=shop).values("handover"),
        Proof.objects.filter(act_id=act_id).exclude(shop=shop).values("pk"),
    ]
    return found[0].order_by().union(*(one.order_by() for one in found[1:]), all=True).exists()


# --- How much is asked for -----------------------------------------------------------------------

Levels = dict[str, str]


def own_levels(station: Station, shop: Shop | None) -> Levels:
    """What was said for a station, or for one of its shops, itself. One query."""
    found = ProofRule.objects.filter(station=station, shop=shop)
    return dict(found.values_list("kind", "level"))


def levels_for(shop: Shop) -> tuple[Levels, Levels]:
    """What was said for a shop, and for its station. One query."""
    said = ProofRule.objects.filter(
        Q(shop=shop) | Q(shop=None), station_id=shop.station_id
    ).values_list("shop_id", "kind", "level")
    own: Levels = {}
    stations: Levels = {}
    for shop_id, kind, level in said:
        (own if shop_id else stations)[kind] = level
    return own, stations


def shops_with_rules(station: Station) -> dict[int, Levels]:
    """What was said for the shops of a station, by shop. One query."""
    found: dict[int, Levels] = {}
    rules_of_shops = ProofRule.objects.filter(station=station, shop__isnull=False)
    for shop_id, kind, level in rules_of_shops.values_list("shop_id", "kind", "level"):
        found.setdefault(shop_id, {})[kind] = level
    return found
