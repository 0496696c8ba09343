"""What deliveries should have earned, worked out again from what happened. Pure, and written a
second time on purpose: the sweep prices in SQL, this prices package by package, and the two must
come to the same cent.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from payouts.rates.rules import Kind, Line, best_line, day_kind_of, next_tiers, top_up

Parts = dict[str, int]  # what one delivery earned, by kind of line


@dataclass(frozen=True, slots=True)
class Agreed:
    """One line of a card with the days on which it holds, from `first` to before `end` (None: ever
    since, or until further notice)."""

    line: Line
    is_own: bool
    first: dt.date | None = None
    end: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether it is in force on a day."""
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Work:
    """One delivery as it happened: where it was left, how big it was, for which day beyond the cap
    it was taken (`beyond_on`), which sweep booked its fee (its moment, and the number of the
    entry), and the number of the entry that took it back, if one did. Entries are numbered in the
    order in which they were booked."""

    delivery_id: int
    delivered_on: dt.date
    outcome: str
    size: str
    fee_at: dt.datetime
    fee_entry: int
    back_entry: int | None = None
    beyond_on: dt.date | None = None


def in_force(agreed: Iterable[Agreed], kind: Kind, day: dt.date) -> list[Line]:
    """The lines of one kind that hold for a shop on a day: its own, or else its station's."""
    found = [one for one in agreed if one.line.kind == kind and one.holds_on(day)]
    own = [one.line for one in found if one.is_own]
    return own or [one.line for one in found]


def parts_of(work: Work, agreed: Sequence[Agreed], holidays: Collection[dt.date]) -> Parts:
    """What one delivery earned by itself: its fee, a busy day's extra, and what was promised beyond
    the cap; tiers count by the week."""
    day = work.delivered_on
    fee = best_line(
        in_force(agreed, Kind.DELIVERY, day),
        outcome=work.outcome,
        size=work.size,
        day_kind=day_kind_of(day, holidays),
    )
    parts = {"fee": fee.amount_cents if fee else 0}
    for line in in_force(agreed, Kind.PEAK, day):
        parts["peak"] = line.amount_cents
    if work.beyond_on:
        for line in in_force(agreed, Kind.OVER_CAP, work.beyond_on):
            parts["premium"] = line.amount_cents
    return parts


def steps_of(week: Sequence[Work]) -> list[tuple[Work, bool]]:
    """What was booked in a week, in its order: deliveries, and such that were taken back (False).
    What one sweep booked of several days counts by delivery."""
    booked = [(one.fee_entry, one, True) for one in week]
    booked += [(one.back_entry, one, False) for one in week if one.back_entry is not None]
    booked.sort(key=lambda step: step[0])
    steps: list[tuple[Work, bool]] = []
    sweeps = groupby(booked, key=lambda step: (step[2], step[1].fee_at if step[2] else None))
    for _sweep, some in sweeps:
        found = [(work, is_fee) for _entry, work, is_fee in some]
        steps += sorted(found, key=lambda step: step[0].delivery_id)
    return steps


def tiers_of(week: Sequence[Work], agreed: Sequence[Agreed]) -> dict[int, int]:
    """Delivery → the extra it earned for being one of many in its week. The week is played again as
    it was booked: a package that was taken back earns its place no second time."""
    standing = 0
    given: dict[int, int] = {}
    earned: dict[int, int] = {}
    for work, is_fee in steps_of(week):
        if not is_fee:
            standing -= 1
            given.pop(work.delivery_id, None)
            continue
        lines = in_force(agreed, Kind.TIER, work.delivered_on)
        (tier,) = next_tiers(lines, standing=standing, given=list(given.values()), count=1)
        standing += 1
        if tier:
            given[work.delivery_id] = tier.beyond
            earned[work.delivery_id] = tier.amount_cents
    return earned


def priced(
    work: Iterable[Work], agreed: Sequence[Agreed], holidays: Collection[dt.date]
) -> dict[int, Parts]:
    """Delivery → what it earned, kind by kind, of whole weeks of one shop."""
    found: dict[int, Parts] = {}
    weeks: dict[dt.date, list[Work]] = {}
    for one in work:
        found[one.delivery_id] = parts_of(one, agreed, holidays)
        monday = one.delivered_on - dt.timedelta(days=one.delivered_on.weekday())
        weeks.setdefault(monday, []).append(one)
    for week in weeks.values():
        for delivery_id, cents in tiers_of(week, agreed).items():
            found[delivery_id]["tier"] = cents
    return found


def topped_up(*, booked_cents: int, minimum_cents: int, open_days: int, earned_cents: int) -> int:
    """What a week lacked to its guaranteed minimum. A shop may change later on which days it opens:
    when what was booked is right for another whole number of days, those were its days."""
    promised = booked_cents + earned_cents
    if minimum_cents and promised % minimum_cents == 0 and 0 < promised // minimum_cents <= 7:
        open_days = promised // minimum_cents
    return top_up(promised_cents=minimum_cents * open_days, earned_cents=earned_cents)


def earned_before(work: Iterable[Work], parts: Mapping[int, Parts], *, entry: int) -> int:
    """What of these deliveries was booked before an entry, less what was taken back by then."""
    return sum(
        sum(parts[one.delivery_id].values())
        for one in work
        if one.fee_entry < entry and not (one.back_entry and one.back_entry < entry)
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that is not what it should be: `key` names it (a tracking id, a day, an entry)."""

    key: str
    kind: str
    printed_cents: int
    replayed_cents: int

    @property
    def cents(self) -> int:
        """How much more (or less) than printed it should be."""
        return self.replayed_cents - self.printed_cents


def differences(
    printed: Mapping[tuple[str, str], int], replayed: Mapping[tuple[str, str], int]
) -> list[Difference]:
    """Every line, by key and kind, that is printed otherwise than it should be, or only on one
    side; a line of nothing is no line."""
    keys = sorted(printed.keys() | replayed.keys())
    found = [Difference(*key, printed.get(key, 0), replayed.get(key, 0)) for key in keys]
    return [one for one in found if one.cents]


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures that a statement must come to."""

    opening_cents: int
    earned_cents: int
    corrections_cents: int
    paid_cents: int
    closing_cents: int
