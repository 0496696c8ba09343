"""The facts that need a case and have none, each found by its own query."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from hubshops.applications.queries import free_days
from hubshops.applications.rules import answer_by
from hubshops.cases.models import STANDING, Case, CaseKind
from hubshops.deliveries.models import (
    DayCheck,
    Delivery,
    Level,
    Proof,
    ProofKind,
    ProofRule,
    StrayAct,
)
from hubshops.deliveries.queries import stray_acts, undecided_conflicts
from hubshops.deliveries.rules import proof_levels
from hubshops.drops.models import RemarkKind
from hubshops.drops.queries import in_dispute, remarks_to_settle, shorts_of
from hubshops.packages.models import PackageEvent
from hubshops.shops.models import Shop
from kernel import clock

MOST_A_SWEEP = 500
TWO_NIGHTS = dt.timedelta(days=2)
PROOF_MAY_COME_FOR = dt.timedelta(hours=24)
LOOKED_BACK_FOR_PROOFS = dt.timedelta(days=3)
PICTURES_AND_CODES = (ProofKind.PHOTO, ProofKind.SIGNATURE, ProofKind.CODE)
LOOKED_BACK = dt.timedelta(days=62)  # what is older had its case, or never needs one


def due_at(at: dt.datetime, zone: str) -> dt.datetime:
    """The end of the fifth working day after a moment, where the shop is."""
    asked_on = clock.local_day(at, zone)
    day = answer_by(asked_on, free_days(asked_on.year))
    return clock.day_start(day + dt.timedelta(days=1), zone)


@dataclass(frozen=True)
class Found:
    """A fact that needs a case and has none."""

    cause: str
    kind: CaseKind
    shop_id: int
    service_day: dt.date
    facts: dict[str, Any] = field(default_factory=dict)
    package_id: int | None = None


def without_case(facts: QuerySet, *parts: Any) -> Any:
    """Those rows whose cause, put together from `parts`, is no case yet."""
    texts = [part if isinstance(part, Value) else Cast(part, CharField()) for part in parts]
    cause = Concat(*texts, output_field=CharField())
    known = Case.objects.filter(cause=OuterRef("cause_of_case"))
    return facts.annotate(cause_of_case=cause).filter(~Exists(known))[:MOST_A_SWEEP]


def found_drops(at: dt.datetime) -> Iterable[Found]:
    """Hand-overs whose counts differ or that lack a package. Two queries."""
    recent = in_dispute(at=at).filter(service_day__gte=(at - 2 * LOOKED_BACK).date())
    handovers = list(without_case(recent, Value("drop:"), "pk"))
    shorts = shorts_of(handovers) if handovers else {}
    for one in handovers:
        facts = {
            "handover": one.pk,
            "number": one.number,
            "announced": one.announced,
            "given": one.given_count,
            "taken": one.taken_count,
            "returns_taken": one.returns_taken_count,
            "returns_given": one.returns_given_count,
            "shorts": shorts.get(one.pk, []),
        }
        yield Found(one.cause_of_case, CaseKind.DROP, one.shop_id, one.service_day, facts)


KIND_OF_REMARK = {RemarkKind.OVER: CaseKind.OVER, RemarkKind.OVER_CAP: CaseKind.OVER_CAP}


def found_remarks(at: dt.datetime) -> Iterable[Found]:
    """What came without being announced, damaged, too big, or beyond what was agreed. One query."""
    recent = remarks_to_settle().filter(received_at__gte=at - LOOKED_BACK)
    for one in without_case(recent, Value("remark:"), "pk"):
        kind = KIND_OF_REMARK.get(RemarkKind(one.kind), CaseKind.DAMAGED)
        yield Found(
            one.cause_of_case,
            kind,
            one.handover.shop_id,
            one.handover.service_day,
            {"tracking_id": one.tracking_id, "remark": one.kind, "note": one.note},
            one.package_id,
        )


def found_conflicts(at: dt.datetime) -> Iterable[Found]:
    """What two phones tell differently and no proof decides. One query."""
    recent = undecided_conflicts(at=at).filter(noticed_at__gte=at - LOOKED_BACK)
    people = recent.select_related("package", "stands__by", "contradicts__by")
    for one in without_case(people, Value("conflict:"), "pk"):
        facts = {
            "tracking_id": one.package.tracking_id,
            "what": one.kind,
            "first": event_facts(one.stands),
            "second": event_facts(one.contradicts),
        }
        yield Found(
            one.cause_of_case,
            CaseKind.CONFLICT,
            one.shop_id,
            one.package.service_day,
            facts,
            one.package_id,
        )


def event_facts(event: PackageEvent) -> dict[str, str]:
    """Who said it, and when, by the phone's clock."""
    return {"by": str(event.by or ""), "at": event.happened_at.isoformat()}


def found_strays(at: dt.datetime) -> Iterable[Found]:
    """Acts on packages that were not the shop's then. One query."""
    recent = stray_acts().filter(received_at__gte=at - LOOKED_BACK).select_related("package", "by")
    for one in without_case(recent, Value("stray:"), "pk"):
        yield Found(
            one.cause_of_case,
            CaseKind.STRAY,
            one.shop_id,
            one.package.service_day,
            stray_facts(one),
            one.package_id,
        )


