"""What an act at a door does to a package. Pure: plain values in, plain values out.

An act is judged by the package as it stands. It ends in a `Step` (one event, maybe a new state) or
in a `No`, which writes nothing. An amendment corrects the latest act: the package then stands as if
the right thing had been entered in the first place.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from hubshops.packages.rules import EventKind, State, may_happen

ENTERED_BY_MISTAKE = "KEYING_ERROR"


class ActKind(StrEnum):
    """What a person at a door may say about a package."""

    RECEIVE = "receive"
    LOAD = "load"
    DELIVER = "deliver"
    ATTEMPT = "attempt"
    RETURN = "return"
    AMEND = "amend"


class Refused(StrEnum):
    """Why an act was not recorded, for machines; `deliveries.actions` has the sentences."""

    NOT_ON_YOUR_LIST = "not_on_your_list"
    ID_USED = "id_used"
    UNKNOWN_SHOP = "unknown_shop"
    NOT_A_MEMBER = "not_a_member"
    NOT_RECEIVED = "not_received"
    ALREADY_RECEIVED = "already_received"
    ALREADY_DELIVERED = "already_delivered"
    ALREADY_RETURNED = "already_returned"
    TAKEN_OFF = "taken_off"
    MISSING = "missing"
    MUST_GO_BACK = "must_go_back"
    OUTCOME_NEEDED = "outcome_needed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    REASON_NEEDED = "reason_needed"
    REASON_UNKNOWN = "reason_unknown"
    OUTCOME_OR_REASON = "outcome_or_reason"
    NOTHING_TO_CORRECT = "nothing_to_correct"
    COUNTED_IN = "counted_in"
    FAR_AHEAD = "far_ahead"


class Result(StrEnum):
    """What became of an act."""

    RECORDED = "recorded"
    ALREADY_RECORDED = "already_recorded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one act: what became of it, why not (for machines), and a sentence to show."""

    id: str
    result: Result
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person did, with the id her phone gave it. `by_id` names the person when the
    sender brings acts of several people."""

    id: uuid.UUID
    act: ActKind
    tracking_id: str
    happened_at: dt.datetime
    outcome: str = ""
    reason: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    note: str = ""
    by_id: int | None = None
    sequence: int | None = None  # the phone's how-manieth act
    proof: uuid.UUID | None = None  # the act under whose id its photo is sent, when shared
    code: str = ""  # what the recipient told


@dataclass(frozen=True, slots=True)
class Told:
    """An act that is told afterwards: for which shop (its slug), by whom (her e-mail)."""

    shop: str
    by: str
    act: Act


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What staff may change without a release: known outcomes, reason code → next step, tries."""

    outcomes: frozenset[str]
    next_steps: Mapping[str, str]
    most_attempts: int = 2


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest act that may still be corrected, and how the package stood before it."""

    kind: EventKind
    state_before: State
    attempts_before: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A package as its events left it."""

    state: State
    attempts: int = 0
    latest: Latest | None = None


class Against(StrEnum):
    """What an act can't be the whole truth with."""

    NOTHING = ""
    DELIVERY = "delivery"
    TRY = "try"


@dataclass(frozen=True, slots=True)
class Step:
    """What an act does: one event of `kind`, where the package stands then, and what another phone
    told that it contradicts."""

    kind: EventKind
    after: Standing
    against: Against = Against.NOTHING


@dataclass(frozen=True, slots=True)
class No:
    """An act that makes no sense for this package now."""

    code: Refused


Verdict = Step | No

# The acts that happen at a shop or a door, as events; amendments are about these.
ACTS = frozenset(
    {
        EventKind.RECEIVED,
        EventKind.LOADED,
        EventKind.DELIVERED,
        EventKind.ATTEMPTED,
        EventKind.RETURNED,
    }
)
TRIED = frozenset({State.ATTEMPTED, State.RETURN_PENDING, State.MISSING})
# Events that are kept beside a standing delivery and change nothing.
BESIDE = frozenset({EventKind.DELIVERED_AGAIN, EventKind.ATTEMPTED_TOO})

