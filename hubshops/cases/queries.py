"""Cases as people read them, and the facts that need one."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from hubshops.applications.queries import free_days
from hubshops.applications.rules import answer_by
from hubshops.cases.models import STANDING, Case, CaseKind, CaseStatus
from hubshops.deliveries.models import DayCheck, StrayAct
from hubshops.deliveries.queries import stray_acts, undecided_conflicts
from hubshops.drops.models import Handover, RemarkKind
from hubshops.drops.queries import in_dispute, remarks_to_settle, shorts_of
from hubshops.packages.models import PackageEvent
from hubshops.shops.models import Shop
from kernel import clock

MOST_A_SWEEP = 500
TWO_NIGHTS = dt.timedelta(days=2)
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


def found_remarks(at: dt.datetime) -> Iterable[Found]:
    """What came without being announced, or damaged, or too big. One query."""
    recent = remarks_to_settle().filter(received_at__gte=at - LOOKED_BACK)
    for one in without_case(recent, Value("remark:"), "pk"):
        kind = CaseKind.OVER if one.kind == RemarkKind.OVER else CaseKind.DAMAGED
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


FINDERS: list[Callable[[dt.datetime], Iterable[Found]]] = [
    found_drops,
    found_remarks,
    found_conflicts,
    found_strays,
    found_gaps,
    found_unsent,
]


def facts_without_case(at: dt.datetime) -> list[Found]:
    """Everything that needs a case and has none. Seven queries."""
    return [found for finder in FINDERS for found in finder(at)]


# --- For pages -----------------------------------------------------------------------------------

KIND_ICONS = {
    CaseKind.DROP: "truck",
    CaseKind.OVER: "package-plus",
    CaseKind.DAMAGED: "package-x",
    CaseKind.CONFLICT: "split",
    CaseKind.STRAY: "shuffle",
    CaseKind.GAP: "scale",
    CaseKind.UNSENT: "smartphone",
    CaseKind.PROOF: "camera-off",
}


def cases_of(shop: Shop) -> QuerySet[Case]:
    """A shop's cases: those that stand first, each group the latest first."""
    found = Case.objects.filter(shop=shop).select_related("package")
    return found.order_by(F("resolved_at").desc(nulls_first=True), "-opened_at", "-pk")


def case_of(shop: Shop, case_id: int) -> Case | None:
    """One case, when it is this shop's."""
    found = Case.objects.filter(shop=shop, pk=case_id)
    return found.select_related("shop__station", "package", "claimed_by", "resolved_by").first()


def case_for_staff(case_id: int) -> Case | None:
    """One case with everything about it."""
    found = Case.objects.filter(pk=case_id)
    return found.select_related("shop__station", "package", "claimed_by", "resolved_by").first()


def waiting_for_shop(shop: Shop) -> list[Case]:
    """Cases in which the shop was asked something, the most urgent first. One query."""
    waiting = Case.objects.filter(shop=shop, status=CaseStatus.WAITING_SHOP)
    return list(waiting.order_by("due_at", "pk"))


def standing_cases() -> int:
    """How many cases staff still have to settle. One query."""
    waiting = Case.objects.filter(status__in=STANDING).exclude(status=CaseStatus.WAITING_SHOP)
    return waiting.count()


def cases_for_staff(*, kind: str = "", status: str = "", station: str = "") -> QuerySet[Case]:
    """Cases by due date, those that stand unless a status is asked for."""
    found = Case.objects.select_related("shop__station", "package", "claimed_by")
    found = found.filter(status=status) if status else found.filter(status__in=STANDING)
    if kind:
        found = found.filter(kind=kind)
    if station:
        found = found.filter(shop__station__code=station)
    return found.order_by("due_at", "pk")


def counts_by(name: str) -> dict[str, int]:
    """How many cases stand, by kind or by station. One query."""
    path = {"kind": F("kind"), "station": F("shop__station__code")}[name]
    rows = Case.objects.filter(status__in=STANDING).order_by().values_list(path)
    return dict(rows.annotate(number=Count("pk")))


def handover_behind(case: Case) -> Handover | None:
    """The hand-over that a case is about, as both sides have signed it by now."""
    if case.kind != CaseKind.DROP:
        return None
    found = Handover.objects.filter(pk=case.facts.get("handover"))
    return found.select_related("taken_by").first()


def moments_of(case: Case) -> dict[str, dt.datetime]:
    """The moments among a case's facts, to be shown in the shop's zone."""
    told = {
        "first_at": case.facts.get("first", {}).get("at"),
        "second_at": case.facts.get("second", {}).get("at"),
        "told_at": case.facts.get("at"),
    }
    return {name: dt.datetime.fromisoformat(text) for name, text in told.items() if text}


def story_of(case: Case) -> dict[str, Any]:
    """What a case's page shows: the case, its lines, the hand-over behind it, its moments. Two
    queries at most."""
    lines = case.entries.select_related("by").order_by("said_at", "pk")
    return {
        "case": case,
        "lines": list(lines),
        "handover": handover_behind(case),
        "icon_name": KIND_ICONS[CaseKind(case.kind)],
    } | moments_of(case)
