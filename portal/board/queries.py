"""A station's day as a dispatcher moves it: what has no shop, who could take it, what a move does.

Each page costs the same number of queries whatever the number of packages.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hubshops.assignment.models import BoardChange, DayBoard
from hubshops.assignment.queries import (
    CAUSE_WORDS,
    OBSTACLE_WORDS,
    MoveFacts,
    day_plan,
    move_facts,
)
from hubshops.assignment.rules import OVERRIDABLE, Cause, Obstacle, metres_to
from hubshops.manifests.models import Manifest, ManifestVersion
from hubshops.manifests.queries import lines_gone
from hubshops.manifests.rules import short_name
from hubshops.packages.models import Package
from hubshops.packages.rules import EventKind, State, may_happen
from hubshops.shops.models import Shop
from hubshops.shops.queries import shops_of
from hubshops.stations.models import Station
from kernel.web import maps
from kernel.web.templatetags.house import miles
from payouts.rates.queries import fees_on

MOST_SHOWN = 200
NEAREST = 3
NOT_PLANNED = gettext_lazy("The day was not planned since it came, or since a shop's room changed.")
SHORT_WORDS = {
    Obstacle.UNDER_WAY: gettext_lazy("at a shop already"),
    Obstacle.NOT_LIVE: gettext_lazy("takes no packages now"),
    Obstacle.FULL: gettext_lazy("full"),
    Obstacle.CLOSED: gettext_lazy("closed"),
    Obstacle.TOO_FAR: gettext_lazy("too far"),
    Obstacle.TOO_LARGE: gettext_lazy("too large for it"),
    Obstacle.KIND_NOT_TAKEN: gettext_lazy("does not take this proof"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """A shop near a door, and what stops it from taking the package."""

    facts: MoveFacts
    metres: float | None
    obstacles: tuple[Obstacle, ...]

    @property
    def words(self) -> str:
        """“room for 6”, or what stops it."""
        if self.obstacles:
            return ", ".join(str(SHORT_WORDS[one]) for one in self.obstacles)
        words = ngettext("room for %(count)s", "room for %(count)s", self.facts.room)
        return words % {"count": self.facts.room}


@dataclass(frozen=True, slots=True)
class Row:
    """One package on the board: why it has no shop, how far it is from the one it has, and who is
    near."""

    package: Package
    cause: object
    metres: float | None
    options: tuple[Option, ...]

    @property
    def name(self) -> str:
        """First name and initial."""
        return short_name(self.package.recipient_name)

    @property
    def is_fixed(self) -> bool:
        """Whether it is at a shop or beyond, so that it can't be moved here."""
        return not may_happen(EventKind.ASSIGNED, State(self.package.state))


@dataclass(slots=True)
class Board:
    """What the page shows. `shop` is the shop whose packages are listed; None lists what has no
    shop."""

    station: Station
    day: dt.date
    state: DayBoard
    shops: list[MoveFacts]
    shop: Shop | None
    rows: list[Row]
    unplaced: int
    full: int
    hidden: int
    causes: list[tuple[object, int]]
    to_publish: int
    ticked: set[int] = field(default_factory=set)

    @property
    def last_change(self) -> str:
        """Who did what last, without the time."""
        return change_words(self.state)

    @property
    def can_undo(self) -> bool:
        """Whether the last change was a move."""
        return self.state.change in {BoardChange.MOVED, BoardChange.TAKEN_OFF}


def state_of(station: Station, day: dt.date) -> DayBoard:
    """The board's number and its last change; an empty one before the first change. One query."""
    found = DayBoard.objects.filter(station=station, service_day=day).select_related("changed_by")
    return found.first() or DayBoard(station=station, service_day=day)


