"""Which shop needs a call first. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

COUNTED_IN_BY = dt.time(10)
QUIET_AFTER = dt.timedelta(minutes=60)
BEFORE_THE_DROP = ("ASSIGNED", "MANIFESTED")
IN_HAND = ("AT_SHOP", "OUT_FOR_DELIVERY", "ATTEMPTED")
NOT_TAKEN = ("SHORT", "REJECTED_AT_DROP")
TROUBLE = ("ATTEMPTED", "RETURN_PENDING", "MISSING", *NOT_TAKEN)


def last_four(text: str) -> str:
    """The four digits by which a phone is looked up: four digits alone, or the end of a whole
    number however it is written. Empty for anything else."""
    digits = "".join(filter(str.isdecimal, text))
    is_phone = len(digits) in {4, 7, 10, 11} and not set(text) - set("0123456789 ()+-./")
    return digits[-4:] if is_phone else ""


class Risk(StrEnum):
    """Why staff should look at a shop now, the gravest first."""

    LATE_COUNT_IN = "late_count_in"
    PART_COUNTED_IN = "part_counted_in"
    QUIET = "quiet"
    UNSENT = "unsent"
    MISSING = "missing"
    EXCEPTIONS = "exceptions"


WEIGHT = {
    Risk.LATE_COUNT_IN: 32,
    Risk.MISSING: 16,
    Risk.QUIET: 8,
    Risk.UNSENT: 4,
    Risk.PART_COUNTED_IN: 2,
    Risk.EXCEPTIONS: 1,
}


@dataclass(frozen=True)
class ShopFacts:
    """One shop's day: packages by state, its last act, the local time and cut-off, and how much its
    phones still held when they were heard of last."""

    counts: Mapping[str, int]
    last_act_at: dt.datetime | None
    at: dt.datetime
    local_time: dt.time
    cutoff_time: dt.time
    unsent: int = 0

    def number(self, *states: str) -> int:
        """How many packages are in these states."""
        return sum(self.counts.get(state, 0) for state in states)


def risks(facts: ShopFacts) -> list[Risk]:
    """What is wrong at a shop, the gravest first; nothing once its day's work is over."""
    found = []
    announced = facts.number(*BEFORE_THE_DROP)
    never_held = facts.number("CANCELLED", "ANNOUNCED", *NOT_TAKEN)
    counted = sum(facts.counts.values()) - announced - never_held
    if announced and facts.local_time >= COUNTED_IN_BY:
        found.append(Risk.PART_COUNTED_IN if counted else Risk.LATE_COUNT_IN)
    is_quiet = facts.last_act_at is not None and facts.at - facts.last_act_at >= QUIET_AFTER
    if facts.number(*IN_HAND) and is_quiet and facts.local_time < facts.cutoff_time:
        found.append(Risk.QUIET)
    if facts.unsent:
        found.append(Risk.UNSENT)
    if facts.number("MISSING"):
        found.append(Risk.MISSING)
    if facts.number(*TROUBLE):
        found.append(Risk.EXCEPTIONS)
    return sorted(found, key=lambda risk: -WEIGHT[risk])


def weight(found: list[Risk]) -> int:
    """How urgent a shop is; shops are sorted by it."""
    return sum(WEIGHT[risk] for risk in found)
