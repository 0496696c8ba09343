"""What two counts make of a hand-over, and the six digits a driver can tell. Pure."""

import datetime as dt
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hubshops.packages.rules import IN_CUSTODY, EventKind, State, may_happen

OPEN_FOR = dt.timedelta(hours=18)
MOST_CODE_TRIES = 5
MOST_COUNT = 10_000
MOST_VANS_A_DAY = 99
EARLIEST_AFTERWARDS = dt.timedelta(days=62)
BELIEVED_BEFORE_THE_DAY = dt.timedelta(days=1)


class Status(StrEnum):
    """Where a hand-over is; the words are `drops.models.HandoverStatus`."""

    OPENED = "opened"
    COUNTED_BY_GIVER = "counted_by_giver"
    COUNTED_BY_TAKER = "counted_by_taker"
    AGREED = "agreed"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Counts:
    """What one side says: packages that came, returns that went."""

    packages: int
    returns: int


def status_of(given: Counts | None, taken: Counts | None) -> Status:
    """What the two sides make of a hand-over. Both counts stand, whatever they say."""
    if given is None:
        return Status.OPENED if taken is None else Status.COUNTED_BY_TAKER
    if taken is None:
        return Status.COUNTED_BY_GIVER
    return Status.AGREED if given == taken else Status.DISPUTED


def driver_code(secret: str, token: str, counts: Counts) -> str:
    """The six digits a driver's page shows once she signed. Who tells them knows the counts that
    she stands behind: they are made of the hand-over's token and of both counts."""
    said = f"drop:{token}:{counts.packages}:{counts.returns}"
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def is_driver_code(code: str, secret: str, token: str, counts: Counts) -> bool:
    """Whether these are the digits of these counts. Any text may be asked for; what is no digits is
    wrong like other digits."""
    right = driver_code(secret, token, counts)
    return hmac.compare_digest(code.encode(), right.encode())


def is_near(day: dt.date, today: dt.date) -> bool:
    """Whether a hand-over may be told for this day: tomorrow's, or one of the last two months."""
    return today - EARLIEST_AFTERWARDS <= day <= today + dt.timedelta(days=1)


def moment_that_counts(
    happened_at: dt.datetime, *, at: dt.datetime, day_starts_at: dt.datetime
) -> dt.datetime:
    """The phone's moment, unless it can't be true: ahead of ours, or long before the day."""
    is_true = day_starts_at - BELIEVED_BEFORE_THE_DAY <= happened_at <= at
    return happened_at if is_true else at


class Remark(StrEnum):
    """What a shop may say about one package; the words are `drops.models.RemarkKind`."""

    OVER = "over"
    SHORT = "short"
    DAMAGED = "damaged"
    OVERSIZE = "oversize"
    OVER_CAP = "over_cap"
    DAMAGED_TAKEN = "damaged_taken"


REFUSED_AT_DROP = frozenset({Remark.DAMAGED, Remark.OVERSIZE, Remark.OVER_CAP})


@dataclass(frozen=True, slots=True)
class Said:
    """One remark as it was sent."""

    id: uuid.UUID
    kind: Remark
    tracking_id: str
    happened_at: dt.datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a shop heard from a driver who did not sign."""

    counts: Counts
    name: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A shop's side of a hand-over as it was sent, with the id its phone gave it."""

    id: uuid.UUID
    day: dt.date
    counted_at: dt.datetime
    counts: Counts
    number: int = 1
    code: str = ""
    driver_said: Told | None = None
    remarks: tuple[Said, ...] = ()


class RemarkNo(StrEnum):
    """Why a remark was not kept, for machines; `drops.actions` has the sentences."""

    BAD_REMARK = "bad_remark"
    ID_USED = "id_used"
    NOT_ON_YOUR_LIST = "not_on_your_list"
    COUNTED_IN = "counted_in"
    IS_ON_YOUR_LIST = "is_on_your_list"
    IS_OVER = "is_over"


@dataclass(frozen=True, slots=True)
class Kept:
    """A remark that is kept; `kind` is what happens to its package, None: nothing."""

    kind: EventKind | None = None
    to_state: State | None = None


NOTHING_HAPPENS = Kept()
SHORT_NOW = Kept(EventKind.SHORT, State.SHORT)
REJECTED_NOW = Kept(EventKind.REJECTED, State.REJECTED_AT_DROP)
# Said twice, by two people: kept, and nothing happens again.
SAID_BEFORE: Mapping[EventKind, State] = {
    EventKind.SHORT: State.SHORT,
    EventKind.REJECTED: State.REJECTED_AT_DROP,
}


def judge_remark(kind: Remark, state: State | None) -> Kept | RemarkNo:
    """What a remark does to a package of the shop's own list in this state; None: it is on no list
    of this shop."""
    if kind == Remark.OVER:
        return judge_over(state)
    if state is None or state in (State.ANNOUNCED, State.CANCELLED):
        return RemarkNo.NOT_ON_YOUR_LIST
    if kind == Remark.DAMAGED_TAKEN:
        is_over = state in (State.DELIVERED, State.RETURNED_TO_STATION)
        return RemarkNo.IS_OVER if is_over else NOTHING_HAPPENS
    doing = SHORT_NOW if kind == Remark.SHORT else REJECTED_NOW
    if state == SAID_BEFORE[doing.kind]:
        return NOTHING_HAPPENS
    if may_happen(doing.kind, state):
        return doing
    return RemarkNo.COUNTED_IN if state in IN_CUSTODY else RemarkNo.IS_OVER


def judge_over(state: State | None) -> Kept | RemarkNo:
    """Over is what nobody announced to this shop, or what was taken off its list."""
    if state is None or state in (State.ANNOUNCED, State.CANCELLED):
        return NOTHING_HAPPENS
    if state in IN_CUSTODY:
        return RemarkNo.COUNTED_IN
    is_done = state in (State.DELIVERED, State.RETURNED_TO_STATION)
    return RemarkNo.IS_OVER if is_done else RemarkNo.IS_ON_YOUR_LIST


@dataclass(frozen=True, slots=True)
class RemarkAnswer:
    """What became of one remark."""

    id: str
    result: str  # recorded, already_recorded, refused
    message: str
    reason: str = ""