# What a package in this state answers to an act that may not happen to it.
WHY_NOT: dict[State, Refused] = {
    State.ANNOUNCED: Refused.NOT_ON_YOUR_LIST,
    State.ASSIGNED: Refused.NOT_RECEIVED,
    State.MANIFESTED: Refused.NOT_RECEIVED,
    State.AT_SHOP: Refused.ALREADY_RECEIVED,
    State.OUT_FOR_DELIVERY: Refused.ALREADY_RECEIVED,
    State.ATTEMPTED: Refused.ALREADY_RECEIVED,
    State.RETURN_PENDING: Refused.MUST_GO_BACK,
    State.MISSING: Refused.MISSING,
    State.SHORT: Refused.NOT_RECEIVED,
    State.REJECTED_AT_DROP: Refused.NOT_RECEIVED,
    State.DELIVERED: Refused.ALREADY_DELIVERED,
    State.RETURNED_TO_STATION: Refused.ALREADY_RETURNED,
    State.CANCELLED: Refused.TAKEN_OFF,
}


def judge(act: Act, package: Standing, book: Rulebook) -> Verdict:
    """What `act` does to `package`, or why it can't."""
    return JUDGES[act.act](act, package, book)


def judge_receive(act: Act, package: Standing, book: Rulebook) -> Verdict:
    """Counted in: it is at the shop. A missing one that turns up is counted in again."""
    if not may_happen(EventKind.RECEIVED, package.state):
        return No(WHY_NOT[package.state])
    return acted(package, EventKind.RECEIVED, State.AT_SHOP)


def judge_load(act: Act, package: Standing, book: Rulebook) -> Verdict:
    """Taken along. Again on the road is kept too: another person has it now."""
    is_on_the_road = package.state == State.OUT_FOR_DELIVERY
    if not is_on_the_road and not may_happen(EventKind.LOADED, package.state):
        return No(WHY_NOT[package.state])
    return acted(package, EventKind.LOADED, State.OUT_FOR_DELIVERY)


def judge_deliver(act: Act, package: Standing, book: Rulebook) -> Verdict:
    """Left at its door. A second delivery from another phone is kept beside the first and changes
    nothing."""
    if no := outcome_trouble(act, book):
        return no
    if package.state == State.DELIVERED:
        return Step(EventKind.DELIVERED_AGAIN, package)
    if not may_happen(EventKind.DELIVERED, package.state):
        return No(WHY_NOT[package.state])
    return acted(package, EventKind.DELIVERED, State.DELIVERED)


def judge_attempt(act: Act, package: Standing, book: Rulebook) -> Verdict:
    """Tried in vain. Where it goes from here follows from the reason and the tries so far; that it
    is lost may be said of a package that waits to go back, too."""
    if no := reason_trouble(act, book):
        return no
    is_lost = book.next_steps[act.reason] == "search"
    waits_to_go_back = package.state == State.RETURN_PENDING
    if not (may_happen(EventKind.ATTEMPTED, package.state) or (is_lost and waits_to_go_back)):
        return No(WHY_NOT[package.state])
    tried = package.attempts + 1
    step = acted(package, EventKind.ATTEMPTED, state_after_try(act.reason, tried, book))
    return replace(step, after=replace(step.after, attempts=tried))


def judge_return(act: Act, package: Standing, book: Rulebook) -> Verdict:
    """Given back to the driver."""
    if not may_happen(EventKind.RETURNED, package.state):
        return No(WHY_NOT[package.state])
    return acted(package, EventKind.RETURNED, State.RETURNED_TO_STATION)


def judge_amend(act: Act, package: Standing, book: Rulebook) -> Verdict:
    """Correct the latest act: it went otherwise, it never happened, or a note belongs to it."""
    if act.outcome and act.reason:
        return No(Refused.OUTCOME_OR_REASON)
    if package.latest is None:
        return No(Refused.NOTHING_TO_CORRECT)
    if act.outcome:
        return outcome_trouble(act, book) or amend_as_delivered(package, package.latest)
    if act.reason == ENTERED_BY_MISTAKE:
        return amend_as_mistake(package.latest)
    if act.reason:
        return reason_trouble(act, book) or amend_as_tried(act, package, package.latest, book)
    if act.note:
        return Step(EventKind.AMENDED, package)
    return No(Refused.NOTHING_TO_CORRECT)


