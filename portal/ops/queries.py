"""The day as staff see it: boards, lists and histories, each with a constant number of queries."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from hubshops.deliveries.models import Delivery, Device, Reason
from hubshops.deliveries.queries import Evidence, evidence_of
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import FINISHED, IN_CUSTODY, NOT_TAKEN, State
from hubshops.reviews.queries import counts_by_list
from hubshops.shops.models import Membership, Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.models import Role, StaffRole, User
from kernel.audit.models import Decision
from kernel.jobs.models import Job
from kernel.jobs.queries import Recurring
from payouts.accruals.models import Accrual
from payouts.payruns.models import (
    PayRun,
    ProviderGap,
    RunStatus,
    TransferItem,
    TransferReversal,
)
from payouts.payruns.queries import return_files
from payouts.providers.queries import holds_to_review
from payouts.statements.models import Statement
from portal.ops import rules

# The columns of a station's day: words, the states they count, and how they look.
COLUMNS = [
    ("unplaced", _("no shop yet"), [State.ANNOUNCED]),
    ("coming", _("on the way to shops"), [State.ASSIGNED, State.MANIFESTED]),
    ("at_shop", _("at shops"), [State.AT_SHOP]),
    ("out", _("out for delivery"), [State.OUT_FOR_DELIVERY]),
    ("delivered", _("delivered"), [State.DELIVERED]),
    ("attempted", _("attempted"), [State.ATTEMPTED]),
    ("to_return", _("to give back"), [State.RETURN_PENDING]),
    ("returned", _("back at the station"), [State.RETURNED_TO_STATION]),
    ("missing", _("missing"), [State.MISSING]),
    ("short", _("did not come with the van"), [State.SHORT]),
    ("not_taken", _("not taken at the drop"), [State.REJECTED_AT_DROP]),
]
GROUPS = {code: states for code, _words, states in COLUMNS}
RISK_WORDS = {
    rules.Risk.LATE_COUNT_IN: (_("nothing counted in yet"), "bad", "clock-alert"),
    rules.Risk.MISSING: (_("a package is missing"), "bad", "circle-question-mark"),
    rules.Risk.QUIET: (_("no act for an hour"), "warn", "timer"),
    rules.Risk.UNSENT: (_("a phone holds what it has not sent"), "warn", "smartphone"),
    rules.Risk.PART_COUNTED_IN: (_("not all counted in"), "warn", "scan-line"),
    rules.Risk.EXCEPTIONS: (_("exceptions"), "info", "triangle-alert"),
}


@dataclass
class ShopRow:
    """One shop's line on the board."""

    shop: Shop
    counts: Counter = field(default_factory=Counter)
    last_act_at: dt.datetime | None = None
    unsent: int = 0
    risks: list[rules.Risk] = field(default_factory=list)

    @property
    def code(self) -> str:
        """What a wall says instead of the shop's name: its number among ours."""
        return f"#{self.shop.pk}"

    @property
    def total(self) -> int:
        """Packages of the day, cancelled ones aside."""
        return sum(self.counts.values()) - self.counts[State.CANCELLED]

    @property
    def done(self) -> int:
        """Packages that need no more work of the shop."""
        ended = [State.DELIVERED, State.RETURNED_TO_STATION, *NOT_TAKEN]
        return sum(self.counts[state] for state in ended)

    @property
    def worded_risks(self) -> list[tuple[object, str, str]]:
        """Words, tone and icon of each risk."""
        return [RISK_WORDS[risk] for risk in self.risks]


