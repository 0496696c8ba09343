"""Which line of a card pays for a package, and what a new card changes. Pure.

A card is a handful of lines. Every package has exactly one delivery line, the most exact one that
fits; supplements come on top of it and never lower it.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

LARGE_FROM_G, LARGE_FROM_MM = 10_000, 600
SMALL_TO_G, SMALL_TO_MM = 1_000, 350
SATURDAY = 6


class Kind(StrEnum):
    """What a line pays for."""

    DELIVERY = "delivery"
    OVER_CAP = "over_cap"
    TIER = "tier"
    PEAK = "peak"
    MINIMUM = "minimum"


class Size(StrEnum):
    """How big a package is, by its weight and its longest side."""

    SMALL = "small"
    STANDARD = "standard"
    LARGE = "large"


class DayKind(StrEnum):
    """What kind of day a delivery falls on, by the station's calendar."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card. An empty `outcome`, `size` or `day_kind` fits every one; `beyond` is the
    number of packages of a week after which a tier begins; a peak has its days, from `first_on` to
    before `end_on`."""

    kind: str
    amount_cents: int
    outcome: str = ""
    size: str = ""
    day_kind: str = ""
    beyond: int = 0
    first_on: dt.date | None = None
    end_on: dt.date | None = None

    @property
    def place(self) -> tuple[str, str, str, str, int]:
        """What the line is about; a card has one line a place and day."""
        return self.kind, self.outcome, self.size, self.day_kind, self.beyond

    @property
    def exactness(self) -> int:
        """How many things the line asks of a package."""
        return sum(1 for part in (self.outcome, self.size, self.day_kind) if part)


def size_of(weight_g: int | None, sides_mm: Iterable[int | None]) -> Size:
    """Large when one known measure is large; small when weight and sides are known to be small;
    standard otherwise, also when nothing is known."""
    longest = max((side for side in sides_mm if side is not None), default=None)
    is_heavy = weight_g is not None and weight_g >= LARGE_FROM_G
    if is_heavy or (longest is not None and longest >= LARGE_FROM_MM):
        return Size.LARGE
    if weight_g is None or longest is None:
        return Size.STANDARD
    return Size.SMALL if weight_g <= SMALL_TO_G and longest <= SMALL_TO_MM else Size.STANDARD


def day_kind_of(day: dt.date, holidays: Collection[dt.date]) -> DayKind:
    """A holiday is one on whatever weekday it falls."""
    if day in holidays:
        return DayKind.HOLIDAY
    return DayKind.WEEKEND if day.isoweekday() >= SATURDAY else DayKind.WEEKDAY


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The week a local day counts in, Monday to before the next Monday."""
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=7)


def fits(line: Line, *, outcome: str, size: str, day_kind: str) -> bool:
    """Whether a delivery line may pay for such a package. An empty fact (not known yet, as the
    outcome before the door) fits lines that don't ask for it."""
    asked = (line.outcome, outcome), (line.size, size), (line.day_kind, day_kind)
    return line.kind == Kind.DELIVERY and all(want in ("", have) for want, have in asked)


def best_line(
    lines: Iterable[Line], *, outcome: str = "", size: str = "", day_kind: str = ""
) -> Line | None:
    """The delivery line that pays: the most exact one that fits; of equally exact ones the better
    for the shop."""
    fitting = [one for one in lines if fits(one, outcome=outcome, size=size, day_kind=day_kind)]
    return max(fitting, key=lambda one: (one.exactness, one.amount_cents), default=None)


def tier_at(lines: Iterable[Line], position: int) -> Line | None:
    """The tier that the week's package number `position` has reached: the highest one before it."""
    reached = [one for one in lines if one.kind == Kind.TIER and one.beyond < position]
    return max(reached, key=lambda one: one.beyond, default=None)


def tier_total(lines: Sequence[Line], packages: int) -> int:
    """What tiers add to a week of so many packages, in whatever order they came."""
    found = (tier_at(lines, position) for position in range(1, packages + 1))
    return sum(one.amount_cents for one in found if one)


def next_tiers(
    lines: Sequence[Line], *, standing: int, given: Sequence[int], count: int
) -> list[Line | None]:
    """The tiers of `count` more packages of a week in which `standing` deliveries stand, of which
    some carry a tier (`given`: where each of those begins).

    A tier counts what it gave already and goes on only where the week passes beyond it: a package
    that is taken back and delivered again earns no supplement twice.
    """
    tiers = [one for one in lines if one.kind == Kind.TIER]
    floors = {
        one.beyond: one.beyond + sum(1 for beyond in given if beyond >= one.beyond) for one in tiers
    }
    reached = (
        [one for one in tiers if standing + number > floors[one.beyond]]
        for number in range(1, count + 1)
    )
    return [max(some, key=lambda one: one.beyond, default=None) for some in reached]


