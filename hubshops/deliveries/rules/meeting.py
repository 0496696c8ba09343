"""When two phones tell of one package: what is kept, and what contradicts what. Pure."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hubshops.deliveries.rules.judging import (
    Act,
    ActKind,
    Against,
    Rulebook,
    Standing,
    Step,
    Verdict,
    acted,
    judge,
    outcome_trouble,
    reason_trouble,
)
from hubshops.packages.rules import BEFORE_THE_DROP, IN_CUSTODY, NOT_TAKEN, EventKind, State

NOBODYS = BEFORE_THE_DROP | NOT_TAKEN | {State.CANCELLED}


@dataclass(frozen=True, slots=True)
class Doing:
    """Who did a thing, with which phone (None: not known), and the moment that counts for it."""

    by_id: int | None
    device_id: uuid.UUID | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Met:
    """What an act meets: the delivery that stands, and the latest try that nobody took back."""

    delivered: Doing | None = None
    tried: Doing | None = None


def turns(sequences: Sequence[int | None]) -> list[int]:
    """The places of a call's acts in the order in which they are judged: those that have a number
    of their phone by it, the others where they stand."""
    numbered = sorted(
        (place for place, number in enumerate(sequences) if number is not None),
        key=lambda place: (sequences[place], place),
    )
    next_numbered = iter(numbered)
    return [
        place if number is None else next(next_numbered) for place, number in enumerate(sequences)
    ]


def is_anothers(one: Doing, other: Doing) -> bool:
    """Whether two things were done by two people, or with two phones."""
    has_two_phones = None not in (one.device_id, other.device_id)
    return one.by_id != other.by_id or (has_two_phones and one.device_id != other.device_id)


def judge_met(act: Act, mine: Doing, package: Standing, book: Rulebook, met: Met) -> Verdict:
    """`judge`, where another phone or person may have told of the same package before.

    A try that meets another's delivery is kept beside it; it contradicts the delivery unless it
    happened before. A delivery that happened before another's recorded try, or at the same moment,
    is taken, and the try contradicts it; who delivers what another missed had it, whenever that
    was. A second delivery contradicts the first when it is another's.
    """
    if met.delivered and is_try_beside(act, mine, package, met.delivered):
        return reason_trouble(act, book) or tried_too(mine, package, met.delivered)
    if met.tried and is_delivery_beside(act, mine, package, met.tried):
        return outcome_trouble(act, book) or delivered_all_the_same(mine, package, met.tried)
    verdict = judge(act, package, book)
    is_second = isinstance(verdict, Step) and verdict.kind == EventKind.DELIVERED_AGAIN
    if is_second and met.delivered and is_anothers(mine, met.delivered):
        return Step(EventKind.DELIVERED_AGAIN, package, Against.DELIVERY)
    return verdict


def is_try_beside(act: Act, mine: Doing, package: Standing, delivered: Doing) -> bool:
    """Whether an act tells of a try at a package that another delivered."""
    is_late = act.act == ActKind.ATTEMPT and package.state == State.DELIVERED
    return is_late and is_anothers(mine, delivered)


def tried_too(mine: Doing, package: Standing, delivered: Doing) -> Step:
    """A try that is kept beside a delivery."""
    against = Against.DELIVERY if mine.at >= delivered.at else Against.NOTHING
    return Step(EventKind.ATTEMPTED_TOO, package, against)


def is_delivery_beside(act: Act, mine: Doing, package: Standing, tried: Doing) -> bool:
    """Whether an act tells of a delivery that another's recorded try came after, or of one of a
    package that another missed."""
    is_early = package.state in IN_CUSTODY and mine.at <= tried.at
    is_open = is_early or package.state == State.MISSING
    return act.act == ActKind.DELIVER and is_open and is_anothers(mine, tried)


def delivered_all_the_same(mine: Doing, package: Standing, tried: Doing) -> Step:
    """A delivery beside another's try."""
    against = Against.TRY if mine.at <= tried.at else Against.NOTHING
    return replace(acted(package, EventKind.DELIVERED, State.DELIVERED), against=against)


# --- Packages that were taken off the shop's list meanwhile ---------------------------------------


class Cause(StrEnum):
    """Why an act changes no package."""

    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    HELD_BY_ANOTHER = "held_by_another"


def judge_away(
    act: Act, counted_at: dt.datetime, package: Standing, left_at: dt.datetime | None
) -> Step | Cause:
    """An act on a package that left the shop's list at `left_at`, before anybody counted it in.

    Counted in before it left: a fact, and the package is the shop's. Anything else is for somebody
    to look into.
    """
    if package.state not in NOBODYS:
        return Cause.HELD_BY_ANOTHER
    is_counting_in = act.act == ActKind.RECEIVE
    if is_counting_in and left_at is not None and counted_at < left_at:
        return acted(package, EventKind.RECEIVED, State.AT_SHOP)
    return Cause.WITHDRAWN if package.state == State.CANCELLED else Cause.MOVED
