"""What goes wrong at Rosa's in the last two weeks, and what people say about it."""

import datetime as dt

from hubshops.assignment.actions import move_packages
from hubshops.assignment.models import DayBoard
from hubshops.cases.actions import (
    answer_case,
    claim_case,
    close_case,
    reply_to_case,
    resolve_case,
)
from hubshops.cases.models import Case, CaseKind, CaseStatus
from hubshops.cases.rules import Effect
from hubshops.manifests.actions import publish_day
from hubshops.manifests.models import ManifestLine
from hubshops.packages.models import Package
from hubshops.shops.models import MemberRole, Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.refusals import Refusal
from portal.demo import rules
from portal.demo.actions.people import OLGA, ROSAS, person
from portal.demo.rules import TROUBLED, Trouble

WHY_MOVED = "Rosa's has much to do today"
STILL_IN_THE_DEPOT = (
    "The package was still at the station. It comes with a later van. This costs you nothing."
)
WE_LOOKED_TWICE = "The driver and I looked twice. It was not in the van."
SENT_AGAIN = "Thank you for the photo. The seller sends a new one. This costs you nothing."
ONE_MORE_BAG = "The driver remembers one more small bag. Did you find a package without a label?"
WENT_ELSEWHERE = "It was not in the van. Maybe it went to another shop?"


def move_one_away(*, station: Station, day: dt.date, at: dt.datetime) -> Package | None:
    """Before the van comes, Olga gives Rosa's last package to another shop that has room, and
    publishes; the package. Once a day: again finds what was moved."""
    if moved := moved_package(day):
        return moved
    lines = ManifestLine.objects.filter(
        manifest__shop__slug=ROSAS, manifest__service_day=day, withdrawn_in=None
    )
    last = lines.order_by("-stop", "-package__tracking_id").first()
    if last is None:
        return None
    for other in Shop.objects.filter(station=station).exclude(slug=ROSAS).order_by("-slug"):
        try:
            give_to(other, last.package_id, station=station, day=day, at=at)
        except Refusal:
            continue
        publish_day(station=station, service_day=day, at=at, by=person(OLGA))
        return moved_package(day)
    return None


def moved_package(day: dt.date) -> Package | None:
    """What was on Rosa's list of this day and is another shop's now."""
    gone = ManifestLine.objects.filter(manifest__shop__slug=ROSAS, manifest__service_day=day)
    line = gone.exclude(withdrawn_in=None).select_related("package").order_by("pk").first()
    return line.package if line else None


def give_to(
    shop: Shop, package_id: int, *, station: Station, day: dt.date, at: dt.datetime
) -> None:
    """Olga moves one package on the board."""
    move_packages(
        station=station,
        service_day=day,
        package_ids=[package_id],
        to_shop=shop,
        version=DayBoard.objects.get(station=station, service_day=day).version,
        at=at,
        by=person(OLGA),
        override_reason=WHY_MOVED,
    )


def talk_about_cases(*, first_day: dt.date, at: dt.datetime) -> None:
    """What shops and staff say to the cases of these troubles, each once. What nobody is asked
    about yet stays open: the two phones that disagree, and the package that strayed."""
    olga = person(OLGA)
    if found := untouched(CaseKind.DROP, Trouble.SHORT, first_day):
        morning = morning_after(found)
        say_as_owner(found, WE_LOOKED_TWICE, at=morning)
        resolve_case(
            case_id=found.pk,
            by=olga,
            words=STILL_IN_THE_DEPOT,
            effect=Effect.SHORT_CONFIRMED,
            at=morning + dt.timedelta(days=1),
        )
    if found := untouched(CaseKind.DAMAGED, Trouble.DAMAGED, first_day):
        morning = morning_after(found)
        resolve_case(case_id=found.pk, by=olga, words=SENT_AGAIN, at=morning)
        close_case(case_id=found.pk, by=olga, at=morning + dt.timedelta(hours=3))
    if found := untouched(CaseKind.DROP, Trouble.DIFFERS, first_day):
        morning = morning_after(found)
        claim_case(case_id=found.pk, by=olga, at=morning)
        reply_to_case(case_id=found.pk, by=olga, text=ONE_MORE_BAG, at=morning, is_question=True)
    if found := untouched(CaseKind.DROP, Trouble.MOVED, first_day):
        say_as_owner(found, WENT_ELSEWHERE, at=morning_after(found))


def untouched(kind: CaseKind, trouble: Trouble, first_day: dt.date) -> Case | None:
    """The case of a trouble, while nobody did anything about it."""
    found = Case.objects.filter(
        kind=kind,
        shop__station__code=TROUBLED,
        service_day=rules.day_of(trouble, first_day),
        status=CaseStatus.OPEN,
        claimed_by=None,
    )
    return found.select_related("shop__station").order_by("pk").first()


def morning_after(case: Case) -> dt.datetime:
    """A quarter past nine on the day after the trouble, where the shop is."""
    midnight = clock.day_start(case.service_day + dt.timedelta(days=1), case.shop.zone)
    return midnight + dt.timedelta(hours=9, minutes=15)


def say_as_owner(case: Case, text: str, *, at: dt.datetime) -> None:
    """The owner of the case's shop answers."""
    owner = case.shop.memberships.current().get(role=MemberRole.OWNER).user
    answer_case(case_id=case.pk, shop_id=case.shop_id, by=owner, text=text, at=at)
