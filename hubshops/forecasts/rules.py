"""How many packages a shop may expect on each of the next days. Pure: counts in, bands out.

In two sentences: we take what the shop usually gets on that weekday, newer days counting more. The
band around it is as wide as eight of ten of its past days missed by.
"""

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

DAYS_AHEAD = 7
DAYS_BACK = 56
SURE_AFTER = 14  # fewer days with packages than this: "not enough days yet"
WEEKDAY_DOUBT = 2.0  # an unknown weekday counts as so many days at the shop's overall level
NEWER_COUNTS = 0.1  # how far one day moves the level: half of it comes from the last week
SHOCK = 2.0  # one day moves the level at most as if it were twice or half of what was expected
LOW, HIGH = 0.1, 0.9
# Misses that a new shop starts with, in units of the square root of what was expected; with the
# days they are outnumbered.
FIRST_MISSES = (-4.0, -2.5, -1.2, 0.0, 1.2, 2.5, 4.0)


@dataclass(frozen=True, slots=True)
class Band:
    """One day's forecast: eight of ten such days lie within `low` and `high`. `planned` packages
    are given to the shop already; nothing is expected on a day that `is_closed`."""

    day: dt.date
    low: int
    middle: int
    high: int
    planned: int = 0
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Habit:
    """What a shop's past says: its level, how each weekday differs from it, and by how much past
    days missed."""

    level: float
    weekdays: Mapping[int, float]
    misses: Sequence[float]

    def expected(self, day: dt.date) -> float:
        """What usually comes on such a day."""
        return self.level * self.weekdays[day.isoweekday()]


def forecast(
    history: Mapping[dt.date, int],
    days: Sequence[dt.date],
    *,
    cap: int,
    closed: Collection[dt.date] = (),
    planned: Mapping[dt.date, int] | None = None,
) -> list[Band]:
    """A band for each of `days`, or none at all while `history` holds no package.

    `history` holds the days on which the shop worked, also those that brought nothing. What is
    planned for a day already is the least that comes; the cap is the most, unless more is planned.
    """
    if not any(history.values()):
        return []
    habit, planned = habit_of(history), planned or {}
    return [
        band_of(habit, day, cap=cap, is_closed=day in closed, planned=planned.get(day, 0))
        for day in days
    ]


def band_of(habit: Habit, day: dt.date, *, cap: int, is_closed: bool, planned: int) -> Band:
    """One day's band in whole packages, within what is planned and what fits."""
    if is_closed:
        return Band(day, 0, 0, 0, planned, True)
    expected = habit.expected(day)
    spread = math.sqrt(max(expected, 1.0))
    low, middle, high = (
        min(max(expected + quantile(habit.misses, share) * spread, planned), max(cap, planned))
        for share in (LOW, 0.5, HIGH)
    )
    return Band(
        day, math.floor(low + 0.5), math.floor(middle + 0.5), math.floor(high + 0.5), planned
    )


def habit_of(history: Mapping[dt.date, int]) -> Habit:
    """Level, weekdays and misses of a past, oldest day first. Each day is judged by what was known
    before it, except that the weekdays come from the whole past."""
    days = sorted(history)
    weekdays = weekday_factors(history)
    level = first_level(history, weekdays)
    misses = list(FIRST_MISSES)
    for day in days:
        usual = weekdays[day.isoweekday()]
        expected = level * usual
        came = history[day]
        misses.append((came - expected) / math.sqrt(max(expected, 1.0)))
        heard = min(max(came, expected / SHOCK), max(expected * SHOCK, 1.0))
        if usual > 0:
            level += NEWER_COUNTS * (heard / usual - level)
    return Habit(level, weekdays, sorted(misses))


def weekday_factors(history: Mapping[dt.date, int]) -> dict[int, float]:
    """How each weekday differs from the mean day, drawn towards no difference while it is little
    known."""
    overall = sum(history.values()) / len(history)
    factors = {}
    for weekday in range(1, 8):
        counts = [came for day, came in history.items() if day.isoweekday() == weekday]
        total = sum(tamed(counts)) + WEEKDAY_DOUBT * overall
        factors[weekday] = total / (len(counts) + WEEKDAY_DOUBT) / overall
    return factors


def tamed(counts: Sequence[int]) -> list[float]:
    """Counts of one weekday, shocks such as a holiday held within half and twice the usual."""
    usual = quantile(sorted(counts), 0.5) if counts else 0.0
    return [min(max(came, usual / SHOCK), max(usual * SHOCK, 1.0)) for came in counts]


def first_level(history: Mapping[dt.date, int], weekdays: Mapping[int, float]) -> float:
    """The level of the past's first two weeks, weekdays taken out."""
    first = sorted(history)[:SURE_AFTER]
    return sum(history[day] for day in first) / sum(weekdays[day.isoweekday()] for day in first)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the ordered values lie, between neighbours where needed."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def days_after(today: dt.date) -> list[dt.date]:
    """The days that are forecast."""
    return [today + dt.timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1)]


def is_closed(day: dt.date, weekdays: str, off: Collection[dt.date]) -> bool:
    """Whether a shop does not work on this day (`weekdays` like "12345", Monday is 1)."""
    return day in off or str(day.isoweekday()) not in weekdays


def silent_weekdays(fed: Collection[dt.date], today: dt.date) -> set[int]:
    """Weekdays on which a station never sends a list, known once it has sent some for two weeks."""
    if not fed or today - min(fed) < dt.timedelta(days=SURE_AFTER):
        return set()
    return set(range(1, 8)) - {day.isoweekday() for day in fed}


def worked_days(
    counts: Mapping[dt.date, int],
    fed: Collection[dt.date],
    weekdays: str,
    off: Collection[dt.date],
    today: dt.date,
) -> dict[dt.date, int]:
    """A shop's past: every day that brought packages, and from the first of them on also those that
    brought none though the station sent a list (`fed`) and the shop was open. Today counts once it
    brought something."""
    came = {day: number for day, number in counts.items() if number and day <= today}
    if not came:
        return {}
    first = min(came)
    idle = (day for day in fed if first <= day < today and not is_closed(day, weekdays, off))
    return dict.fromkeys(idle, 0) | came


@dataclass(frozen=True, slots=True)
class Said:
    """What was said about a day on the evening before, and what came."""

    day: dt.date
    low: int
    middle: int
    high: int
    came: int

    @property
    def is_inside(self) -> bool:
        """Whether what came lay in the band."""
        return self.low <= self.came <= self.high


@dataclass(frozen=True, slots=True)
class Record:
    """How right the forecasts of some days were: `inside` of `days`, and by how many packages the
    middle was off on average."""

    inside: int
    days: int
    off_by: int


def record_of(said: Sequence[Said]) -> Record | None:
    """How right they were; nothing is claimed before there is a week to look at."""
    if len(said) < DAYS_AHEAD:
        return None
    off = sum(abs(one.came - one.middle) for one in said) / len(said)
    return Record(sum(one.is_inside for one in said), len(said), math.floor(off + 0.5))
