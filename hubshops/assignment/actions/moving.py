"""A dispatcher moves packages between shops, takes them off, and undoes it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from hubshops.assignment import rules
from hubshops.assignment.actions.planning import free_slots_of, release_withdrawn
from hubshops.assignment.models import Assignment, BoardChange, DayBoard
from hubshops.assignment.queries import OBSTACLE_WORDS, accepted_offers, move_facts
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package
from hubshops.packages.rules import EventKind, Move, State, may_happen
from hubshops.shops.models import Shop
from hubshops.shops.queries import caps_on
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal

MOST_IN_A_MOVE = 500
ROWS_A_WRITE = 5_000


class StaleBoard(Refusal):
    code = "stale_board"
    message = _("Somebody changed this day after you opened the board. Look at it again.")


class NothingToMove(Refusal):
    code = "nothing_to_move"
    message = _("Choose packages that this move would change.")


class TooManyToMove(Refusal):
    code = "too_many_to_move"
    message = _("Move at most 500 packages at a time.")


class UnknownPackages(Refusal):
    code = "unknown_packages"
    message = _("Some of these packages are not of this day. Look at the board again.")


class CannotMove(Refusal):
    """`details["obstacles"]` counts what stands in the way."""

    code = "cannot_move"
    message = _("This move can't be made.")


class ReasonNeeded(Refusal):
    code = "reason_needed"
    message = _("Write why this shop gets packages beyond its radius or on its day off.")


class NothingToUndo(Refusal):
    code = "nothing_to_undo"
    message = _("The last change of this day was not a move, so there is nothing to undo.")


@dataclass(slots=True)
class Day:
    """A station's day under lock: its board, and the packages that change their shop."""

    station: Station
    service_day: dt.date
    board: DayBoard
    at: dt.datetime
    by: User
    reason: str = ""
    targets: dict[int, Shop | None] = field(default_factory=dict)
    packages: list[Package] = field(default_factory=list)


@transaction.atomic
def move_packages(
    *,
    station: Station,
    service_day: dt.date,
    package_ids: Collection[int],
    to_shop: Shop | None,
    version: int,
    at: dt.datetime,
    by: User,
    override_reason: str = "",
) -> DayBoard:
    """Give these packages to another shop, or (None) take them off theirs; the board as it is then.

    Refuses when the board is not the one that was seen (`version`), a package is at a shop already,
    or the shop can't take them: it is full, not live, or doesn't take such packages. Beyond the
    radius or on a day off it needs a reason, which is audited and kept with the assignment. All
    are moved or none. Holds the station, the shop and the packages. Some ten statements.
    """
    day = open_day(station, service_day, version, at=at, by=by, reason=override_reason.strip())
    change_shops(day, dict.fromkeys(package_ids, to_shop))
    change = BoardChange.MOVED if to_shop else BoardChange.TAKEN_OFF
    back = [[package.pk, package.shop_id] for package in day.packages]
    note_change(day.board, change, len(day.packages), at=at, by=by, back=back)
    audit.record(
        at=at,
        by=by,
        action="move_packages" if to_shop else "take_off_shop",
        subject=station,
        reason=day.reason,
        day=str(service_day),
        to=to_shop.slug if to_shop else "",
        packages=[package.tracking_id for package in day.packages],
    )
    return day.board


@transaction.atomic
def undo_move(
    *, station: Station, service_day: dt.date, version: int, at: dt.datetime, by: User
) -> DayBoard:
    """Put the packages of the last move back where they were. Refuses when something else happened
    since, when one is at a shop by now, or when a shop has no room left."""
    day = open_day(station, service_day, version, at=at, by=by)
    if day.board.change not in {BoardChange.MOVED, BoardChange.TAKEN_OFF} or not day.board.back:
        raise NothingToUndo
    before = dict(day.board.back)
    shops = Shop.objects.in_bulk({shop_id for shop_id in before.values() if shop_id})
    change_shops(day, {package: shops.get(shop) for package, shop in before.items()}, is_back=True)
    note_change(day.board, BoardChange.UNDONE, len(day.packages), at=at, by=by)
    audit.record(
        at=at,
        by=by,
        action="undo_move",
        subject=station,
        day=str(service_day),
        packages=len(before),
    )
    return day.board


def open_day(
    station: Station,
    service_day: dt.date,
    version: int,
    *,
    at: dt.datetime,
    by: User,
    reason: str = "",
) -> Day:
    """A station's day under lock, as it was seen."""
    board = hold_board(station=station, service_day=service_day, version=version)
    return Day(station, service_day, board, at, by, reason)


def hold_board(*, station: Station, service_day: dt.date, version: int) -> DayBoard:
    """Lock a station's day until the transaction ends. Refuses another version of its board than
    the one that was seen."""
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    board, _new = DayBoard.objects.get_or_create(station=station, service_day=service_day)
    if board.version != version:
        raise StaleBoard
    return board


def raise_board(
    *,
    station: Station,
    service_day: dt.date,
    change: BoardChange,
    packages: int,
    at: dt.datetime,
    by: User | None,
) -> None:
    """Tell everybody who looks at this day that it changed. The caller holds the station. One
    statement, two for a day's first change."""
    told = {"change": change, "packages": packages, "back": [], "changed_at": at, "changed_by": by}
    board = {"station": station, "service_day": service_day}
    if not DayBoard.objects.filter(**board).update(version=F("version") + 1, **told):
        DayBoard.objects.create(version=1, **board, **told)


def note_change(
    board: DayBoard,
    change: BoardChange,
    packages: int,
    *,
    at: dt.datetime,
    by: User | None,
    back: Iterable[list[int | None]] = (),
) -> None:
    """Write what was done last, and by whom, under the next number."""
    board.version += 1
    board.change, board.packages, board.back = change, packages, list(back)
    board.changed_at, board.changed_by = at, by
    board.save()