def stray_facts(one: StrayAct) -> dict[str, str]:
    """What was told of somebody else's package."""
    return {
        "tracking_id": one.package.tracking_id,
        "act": one.act,
        "by": str(one.by),
        "at": one.happened_at.isoformat(),
    }


NUMBERS = ("received", "delivered", "returned", "on_hand", "missing", "not_counted_in", "gap")


def found_gaps(at: dt.datetime) -> Iterable[Found]:
    """Days whose books don't add up, or on which packages were not counted in. One query."""
    recent = DayCheck.objects.filter(day__gte=(at - LOOKED_BACK).date()).order_by("pk")
    open_days = recent.filter(~Q(gap=0) | Q(not_counted_in__gt=0))
    for one in without_case(open_days, Value("gap:"), "shop_id", Value(":"), "day"):
        facts = {name: getattr(one, name) for name in NUMBERS}
        yield Found(one.cause_of_case, CaseKind.GAP, one.shop_id, one.day, facts)


def found_unsent(at: dt.datetime) -> Iterable[Found]:
    """Phones that held acts at one of the last two nights' checks; a shop has one such case at a
    time. One query."""
    standing = Case.objects.filter(
        shop_id=OuterRef("shop_id"), kind=CaseKind.UNSENT, status__in=STANDING
    )
    recent = DayCheck.objects.filter(checked_at__gte=at - TWO_NIGHTS).order_by("-day", "pk")
    held = recent.exclude(unsent_devices=[]).filter(~Exists(standing))
    shops = set()
    for one in without_case(held, Value("unsent:"), "shop_id", Value(":"), "day"):
        if one.shop_id not in shops:
            shops.add(one.shop_id)
            facts = {"devices": one.unsent_devices}
            yield Found(one.cause_of_case, CaseKind.UNSENT, one.shop_id, one.day, facts)


def found_proofs(at: dt.datetime) -> Iterable[Found]:
    """Deliveries of a phone that could send a proof, a day ago, that lack one which is needed. What
    was delivered by a page can't have one. Three queries, and one a kind of proof."""
    needs = shops_that_need()
    for kind in PICTURES_AND_CODES:
        shown = Proof.objects.filter(kind=kind, shop_id=OuterRef("shop_id")).exclude(
            is_wrong_code()
        )
        acts = PackageEvent.objects.filter(package_id=OuterRef(OuterRef("package_id")))
        ids = Q(act_id__in=acts.values("act_id")) | Q(act_id__in=acts.values("proof_id"))
        lacking = (
            Delivery.objects.standing()
            .filter(delivered_at__gt=at - PROOF_MAY_COME_FOR - LOOKED_BACK_FOR_PROOFS)
            .filter(delivered_at__lte=at - PROOF_MAY_COME_FOR, event__device_id__isnull=False)
            .filter(delivered_on__gte=(at - PROOF_MAY_COME_FOR - 2 * LOOKED_BACK_FOR_PROOFS).date())
            .filter(Q(package__requires=kind) | Q(shop_id__in=needs[kind]))
            .filter(~Exists(shown.filter(ids)))
            .select_related("package")
            .order_by("pk")
        )
        for one in without_case(lacking, Value("proof:"), "pk"):
            facts = {"tracking_id": one.package.tracking_id, "proof": kind.value}
            day = one.package.service_day
            yield Found(one.cause_of_case, CaseKind.PROOF, one.shop_id, day, facts, one.package_id)


def is_wrong_code() -> Q:
    """A code that was not the recipient's."""
    return Q(kind=ProofKind.CODE, is_good=False)


def shops_that_need() -> dict[ProofKind, list[int]]:
    """Kind of proof → the shops of whose every delivery it is needed. Three queries."""
    stations: dict[int, dict[str, str]] = {}
    own: dict[int, dict[str, str]] = {}
    for rule in ProofRule.objects.all():
        levels = own.setdefault(rule.shop_id, {}) if rule.shop_id else None
        levels = stations.setdefault(rule.station_id, {}) if levels is None else levels
        levels[rule.kind] = rule.level
    found: dict[ProofKind, list[int]] = {kind: [] for kind in PICTURES_AND_CODES}
    asked = Shop.objects.filter(Q(station__in=stations) | Q(pk__in=own)) if own or stations else ()
    for shop in asked:
        levels = proof_levels("", own.get(shop.pk, {}), stations.get(shop.station_id, {}))
        for kind in PICTURES_AND_CODES:
            if levels[kind] == Level.REQUIRED:
                found[kind].append(shop.pk)
    return found


Finder = Callable[[dt.datetime], Iterable[Found]]
FINDERS: list[Finder] = [
    found_drops,
    found_remarks,
    found_conflicts,
    found_strays,
    found_gaps,
    found_unsent,
]


def facts_without_case(at: dt.datetime, finders: Sequence[Finder]) -> list[Found]:
    """Everything these know that needs a case and has none; a cause comes once. Some queries each,
    however many facts."""
    found = [one for finder in finders for one in finder(at)]
    return list({one.cause: one for one in found}.values())