def change_words(state: DayBoard) -> str:
    """“Kim moved 3 packages”; nothing before the first change."""
    if not state.change:
        return ""
    words = {
        BoardChange.MOVED: ngettext(
            "%(who)s moved %(count)s package", "%(who)s moved %(count)s packages", state.packages
        ),
        BoardChange.TAKEN_OFF: ngettext(
            "%(who)s took %(count)s package off its shop",
            "%(who)s took %(count)s packages off their shops",
            state.packages,
        ),
        BoardChange.UNDONE: ngettext(
            "%(who)s undid the move of %(count)s package",
            "%(who)s undid the move of %(count)s packages",
            state.packages,
        ),
        BoardChange.PUBLISHED: ngettext(
            "%(who)s published the day with %(count)s package",
            "%(who)s published the day with %(count)s packages",
            state.packages,
        ),
    }
    who = str(state.changed_by) if state.changed_by else _("The portal")
    return words[BoardChange(state.change)] % {"who": who, "count": state.packages}


def board_of(station: Station, day: dt.date, slug: str = "") -> Board:
    """The day's board, listing what has no shop or one shop's packages. Some ten queries."""
    state = state_of(station, day)
    shops = shops_of(station)
    facts = move_facts(shops, day)
    shop = next((one for one in shops if one.slug == slug), None)
    plan = day_plan(station, day)
    packages = packages_of(station, day, shop)
    total = packages.count()
    rows = [
        row_of(package, shop, list(facts.values()), plan.unplaced.get(package.tracking_id))
        for package in packages[:MOST_SHOWN]
    ]
    return Board(
        station=station,
        day=day,
        state=state,
        shops=list(facts.values()),
        shop=shop,
        rows=rows,
        unplaced=plan.waiting + len(plan.unplaced),
        full=sum(cause == Cause.FULL for cause in plan.unplaced.values()),
        hidden=max(0, total - MOST_SHOWN),
        causes=causes(Counter(plan.unplaced.values()), plan.waiting),
        to_publish=len(difference(station, day)),
    )


def packages_of(station: Station, day: dt.date, shop: Shop | None) -> QuerySet[Package]:
    """A shop's packages of the day, or those without a shop, neighbours together."""
    packages = Package.objects.of_day(station, day)
    packages = packages.filter(shop=shop) if shop else packages.unplaced()
    return packages.exclude(state=State.CANCELLED).order_by("postal_code", "tracking_id", "pk")


def causes(counts: Counter, waiting: int) -> list[tuple[object, int]]:
    """Why packages have no shop, with how many, the commonest first."""
    found: list[tuple[object, int]] = [
        (CAUSE_WORDS[cause], number) for cause, number in counts.items()
    ]
    if waiting:
        found.append((str(NOT_PLANNED), waiting))
    return sorted(found, key=lambda one: (-one[1], str(one[0])))


def row_of(
    package: Package, shop: Shop | None, shops: Sequence[MoveFacts], cause: Cause | None
) -> Row:
    """One package with the nearest shops that it is not at."""
    metres = metres_to(shop, package) if shop else None
    why = CAUSE_WORDS[cause] if cause else str(NOT_PLANNED)
    others = [facts for facts in shops if facts.shop.pk != package.shop_id]
    return Row(package, "" if shop else why, metres, tuple(nearest(package, others)))


def nearest(package: Package, shops: Sequence[MoveFacts]) -> list[Option]:
    """The shops nearest to a door, each with what stops it, and the nearest that nothing stops.
    None for an unknown place."""
    if package.latitude is None:
        return []
    by_distance = sorted((metres_to(one.shop, package), n) for n, one in enumerate(shops))
    options = (Option(shops[n], metres, blocks(shops[n], package)) for metres, n in by_distance)
    found = list(islice(options, NEAREST))
    if all(option.obstacles for option in found):
        found += islice((option for option in options if not option.obstacles), 1)
    return found


def blocks(facts: MoveFacts, package: Package) -> tuple[Obstacle, ...]:
    """What stops a shop from taking one more package, this one."""
    found = facts.obstacles(package) | ({Obstacle.FULL} if not facts.room else set())
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class CapLine:
    """How a move changes what one shop has."""

    shop: Shop
    before: int
    after: int
    cap: int