def change_shops(day: Day, targets: Mapping[int, Shop | None], *, is_back: bool = False) -> None:
    """Judge the whole move and write it. What is at its target already stays as it is; the slots of
    withdrawn packages are free. `is_back`: nobody has to say again why a shop got what it had."""
    if len(targets) > MOST_IN_A_MOVE:
        raise TooManyToMove
    shops = locked_shops(targets.values())
    packages = locked_packages(day, targets)
    day.targets = {key: shops[shop.pk] if shop else None for key, shop in targets.items()}
    day.packages = [one for one in packages if one.shop_id != key_of(day.targets[one.pk])]
    if not day.packages:
        raise NothingToMove
    obstacles = judge(day, shops)
    refuse(obstacles, has_reason=bool(day.reason) or is_back)
    release_withdrawn(station=day.station, service_day=day.service_day)
    Assignment.objects.filter(package__in=day.packages).delete()
    Assignment.objects.bulk_create(new_assignments(day, shops, obstacles), batch_size=ROWS_A_WRITE)
    moves = [move_of(day, package) for package in day.packages]
    move_custody(moves=moves, at=day.at)


def locked_shops(shops: Iterable[Shop | None]) -> dict[int, Shop]:
    """The shops that get packages, locked in the order of their keys."""
    wanted = {shop.pk for shop in shops if shop}
    rows = Shop.objects.filter(pk__in=wanted).select_for_update(no_key=True).order_by("pk")
    return {shop.pk: shop for shop in rows}


def locked_packages(day: Day, ids: Collection[int]) -> list[Package]:
    """The packages, locked in the order of their keys. Refuses ids that are not of this day."""
    rows = list(
        Package.objects.of_day(day.station, day.service_day)
        .filter(pk__in=ids)
        .select_for_update(no_key=True)
        .order_by("pk")
    )
    if len(rows) != len(ids):
        raise UnknownPackages
    return rows


def key_of(shop: Shop | None) -> int | None:
    """A shop's key, if there is a shop."""
    return shop.pk if shop else None


def judge(day: Day, shops: Mapping[int, Shop]) -> dict[int, frozenset[rules.Obstacle]]:
    """What stands in each package's way, by its key. Two queries."""
    facts = move_facts(list(shops.values()), day.service_day)
    room = {key: facts[key].room for key in shops}
    found: dict[int, frozenset[rules.Obstacle]] = {}
    for package in day.packages:
        shop = day.targets[package.pk]
        kind = EventKind.ASSIGNED if shop else EventKind.UNASSIGNED
        blocks = set() if may_happen(kind, State(package.state)) else {rules.Obstacle.UNDER_WAY}
        if shop:
            room[shop.pk] -= 1
            blocks |= facts[shop.pk].obstacles(package)
            blocks |= {rules.Obstacle.FULL} if room[shop.pk] < 0 else set()
        found[package.pk] = frozenset(blocks)
    return found


def refuse(obstacles: Mapping[int, frozenset[rules.Obstacle]], *, has_reason: bool) -> None:
    """Refuse what can't be, and what can only be with a reason and has none."""
    counts = Counter(one for some in obstacles.values() for one in some)
    hard = {one: number for one, number in counts.items() if one not in rules.OVERRIDABLE}
    if hard:
        sentences = " ".join(str(OBSTACLE_WORDS[one]) for one in sorted(hard))
        raise CannotMove(sentences, obstacles=hard)
    if counts and not has_reason:
        raise ReasonNeeded(obstacles=dict(counts))


def new_assignments(
    day: Day, shops: Mapping[int, Shop], obstacles: Mapping[int, frozenset[rules.Obstacle]]
) -> list[Assignment]:
    """The rows for packages that get a shop: each in a slot nobody has."""
    taken: dict[int, set[int]] = defaultdict(set)
    rows = Assignment.objects.filter(shop__in=shops, service_day=day.service_day)
    for shop_id, slot in rows.values_list("shop_id", "slot"):
        taken[shop_id].add(slot)
    offers = accepted_offers(list(shops.values()), day.service_day)
    caps = caps_on(list(shops.values()), day.service_day)
    free = {key: free_slots_of(caps[key], taken[key], offers.get(key)) for key in shops}
    given = [(package, shop) for package in day.packages if (shop := day.targets[package.pk])]
    slots = [next(free[shop.pk]) for _package, shop in given]
    return [
        Assignment(
            package=package,
            shop=shop,
            service_day=day.service_day,
            slot=slot,
            offer_id=offer_id,
            cap=caps[shop.pk],
            distance_m=round(rules.metres_to(shop, package) or 0),
            explanation=explanation(day, package, obstacles[package.pk]),
            made_at=day.at,
            made_by=day.by,
        )
        for (package, shop), (slot, offer_id) in zip(given, slots, strict=True)
    ]


def explanation(
    day: Day, package: Package, obstacles: Collection[rules.Obstacle]
) -> dict[str, object]:
    """Why the package is where it is: a person said so, and against what."""
    words: dict[str, object] = {"moved_by_hand": True}
    if obstacles:
        words |= {"override": sorted(str(one) for one in obstacles), "reason": day.reason}
    return words


def move_of(day: Day, package: Package) -> Move:
    """The event that gives a package to its new shop, or takes it off."""
    shop = day.targets[package.pk]
    return Move(
        package_id=package.pk,
        kind=EventKind.ASSIGNED if shop else EventKind.UNASSIGNED,
        to_state=State.ASSIGNED if shop else State.ANNOUNCED,
        shop_id=key_of(shop),
        happened_at=day.at,
        by_id=day.by.pk,
    )