def amend_as_delivered(package: Standing, latest: Latest) -> Verdict:
    """It was left at its door after all, or somewhere else than was said."""
    if package.state != State.DELIVERED and package.state not in TRIED:
        return No(Refused.NOTHING_TO_CORRECT)
    return Step(EventKind.AMENDED, Standing(State.DELIVERED, latest.attempts_before, latest))


def amend_as_tried(act: Act, package: Standing, latest: Latest, book: Rulebook) -> Verdict:
    """It was not delivered after all, or for another reason than was said."""
    if package.state != State.DELIVERED and package.state not in TRIED:
        return No(Refused.NOTHING_TO_CORRECT)
    tried = latest.attempts_before + 1
    state = state_after_try(act.reason, tried, book)
    return Step(EventKind.AMENDED, Standing(state, tried, latest))


def amend_as_mistake(latest: Latest) -> Verdict:
    """The latest act never happened. Custody that was taken is not given up this way."""
    if latest.kind == EventKind.RECEIVED:
        return No(Refused.COUNTED_IN)
    return Step(EventKind.AMENDED, Standing(latest.state_before, latest.attempts_before))


JUDGES = {
    ActKind.RECEIVE: judge_receive,
    ActKind.LOAD: judge_load,
    ActKind.DELIVER: judge_deliver,
    ActKind.ATTEMPT: judge_attempt,
    ActKind.RETURN: judge_return,
    ActKind.AMEND: judge_amend,
}


def acted(package: Standing, kind: EventKind, state: State) -> Step:
    """The step of an act that moves the package to `state` and may be corrected afterwards."""
    latest = Latest(kind, package.state, package.attempts)
    return Step(kind, Standing(state, package.attempts, latest))


def outcome_trouble(act: Act, book: Rulebook) -> No | None:
    """What is wrong with the outcome of an act that needs one."""
    if not act.outcome:
        return No(Refused.OUTCOME_NEEDED)
    return None if act.outcome in book.outcomes else No(Refused.OUTCOME_UNKNOWN)


def reason_trouble(act: Act, book: Rulebook) -> No | None:
    """What is wrong with the reason of an act that needs one."""
    if not act.reason:
        return No(Refused.REASON_NEEDED)
    return None if act.reason in book.next_steps else No(Refused.REASON_UNKNOWN)


def state_after_try(reason: str, tried: int, book: Rulebook) -> State:
    """Where a package goes after its `tried`-th try in vain."""
    next_step = book.next_steps[reason]
    if next_step == "search":
        return State.MISSING
    if next_step == "return" or tried >= book.most_attempts:
        return State.RETURN_PENDING
    return State.ATTEMPTED


class Fact(Protocol):
    """What `replay` reads of an event."""

    pk: int
    kind: str
    to_state: str
    outcome: str
    reason: str
    amends_id: int | None


def replay(events: Iterable[Fact]) -> Standing:
    """The package as its events, oldest first, left it. What the package's row says is the same, or
    the row is wrong."""
    package, beside = Standing(State.ANNOUNCED), set[int]()
    for event in events:
        if not is_beside(event, beside):
            package = after_event(package, event)
    return package


def is_beside(event: Fact, beside: set[int]) -> bool:
    """Whether an event changes nothing because another phone's delivery stands: it came second, or
    corrects one that did. Adds it to `beside`, the keys of those met so far."""
    is_one = event.kind in BESIDE or event.amends_id in beside
    if is_one:
        beside.add(event.pk)
    return is_one


def after_event(package: Standing, event: Fact) -> Standing:
    """The package after one more event."""
    kind, state = EventKind(event.kind), State(event.to_state)
    if kind == EventKind.AMENDED:
        return after_amendment(package, event, state)
    if kind not in ACTS:
        return replace(package, state=state)
    tries = package.attempts + (kind == EventKind.ATTEMPTED)
    return Standing(state, tries, Latest(kind, package.state, package.attempts))


def after_amendment(package: Standing, event: Fact, state: State) -> Standing:
    """The package after its latest act was corrected; a bare note corrects nothing."""
    if package.latest is None or not (event.outcome or event.reason):
        return replace(package, state=state)
    before = package.latest.attempts_before
    if event.reason == ENTERED_BY_MISTAKE:
        return Standing(state, before)
    return Standing(state, before + bool(event.reason), package.latest)