@dataclass(slots=True)
class Effect:
    """What a move would do. `blocked` can't be, `against` can only be with a reason; both count
    packages by cause."""

    packages: list[Package]
    shop: Shop | None
    is_open: bool
    caps: list[CapLine]
    metres: float
    cents: int | None
    blocked: list[tuple[object, int]]
    against: list[tuple[object, int]]

    @property
    def distance(self) -> str:
        """“+0.4 mi”: how much farther all doors are from their shops."""
        sign = "+" if self.metres >= 0 else "−"
        return f"{sign}{miles(abs(self.metres))}"


def effect_of(station: Station, day: dt.date, ids: Collection[int], shop: Shop | None) -> Effect:
    """What moving these packages would do. Some seven queries; writes nothing."""
    asked = Package.objects.of_day(station, day).filter(pk__in=ids).select_related("shop")
    packages = [one for one in asked if one.shop_id != (shop.pk if shop else None)]
    sources = {one.shop.pk: one.shop for one in packages if one.shop}
    shops = sources | ({shop.pk: shop} if shop else {})
    facts = move_facts(list(shops.values()), day)
    obstacles = obstacles_of(packages, facts[shop.pk] if shop else None)
    fees = fees_on(list(shops.values()), day)
    return Effect(
        packages=packages,
        shop=shop,
        is_open=facts[shop.pk].is_open if shop else True,
        caps=caps_of(packages, facts, shop),
        metres=sum(added_metres(one, shop) for one in packages),
        cents=added_cents(packages, fees, shop),
        blocked=worded(obstacles, hard=True),
        against=worded(obstacles, hard=False),
    )


def obstacles_of(packages: Sequence[Package], target: MoveFacts | None) -> Counter:
    """How many packages each obstacle stops; the cap stops those that come last."""
    found: Counter = Counter()
    for package in packages:
        if not may_happen(EventKind.ASSIGNED, State(package.state)):
            found[Obstacle.UNDER_WAY] += 1
        found.update(target.obstacles(package) if target else ())
    if target and len(packages) > target.room:
        found[Obstacle.FULL] = len(packages) - target.room
    return found


def worded(counts: Counter, *, hard: bool) -> list[tuple[object, int]]:
    """Obstacles in words: those nobody can decide against, or the others."""
    kept = [one for one in sorted(counts) if (one not in OVERRIDABLE) == hard]
    return [(OBSTACLE_WORDS[one], counts[one]) for one in kept]


def caps_of(
    packages: Sequence[Package], facts: dict[int, MoveFacts], shop: Shop | None
) -> list[CapLine]:
    """How many packages each shop has before and after, the one that gets them first."""
    leaving = Counter(one.shop_id for one in packages)
    lines = [
        CapLine(one.shop, one.taken, one.taken - leaving[key], one.cap)
        for key, one in facts.items()
        if leaving[key]
    ]
    if shop:
        one = facts[shop.pk]
        lines.insert(0, CapLine(shop, one.taken, one.taken + len(packages), one.cap))
    return lines


def added_metres(package: Package, shop: Shop | None) -> float:
    """How much farther the door is from its shop; 0 while it is not known."""
    before = metres_to(package.shop, package) if package.shop else 0.0
    after = metres_to(shop, package) if shop else 0.0
    return (after or 0.0) - (before or 0.0)


def added_cents(
    packages: Sequence[Package], fees: dict[int, int | None], shop: Shop | None
) -> int | None:
    """What the move adds to the day's fees; None when a fee is not agreed."""
    gets = fees[shop.pk] if shop else 0
    loses = [fees[one.shop_id] if one.shop_id else 0 for one in packages]
    if gets is None or None in loses:
        return None
    return gets * len(packages) - sum(loses)


@dataclass(slots=True)
class Change:
    """What a shop's next version brings and takes."""

    shop: Shop
    manifest: Manifest | None
    added: list[Package] = field(default_factory=list)
    gone: list[Package] = field(default_factory=list)

    @property
    def next_version(self) -> int:
        """The number that publishing gives; 1 is a first manifest."""
        return self.manifest.version + 1 if self.manifest else 1


