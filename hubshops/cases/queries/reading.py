"""Cases as people read them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet

from hubshops.cases.models import STANDING, Case, CaseKind, CaseStatus
from hubshops.deliveries.models import Conflict, Proof, ProofKind
from hubshops.deliveries.queries import Evidence, evidence_of
from hubshops.drops.models import Handover, HandoverRemark, RemarkKind
from hubshops.shops.models import Shop

KIND_ICONS = {
    CaseKind.DROP: "truck",
    CaseKind.OVER: "package-plus",
    CaseKind.DAMAGED: "package-x",
    CaseKind.OVER_CAP: "package-minus",
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


def standing_of(shop: Shop) -> QuerySet[Case]:
    """A shop's cases that nobody settled yet, whoever has to answer."""
    return Case.objects.filter(shop=shop, status__in=STANDING)


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


@dataclass(frozen=True)
class Shown:
    """What there is about one side of a case; `by` and `at` say whose, when a case has two."""

    evidence: Evidence
    by: str = ""
    at: dt.datetime | None = None


def shown_by(case: Case) -> list[Shown]:
    """What shows what a case is about: photos of its remark, or of what did not come; of two
    phones that disagree, what each of them sent. Three queries at most."""
    about, _colon, key = case.cause.partition(":")
    if about == "remark":
        return [Shown(Evidence(pictures=photos_of(case, [key])))]
    if about == "drop":
        short = HandoverRemark.objects.filter(handover=key, kind=RemarkKind.SHORT)
        return [Shown(Evidence(pictures=photos_of(case, short.values("pk"))))]
    if about == "conflict":
        return both_sides(case, key)
    return []


def photos_of(case: Case, acts: Any) -> list[Proof]:
    """The photos that the case's shop sent under these ids."""
    photos = Proof.objects.filter(act_id__in=acts, shop=case.shop_id, kind=ProofKind.PHOTO)
    return list(photos.exclude(file="").order_by("received_at", "pk"))


def both_sides(case: Case, key: str) -> list[Shown]:
    """What each of the two events of a conflict is shown by; another shop's stays with it."""
    found = Conflict.objects.filter(pk=key).select_related(
        "package", "stands__by", "contradicts__by"
    )
    conflict = found.first()
    if conflict is None:
        return []
    sides = [conflict.stands, conflict.contradicts]
    events = [one for one in sides if one.shop_id == case.shop_id]
    known = evidence_of(conflict.package, events)
    return [Shown(known[one.pk], str(one.by or ""), one.happened_at) for one in events]


def story_of(case: Case) -> dict[str, Any]:
    """What a case's page shows: the case, its lines, the hand-over or the photos behind it, its
    moments. Five queries at most."""
    lines = case.entries.select_related("by").order_by("said_at", "pk")
    return {
        "case": case,
        "lines": list(lines),
        "handover": handover_behind(case),
        "icon_name": KIND_ICONS[CaseKind(case.kind)],
        "shown": shown_by(case),
    } | moments_of(case)