@dataclass
class StationDay:
    """One station's day on the board."""

    station: Station
    day: dt.date
    counts: Counter = field(default_factory=Counter)
    older: int = 0
    rows: list[ShopRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Packages of the day, cancelled ones aside."""
        return sum(self.counts.values()) - self.counts[State.CANCELLED]

    @property
    def figures(self) -> list[tuple[str, object, int]]:
        """The day's figures: code, words, number; empty ones are left out."""
        numbers = [
            (code, words, sum(self.counts[state] for state in states))
            for code, words, states in COLUMNS
        ]
        return [row for row in numbers if row[2]]


def station_days(at: dt.datetime) -> list[StationDay]:
    """Every station's present local day, its shops sorted by risk. Five queries."""
    stations = Station.objects.order_by("code")
    days = {one.pk: station_day(one, at) for one in stations}
    shop_rows: dict[tuple[int, int], ShopRow] = {}
    groups = day_groups(days.values())
    shops = Shop.objects.in_bulk({group["shop_id"] for group in groups if group["shop_id"]})
    for group in groups:
        board = days[group["station_id"]]
        board.counts[group["state"]] += group["number"]
        if shop := shops.get(group["shop_id"]):
            row = shop_rows.setdefault((board.station.pk, shop.pk), ShopRow(shop))
            row.counts[group["state"]] += group["number"]
            if group["state"] not in rules.BEFORE_THE_DROP:
                row.last_act_at = max(filter(None, [row.last_act_at, group["last"]]))
    for station_id, number in older_in_custody(days.values()).items():
        days[station_id].older = number
    unsent = unsent_by_shop(shops, at)
    for (station_id, shop_id), row in shop_rows.items():
        row.unsent = unsent.get(shop_id, 0)
        row.risks = risks_of(row, days[station_id].station, at)
        days[station_id].rows.append(row)
    for board in days.values():
        board.rows.sort(key=lambda row: (-rules.weight(row.risks), row.shop.name, row.shop.pk))
    return list(days.values())


def station_day(station: Station, at: dt.datetime) -> StationDay:
    """An empty board of a station's present local day."""
    local = at.astimezone(ZoneInfo(station.zone))
    return StationDay(station, local.date())


def day_groups(boards: Iterable[StationDay]) -> list[Any]:
    """Packages of each station's day counted by shop and state. One query."""
    today = any_of(Q(station=board.station, service_day=board.day) for board in boards)
    return list(
        Package.objects.filter(today)
        .order_by()
        .values("station_id", "shop_id", "state")
        .annotate(number=Count("pk"), last=Max("last_event_at"))
    )


def older_in_custody(boards: Iterable[StationDay]) -> dict[int, int]:
    """Station → packages of earlier days that a shop still has. One query."""
    recent = any_of(
        Q(
            station=board.station,
            service_day__lt=board.day,
            service_day__gte=board.day - dt.timedelta(days=30),
        )
        for board in boards
    )
    states = [str(state) for state in IN_CUSTODY]
    rows = Package.objects.filter(recent, state__in=states).order_by()
    return dict(rows.values_list("station_id").annotate(number=Count("pk")))


def any_of(conditions: Iterable[Q]) -> Q:
    """Rows that meet one of the conditions; none when there is none."""
    either = Q(pk=None)
    for condition in conditions:
        either |= condition
    return either


def risks_of(row: ShopRow, station: Station, at: dt.datetime) -> list[rules.Risk]:
    """What is wrong at one shop now."""
    return rules.risks(
        rules.ShopFacts(
            counts=row.counts,
            last_act_at=row.last_act_at,
            at=at,
            local_time=at.astimezone(ZoneInfo(station.zone)).time(),
            cutoff_time=station.cutoff_time,
            unsent=row.unsent,
        )
    )


UNSENT_SINCE = dt.timedelta(days=7)  # a phone that was silent for longer may be in a drawer


def unsent_by_shop(shops: Collection[int], at: dt.datetime) -> dict[int, int]:
    """Shop → how much its phones still held when they were heard of last. One query."""
    phones = Device.objects.filter(shop__in=shops, last_seen_at__gte=at - UNSENT_SINCE).order_by()
    held = phones.values_list("shop").annotate(number=Sum(F("unsent") + F("unsent_photos")))
    return dict(held)


def waiting_applications() -> dict[str, int]:
    """Applications that wait for us, and those that wait for an applicant, as their own list
    counts them. One query."""
    counts = counts_by_list()
    return {"us": counts["waiting"], "them": counts["info_needed"]}


def runs_waiting(user: User, roles: frozenset[str]) -> list[PayRun]:
    """Pay runs in which this person has the next step: approving what another drafted, or seeing
    an approved one through. One query, none for people without a finance role."""
    mine = Q(pk=None)
    if roles & {Role.FINANCE_APPROVER, Role.ADMIN}:
        mine |= Q(status=RunStatus.DRAFTED) & ~Q(drafted_by=user)
    if roles & {Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER, Role.ADMIN}:
        mine |= Q(status__in=[RunStatus.APPROVED, RunStatus.CONFIRMING])
    if mine == Q(pk=None):
        return []
    return list(PayRun.objects.filter(mine).select_related("drafted_by").order_by("pk"))


def money_waiting(user: User, *, at: dt.datetime) -> dict[str, object]:
    """What somebody else asked for and this person may confirm, and the holds of payouts at which
    somebody has to look. Four queries."""
    asked = TransferReversal.objects.filter(status="waiting").exclude(asked_by=user)
    return {
        "files": sum(1 for one in return_files() if one.is_waiting and one.asked_by != user),
        "back": list(asked.select_related("transfer__shop", "asked_by").order_by("pk")[:20]),
        "gaps": ProviderGap.objects.filter(closed_at=None, noted_by__isnull=False)
        .exclude(noted_by=user)
        .count(),
        "holds": len(holds_to_review(at=at)),
    }


def packages_in(
    *, station: Station | None, day: dt.date | None, group: str, shop: Shop | None
) -> object:
    """Packages of a list page by its filters, in the order of tracking ids."""
    packages = Package.objects.select_related("shop", "station").order_by(
        "-service_day", "tracking_id", "pk"
    )
    if station:
        packages = packages.filter(station=station)
    if day:
        packages = packages.filter(service_day=day)
    if shop:
        packages = packages.filter(shop=shop)
    if group in GROUPS:
        packages = packages.filter(state__in=[str(state) for state in GROUPS[group]])
    if group == "held":
        packages = packages.filter(state__in=[str(state) for state in IN_CUSTODY])
    return packages


@dataclass
class ShopDayPage:
    """One shop's day: manifest, packages in the order of stops, people."""

    manifest: Manifest | None
    lines: list[dict[str, Any]]
    people: list[Membership]
    row: ShopRow


def shop_day(shop: Shop, day: dt.date, at: dt.datetime) -> ShopDayPage:
    """All of one shop's day. Five queries, whatever the number of packages."""
    packages = list(Package.objects.filter(shop=shop, service_day=day).order_by("tracking_id"))
    stops = dict(
        ManifestLine.objects.filter(package__in=packages, withdrawn_in=None).values_list(
            "package_id", "stop"
        )
    )
    row = ShopRow(shop)
    for package in packages:
        row.counts[package.state] += 1
        if package.state not in rules.BEFORE_THE_DROP:
            row.last_act_at = max(filter(None, [row.last_act_at, package.last_event_at]))
    if day == clock.local_day(at, shop.station.zone):
        row.unsent = unsent_by_shop([shop.pk], at).get(shop.pk, 0)
        row.risks = risks_of(row, shop.station, at)
    lines = [{"package": package, "stop": stops.get(package.pk)} for package in packages]
    lines.sort(key=lambda line: (line["stop"] is None, line["stop"] or 0))
    return ShopDayPage(
        manifest=Manifest.objects.of_day(shop, day).first(),
        lines=lines,
        people=list(shop.memberships.current().select_related("user").order_by("role", "pk")),
        row=row,
    )


NAME_DAYS = dt.timedelta(days=14)
MOST_FOUND = 25


@dataclass
class Found:
    """What one search found. `exact` is the one package whose tracking id was typed."""

    exact: Package | None = None
    packages: list[Package] = field(default_factory=list)
    shops: list[Shop] = field(default_factory=list)


def find(text: str, at: dt.datetime) -> Found:
    """Packages by tracking id (whole or its beginning), by recipient or by the last four digits of
    a phone; shops by name, street or phone. Names are looked up among the last two weeks' packages.
    At most 25 of each, at most four queries."""
    text = " ".join(text.split())
    stations = list(Station.objects.values_list("pk", flat=True))
    exact = list(by_code(stations, tracking_id__in={text, text.upper()})[:2])
    if len(exact) == 1:
        return Found(exact=exact[0])
    is_code = len(text) >= 5 and " " not in text and any(map(str.isdecimal, text))
    packages = exact
    if is_code and not exact:
        begins = Q(tracking_id__startswith=text) | Q(tracking_id__startswith=text.upper())
        packages = list(by_code(stations).filter(begins)[:MOST_FOUND])
    if not packages:
        packages = recent_of_person(stations, text, at)
    return Found(packages=packages, shops=find_shops(text))


def by_code(stations: list[int], **filters: Any) -> QuerySet[Package]:
    """Packages of these stations by tracking id: served by the index that makes ids unique."""
    packages = Package.objects.filter(station_id__in=stations, **filters)
    return packages.select_related("shop", "station").order_by("tracking_id", "pk")


def recent_of_person(stations: list[int], text: str, at: dt.datetime) -> list[Package]:
    """The last two weeks' packages for a name or for the last four digits of a phone."""
    last4 = rules.last_four(text)
    who = Q(phone__endswith=last4) if last4 else Q(recipient_name__icontains=text)
    recent = Package.objects.filter(
        who, station_id__in=stations, service_day__gte=at.date() - NAME_DAYS
    )
    packages = recent.select_related("shop", "station").order_by("-service_day", "tracking_id")
    return list(packages[:MOST_FOUND])


def find_shops(text: str) -> list[Shop]:
    """Shops by name, short name, street or the last four digits of their phone."""
    who = Q(name__icontains=text) | Q(slug__icontains=text) | Q(address1__icontains=text)
    if last4 := rules.last_four(text):
        who |= Q(phone__endswith=last4)
    shops = Shop.objects.filter(who).select_related("station").order_by("name", "pk")
    return list(shops[:MOST_FOUND])


EVENT_WORDS = {
    "announced": (_("Announced by the station"), "file-up", ""),
    "changed": (_("Changed by the station's list"), "file-pen", ""),
    "withdrawn": (_("Withdrawn by the station"), "file-x", "warn"),
    "assigned": (_("Given to a shop"), "store", ""),
    "manifested": (_("Put on a manifest"), "list-checks", ""),
    "received": (_("Counted in at the shop"), "package-check", "info"),
    "loaded": (_("Taken on tour"), "truck", "info"),
    "delivered": (_("Delivered"), "circle-check", "good"),
    "delivered_again": (_("Delivered a second time: noted, not paid"), "copy-check", "warn"),
    "attempted": (_("Attempted"), "door-closed", "warn"),
    "attempted_too": (_("Another phone said: not delivered"), "split", "warn"),
    "returned": (_("Given back to the station"), "undo-2", ""),
    "amended": (_("Corrected"), "pencil", "warn"),
    "short": (_("Did not come with the van"), "package-minus", "warn"),
    "rejected": (_("Not taken at the drop"), "package-x", "warn"),
}
CLOCKS_AGREE = dt.timedelta(minutes=1)


@dataclass
class Step:
    """One event of a package as staff read it."""

    event: PackageEvent
    words: object
    icon: str
    tone: str
    reason: str
    outcome: str
    evidence: Evidence

    @property
    def is_late(self) -> bool:
        """Whether phone and server disagree by more than a minute about when it happened."""
        return abs(self.event.received_at - self.event.happened_at) > CLOCKS_AGREE


def history_of(package: Package) -> list[Step]:
    """Every event of a package, the latest first, with what there is about it. Four queries."""
    reasons = dict(Reason.objects.values_list("code", "label"))
    outcomes = dict(Delivery._meta.get_field("outcome").choices)
    steps = []
    events = list(package.events.select_related("by", "shop").order_by("-pk"))
    evidence = evidence_of(package, events)
    for event in events:
        words, icon, tone = EVENT_WORDS[event.kind]
        steps.append(
            Step(
                event=event,
                words=words,
                icon=icon,
                tone=tone,
                reason=reasons.get(event.reason, event.reason),
                outcome=str(outcomes.get(event.outcome, event.outcome)),
                evidence=evidence[event.pk],
            )
        )
    return steps


@dataclass
class Fee:
    """What a package earned, and the way that money went."""

    accrual: Accrual
    run_id: int | None
    transfer_words: str
    statement: str


def fees_of(package: Package) -> list[Fee]:
    """Fees and reversals of a package with pay run and statement. Three queries."""
    accruals = list(
        Accrual.objects.filter(delivery__package=package)
        .select_related("shop", "entry")
        .order_by("pk")
    )
    if not accruals:
        return []
    items = {
        item.entry_id: item.transfer
        for item in TransferItem.objects.filter(
            entry_id__in={one.entry_id for one in accruals}, released_at=None
        ).select_related("transfer")
    }
    numbers = dict(
        Statement.objects.filter(
            transfer_id__in={transfer.pk for transfer in items.values()}
        ).values_list("transfer_id", "number")
    )
    return [fee_of(one, items.get(one.entry_id), numbers) for one in accruals]


def fee_of(accrual: Accrual, transfer: Any, numbers: dict[int, str]) -> Fee:
    """One accrual with the transfer that carries it, if any."""
    if transfer is None:
        return Fee(accrual, None, "", "")
    words = str(transfer.get_status_display())
    return Fee(accrual, transfer.run_id, words, numbers.get(transfer.pk, ""))


def is_open(package: Package) -> bool:
    """Whether something may still happen to a package."""
    return package.state not in {str(state) for state in FINISHED}


@dataclass
class RecurringRow:
    """A recurring job and the last time it ran."""

    recurring: Recurring
    last: Job | None

    @property
    def minutes(self) -> int:
        """Between two runs, when it comes back every so many minutes."""
        return int(self.recurring.every.total_seconds() // 60) if self.recurring.every else 0


def recurring_rows(schedule: list[Recurring]) -> list[RecurringRow]:
    """Every recurring job with its latest run: one short query a job, by its key."""
    rows = []
    for recurring in schedule:
        runs = Job.objects.filter(key__startswith=f"{recurring.job}@").order_by("-key")
        rows.append(RecurringRow(recurring, runs.first()))
    return rows


def waiting_jobs(limit: int = 50) -> list[Job]:
    """Jobs that are not done, those that should have run first."""
    return list(Job.objects.waiting().order_by("run_after", "pk")[:limit])


def staff_people() -> list[dict[str, Any]]:
    """Everybody who holds a staff role or is a superuser, with the roles. Two queries."""
    roles = defaultdict(list)
    for held in StaffRole.objects.order_by("role"):
        roles[held.user_id].append(held)
    people = User.objects.filter(Q(pk__in=roles) | Q(is_superuser=True)).order_by("name", "email")
    return [{"user": user, "roles": roles.get(user.pk, [])} for user in people]


def latest_decisions(limit: int = 30, *, action: str = "") -> list[Decision]:
    """What staff decided, the latest first."""
    decisions = Decision.objects.select_related("by").order_by("-at", "-pk")
    return list((decisions.filter(action=action) if action else decisions)[:limit])