def difference(station: Station, day: dt.date) -> list[Change]:
    """What publishing now would change, by shop. Four queries."""
    assigned = list(
        Package.objects.of_day(station, day)
        .filter(state=State.ASSIGNED)
        .select_related("shop")
        .order_by("tracking_id")
    )
    gone, stay = lines_gone(station, day, assigned)
    manifests = {
        one.shop_id: one
        for one in Manifest.objects.filter(shop__station=station, service_day=day).select_related(
            "shop"
        )
    }
    found: dict[int, Change] = {}
    for package in assigned:
        if package.pk not in stay:
            key = package.shop_id
            found.setdefault(key, Change(package.shop, manifests.get(key))).added.append(package)
    taken = Package.objects.in_bulk({line.package_id for line in gone})
    for line in gone:
        manifest = manifests.get(line.manifest.shop_id)
        if manifest and manifest.pk == line.manifest_id:
            change = found.setdefault(manifest.shop_id, Change(manifest.shop, manifest))
            change.gone.append(taken[line.package_id])
    return sorted(found.values(), key=lambda one: (one.shop.name, one.shop.pk))


def latest_versions(station: Station, day: dt.date) -> list[ManifestVersion]:
    """The newest version of each shop's manifest, the one published last first. One query."""
    newest: dict[int, ManifestVersion] = {}
    rows = ManifestVersion.objects.filter(
        manifest__shop__station=station, manifest__service_day=day
    ).select_related("manifest__shop", "published_by")
    for version in rows.order_by("manifest", "version"):
        newest[version.manifest_id] = version
    by_shop = sorted(newest.values(), key=lambda one: one.manifest.shop.name)
    return sorted(by_shop, key=lambda one: one.published_at, reverse=True)


def map_of_board(board: Board) -> dict[str, object]:
    """The packages listed as pins, and every shop with its room in words."""
    station = board.station
    counters = [maps.Counter(station.code, station.latitude, station.longitude, kind="station")]
    counters += [
        maps.Counter(
            one.shop.name,
            one.shop.latitude,
            one.shop.longitude,
            one.shop.radius_m if one.shop == board.shop else 0,
            text=room_words(one),
        )
        for one in board.shops
    ]
    return maps.map_of(counters, pins_of(board.rows))


def pins_of(rows: Sequence[Row]) -> list[maps.Pin]:
    """One pin a place: the packages of one house would lie on each other."""
    places: dict[tuple[float, float], list[Row]] = defaultdict(list)
    for row in rows:
        if row.package.latitude is not None:
            places[row.package.latitude, row.package.longitude].append(row)
    return [pin_of(group) for group in places.values()]


def pin_of(rows: Sequence[Row]) -> maps.Pin:
    """The packages of one place on the map: what their lines in the list say."""
    package = rows[0].package
    sign, kind = ("●", "left") if package.shop_id else ("!", "unplaced")
    if all(row.is_fixed for row in rows):
        sign, kind = "✓", "done"
    lines = [
        f"{row.name} · {row.package.tracking_id}: {row.cause or row.package.look.text}"
        for row in rows
    ]
    return maps.Pin(
        mark=sign if len(rows) == 1 else f"{sign}{len(rows)}",
        latitude=package.latitude,
        longitude=package.longitude,
        kind=kind,
        title=package.address1,
        lines=lines,
        url=f"#package-{package.pk}",
    )


def room_words(facts: MoveFacts) -> str:
    """A shop's day in a few words: “18 of 24, room for 6”."""
    words = _("%(taken)s of %(cap)s") % {"taken": facts.taken, "cap": facts.cap}
    if not facts.is_open:
        return f"{words}, {SHORT_WORDS[Obstacle.CLOSED]}"
    if not facts.room:
        return f"{words}, {SHORT_WORDS[Obstacle.FULL]}"
    return _("%(words)s, room for %(room)s") % {"words": words, "room": facts.room}