def top_up(*, promised_cents: int, earned_cents: int) -> int:
    """What is missing to a promise; nothing when more was earned."""
    return max(0, promised_cents - earned_cents)


class Problem(StrEnum):
    """Why lines are no card."""

    NO_PLAIN_LINE = "no_plain_line"
    TWICE = "twice"
    TIERS_FALL = "tiers_fall"


def problem_of(lines: Sequence[Line]) -> Problem | None:
    """What keeps lines from being a card: every package must have a price, one line a place, and a
    higher tier may not pay less than a lower one."""
    if not any(one.kind == Kind.DELIVERY and not one.exactness for one in lines):
        return Problem.NO_PLAIN_LINE
    places = [one.place for one in lines if one.kind != Kind.PEAK]
    if len(places) != len(set(places)):
        return Problem.TWICE
    tiers = sorted((one for one in lines if one.kind == Kind.TIER), key=lambda one: one.beyond)
    cents = [one.amount_cents for one in tiers]
    return Problem.TIERS_FALL if cents != sorted(cents) else None


def amount_of(lines: Sequence[Line], kind: Kind) -> int:
    """The amount of the one line of a kind; 0 without."""
    return next((one.amount_cents for one in lines if one.kind == kind), 0)


def cells(lines: Sequence[Line]) -> Iterator[dict[str, str]]:
    """Every sort of package that some line tells apart, the unnamed rest included."""
    outcomes = {one.outcome for one in lines} | {""}
    sizes = {one.size for one in lines} | {""}
    for outcome, size, day_kind in product(outcomes, sizes, [*DayKind, ""]):
        yield {"outcome": outcome, "size": size, "day_kind": day_kind}


def lowers(before: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether some package, at some place of a week, or the guaranteed minimum, would earn less.

    Extras beyond the cap are left out: a shop is asked for each of those days at its price and may
    say no. So are peaks, which only ever add.
    """
    if amount_of(after, Kind.MINIMUM) < amount_of(before, Kind.MINIMUM):
        return True
    both = [*before, *after]
    positions = {1, *(one.beyond + 1 for one in both if one.kind == Kind.TIER)}
    return any(
        whole(after, cell, position) < whole(before, cell, position)
        for cell in cells(both)
        for position in positions
    )


def whole(lines: Sequence[Line], cell: dict[str, str], position: int) -> int:
    """Delivery line and tier together, in cents; 0 where nothing is agreed."""
    found = best_line(lines, **cell), tier_at(lines, position)
    return sum(one.amount_cents for one in found if one)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new card says about one place, and the card in force (`was`, `becomes`: cents, or None
    where nothing is paid). A sort of package without a line of its own is paid by a less exact
    one."""

    line: Line
    was: int | None
    becomes: int | None


def differences(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    """Line by line what changes, in the order of a card; peaks are always new."""
    lines = {one.place: one for one in [*before, *after] if one.kind != Kind.PEAK}
    found = [
        Difference(line=one, was=paid_at(before, one), becomes=paid_at(after, one))
        for one in lines.values()
    ]
    peaks = [Difference(one, None, one.amount_cents) for one in after if one.kind == Kind.PEAK]
    changed = [one for one in found if one.was != one.becomes]
    return sorted(changed, key=lambda one: card_order(one.line)) + peaks


def paid_at(lines: Sequence[Line], place: Line) -> int | None:
    """What a card pays at the place of a line."""
    if place.kind == Kind.DELIVERY:
        facts = {"outcome": place.outcome, "size": place.size, "day_kind": place.day_kind}
        found = best_line(lines, **facts)
    else:
        found = next((one for one in lines if one.place == place.place), None)
    return found.amount_cents if found else None


def card_order(line: Line) -> tuple[int, int, str, str, str, int]:
    """How lines stand on a card: the plain fee, what is more exact, then supplements."""
    place = list(Kind).index(Kind(line.kind))
    return place, line.exactness, line.outcome, line.size, line.day_kind, line.beyond


def first_day_allowed(*, published_on: dt.date, notice_days: int, is_lower: bool) -> dt.date:
    """The first day a change may hold: after its notice where somebody would earn less, else from
    the next day."""
    return published_on + dt.timedelta(days=max(1, notice_days if is_lower else 1))


def takes_two_people(
    *, kind: str, cents: int, now_cents: int | None, market_cents: int | None
) -> bool:
    """Whether a page's fee needs a second person: it pays more than the market's card does. The
    first fee where none is agreed at all does not: what was delivered waits for it."""
    if now_cents is not None and cents == now_cents:
        return False
    if now_cents is None and market_cents is None and kind == Kind.DELIVERY:
        return False
    return cents > (market_cents or 0)
