"""A practice day: twelve pretend packages, what each of them looks like and what happens at its
door. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a person says of a pretend package. Empty: nothing yet."""

    WAITING = ""
    TAKEN = "taken"
    DAMAGED = "damaged"
    DELIVERED = "delivered"
    NOBODY_HOME = "nobody_home"


@dataclass(frozen=True, slots=True)
class Pretend:
    """One pretend package: its door, and whether it comes damaged or nobody opens."""

    code: str
    number: str
    street: str
    is_damaged: bool = False
    is_nobody_home: bool = False

    @property
    def at_the_drop(self) -> Outcome:
        """What is right to say when the van comes."""
        return Outcome.DAMAGED if self.is_damaged else Outcome.TAKEN

    @property
    def at_the_door(self) -> Outcome:
        """What is right to say at its door."""
        return Outcome.NOBODY_HOME if self.is_nobody_home else Outcome.DELIVERED


PACKAGES = (
    Pretend("PRACTICE-01", "12", "Elm Street"),
    Pretend("PRACTICE-02", "16", "Elm Street"),
    Pretend("PRACTICE-03", "21", "Elm Street"),
    Pretend("PRACTICE-04", "5", "Mill Lane"),
    Pretend("PRACTICE-05", "9", "Mill Lane", is_damaged=True),
    Pretend("PRACTICE-06", "30", "Mill Lane"),
    Pretend("PRACTICE-07", "101", "Market Square"),
    Pretend("PRACTICE-08", "104", "Market Square", is_nobody_home=True),
    Pretend("PRACTICE-09", "110", "Market Square"),
    Pretend("PRACTICE-10", "2", "Harbor Road"),
    Pretend("PRACTICE-11", "6", "Harbor Road"),
    Pretend("PRACTICE-12", "8", "Harbor Road"),
)
BY_CODE = {one.code: one for one in PACKAGES}
TO_DELIVER = [one for one in PACKAGES if not one.is_damaged]
STILL_HERE = sum(one.is_nobody_home for one in PACKAGES)


class Step(StrEnum):
    """Where a practice day stands."""

    COUNT_IN = "count_in"
    DELIVER = "deliver"
    CLOSE = "close"
    DONE = "done"


def step_of(is_counted_in: bool, said: Collection[str], is_closed: bool) -> Step:
    """What comes next; `said` are the codes that were told at their doors."""
    if is_closed:
        return Step.DONE
    if not is_counted_in:
        return Step.COUNT_IN
    return Step.DELIVER if next_stop(said) else Step.CLOSE


def next_stop(said: Collection[str]) -> Pretend | None:
    """The next pretend package to deliver; None when each was told."""
    return next((one for one in TO_DELIVER if one.code not in said), None)


def wrong_at_the_drop(damaged: Collection[str]) -> Pretend | None:
    """The first package that was taken for what it is not; None when all is right."""
    return next((one for one in PACKAGES if one.is_damaged != (one.code in damaged)), None)


def counts_of(outcomes: Sequence[str]) -> dict[Outcome, int]:
    """How many pretend packages ended in which way."""
    return {one: outcomes.count(one) for one in Outcome}
