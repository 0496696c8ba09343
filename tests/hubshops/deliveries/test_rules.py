"""What an act does to a package, without a database."""

import datetime as dt
import itertools
import uuid
from dataclasses import dataclass, replace

import pytest

from hubshops.deliveries.rules import (
    ACTS,
    Act,
    ActKind,
    Latest,
    No,
    Refused,
    Rulebook,
    Standing,
    Step,
    after_event,
    judge,
    moment_that_counts,
    replay,
    state_after_try,
)
from hubshops.packages.rules import EventKind, State

NOON = dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.UTC)
BOOK = Rulebook(
    outcomes=frozenset({"front_door", "neighbour"}),
    next_steps={
        "NOT_HOME": "retry",
        "REFUSED": "return",
        "MISSING": "search",
        "KEYING_ERROR": "retry",
    },
)
S, K = State, EventKind


def act(kind: str, **facts: object) -> Act:
    return Act(uuid.uuid4(), ActKind(kind), "TBA1", NOON, **facts)


DELIVER, ATTEMPT = act("deliver", outcome="front_door"), act("attempt", reason="NOT_HOME")
PLAIN = {
    ActKind.RECEIVE: act("receive"),
    ActKind.LOAD: act("load"),
    ActKind.DELIVER: DELIVER,
    ActKind.ATTEMPT: ATTEMPT,
    ActKind.RETURN: act("return"),
}

# act → state before → state after or refusal. Every pair is here.
TABLE: dict[str, dict[State, State | Refused]] = {
    "receive": {
        S.ANNOUNCED: Refused.NOT_ON_YOUR_LIST,
        S.ASSIGNED: S.AT_SHOP,
        S.MANIFESTED: S.AT_SHOP,
        S.AT_SHOP: Refused.ALREADY_RECEIVED,
        S.OUT_FOR_DELIVERY: Refused.ALREADY_RECEIVED,
        S.ATTEMPTED: Refused.ALREADY_RECEIVED,
        S.RETURN_PENDING: Refused.MUST_GO_BACK,
        S.MISSING: S.AT_SHOP,
        S.DELIVERED: Refused.ALREADY_DELIVERED,
        S.RETURNED_TO_STATION: Refused.ALREADY_RETURNED,
        S.SHORT: S.AT_SHOP,
        S.REJECTED_AT_DROP: S.AT_SHOP,
        S.CANCELLED: Refused.TAKEN_OFF,
        S.SHORT: S.AT_SHOP,
        S.REJECTED_AT_DROP: S.AT_SHOP,
    },
    "load": {
        S.ANNOUNCED: Refused.NOT_ON_YOUR_LIST,
        S.ASSIGNED: Refused.NOT_RECEIVED,
        S.MANIFESTED: Refused.NOT_RECEIVED,
        S.AT_SHOP: S.OUT_FOR_DELIVERY,
        S.OUT_FOR_DELIVERY: S.OUT_FOR_DELIVERY,
        S.ATTEMPTED: S.OUT_FOR_DELIVERY,
        S.RETURN_PENDING: Refused.MUST_GO_BACK,
        S.MISSING: Refused.MISSING,
        S.DELIVERED: Refused.ALREADY_DELIVERED,
        S.RETURNED_TO_STATION: Refused.ALREADY_RETURNED,
        S.SHORT: Refused.NOT_RECEIVED,
        S.REJECTED_AT_DROP: Refused.NOT_RECEIVED,
        S.CANCELLED: Refused.TAKEN_OFF,
        S.SHORT: Refused.NOT_RECEIVED,
        S.REJECTED_AT_DROP: Refused.NOT_RECEIVED,
    },
    "deliver": {
        S.ANNOUNCED: Refused.NOT_ON_YOUR_LIST,
        S.ASSIGNED: Refused.NOT_RECEIVED,
        S.MANIFESTED: Refused.NOT_RECEIVED,
        S.AT_SHOP: S.DELIVERED,
        S.OUT_FOR_DELIVERY: S.DELIVERED,
        S.ATTEMPTED: S.DELIVERED,
        S.RETURN_PENDING: S.DELIVERED,
        S.MISSING: Refused.MISSING,
        S.DELIVERED: S.DELIVERED,
        S.RETURNED_TO_STATION: Refused.ALREADY_RETURNED,
        S.SHORT: Refused.NOT_RECEIVED,
        S.REJECTED_AT_DROP: Refused.NOT_RECEIVED,
        S.CANCELLED: Refused.TAKEN_OFF,
        S.SHORT: Refused.NOT_RECEIVED,
        S.REJECTED_AT_DROP: Refused.NOT_RECEIVED,
    },
    "attempt": {
        S.ANNOUNCED: Refused.NOT_ON_YOUR_LIST,
        S.ASSIGNED: Refused.NOT_RECEIVED,
        S.MANIFESTED: Refused.NOT_RECEIVED,
        S.AT_SHOP: S.ATTEMPTED,
        S.OUT_FOR_DELIVERY: S.ATTEMPTED,
        S.ATTEMPTED: S.ATTEMPTED,
        S.RETURN_PENDING: Refused.MUST_GO_BACK,
        S.MISSING: Refused.MISSING,
        S.DELIVERED: Refused.ALREADY_DELIVERED,
        S.RETURNED_TO_STATION: Refused.ALREADY_RETURNED,
        S.SHORT: Refused.NOT_RECEIVED,
        S.REJECTED_AT_DROP: Refused.NOT_RECEIVED,
        S.CANCELLED: Refused.TAKEN_OFF,
        S.SHORT: Refused.NOT_RECEIVED,
        S.REJECTED_AT_DROP: Refused.NOT_RECEIVED,
    },
    "return": {
        S.ANNOUNCED: Refused.NOT_ON_YOUR_LIST,
        S.ASSIGNED: Refused.NOT_RECEIVED,
        S.MANIFESTED: Refused.NOT_RECEIVED,
        S.AT_SHOP: S.RETURNED_TO_STATION,
        S.OUT_FOR_DELIVERY: S.RETURNED_TO_STATION,
        S.ATTEMPTED: S.RETURNED_TO_STATION,
        S.RETURN_PENDING: S.RETURNED_TO_STATION,
        S.MISSING: Refused.MISSING,
        S.DELIVERED: Refused.ALREADY_DELIVERED,
        S.RETURNED_TO_STATION: Refused.ALREADY_RETURNED,
        S.SHORT: Refused.NOT_RECEIVED,
        S.REJECTED_AT_DROP: Refused.NOT_RECEIVED,
        S.CANCELLED: Refused.TAKEN_OFF,
        S.SHORT: Refused.NOT_RECEIVED,
        S.REJECTED_AT_DROP: Refused.NOT_RECEIVED,
    },
}
CASES = [(kind, state, end) for kind, row in TABLE.items() for state, end in row.items()]


@pytest.mark.parametrize(("kind", "state", "end"), CASES)
def test_every_act_on_every_state(kind, state, end):
    verdict = judge(PLAIN[ActKind(kind)], Standing(state), BOOK)
    if isinstance(end, Refused):
        assert verdict == No(end)
    else:
        assert verdict.after.state == end


def test_the_table_names_every_pair():
    assert len(CASES) == len(PLAIN) * len(State)


def test_a_second_delivery_is_kept_and_changes_nothing():
    before = Standing(S.DELIVERED, 1)
    assert judge(DELIVER, before, BOOK) == Step(K.DELIVERED_AGAIN, before)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (act("deliver"), Refused.OUTCOME_NEEDED),
        (act("deliver", outcome="roof"), Refused.OUTCOME_UNKNOWN),
        (act("attempt"), Refused.REASON_NEEDED),
        (act("attempt", reason="BORED"), Refused.REASON_UNKNOWN),
    ],
)
@pytest.mark.parametrize("state", [S.OUT_FOR_DELIVERY, S.MANIFESTED, S.DELIVERED])
def test_outcome_and_reason_must_be_known(asked, code, state):
    assert judge(asked, Standing(state), BOOK) == No(code)


@pytest.mark.parametrize(
    ("reason", "tried", "end"),
    [
        ("NOT_HOME", 1, S.ATTEMPTED),
        ("NOT_HOME", 2, S.RETURN_PENDING),
        ("NOT_HOME", 3, S.RETURN_PENDING),
        ("REFUSED", 1, S.RETURN_PENDING),
        ("MISSING", 1, S.MISSING),
        ("MISSING", 2, S.MISSING),
    ],
)
def test_where_a_package_goes_after_a_try_in_vain(reason, tried, end):
    assert state_after_try(reason, tried, BOOK) == end


def test_a_third_try_is_allowed_when_the_house_says_three():
    patient = replace(BOOK, most_attempts=3)
    after = judge(ATTEMPT, Standing(S.ATTEMPTED, 1), patient).after
    assert (after.state, after.attempts) == (S.ATTEMPTED, 2)


def test_every_try_in_vain_is_counted():
    first = judge(ATTEMPT, Standing(S.OUT_FOR_DELIVERY), BOOK).after
    second = judge(ATTEMPT, first, BOOK).after
    assert (first.attempts, second.attempts) == (1, 2)
    assert second.state == S.RETURN_PENDING


def test_a_package_that_waits_to_go_back_may_turn_out_to_be_lost():
    lost = judge(act("attempt", reason="MISSING"), Standing(S.RETURN_PENDING, 2), BOOK)
    assert lost.after.state == S.MISSING


# --- Amendments ----------------------------------------------------------------------------------


def after(*acts: Act, start: State = S.AT_SHOP) -> Standing:
    """Where a package stands after these acts, none of which is refused."""
    standing = Standing(start)
    for one in acts:
        standing = judge(one, standing, BOOK).after
    return standing


def plain(standing: Standing) -> tuple[State, int]:
    return standing.state, standing.attempts


AS_DELIVERED = act("amend", outcome="neighbour")
AS_TRIED = act("amend", reason="NOT_HOME")
AS_MISTAKE = act("amend", reason="KEYING_ERROR")
REFUSED_AT_DOOR = act("attempt", reason="REFUSED")
LOST = act("attempt", reason="MISSING")


@pytest.mark.parametrize(
    ("acts", "end"),
    [
        ([DELIVER, AS_DELIVERED], (S.DELIVERED, 0)),
        ([DELIVER, AS_TRIED], (S.ATTEMPTED, 1)),
        ([DELIVER, act("amend", reason="REFUSED")], (S.RETURN_PENDING, 1)),
        ([DELIVER, act("amend", reason="MISSING")], (S.MISSING, 1)),
        ([DELIVER, AS_MISTAKE], (S.AT_SHOP, 0)),
        ([ATTEMPT, AS_DELIVERED], (S.DELIVERED, 0)),
        ([REFUSED_AT_DOOR, AS_DELIVERED], (S.DELIVERED, 0)),
        ([LOST, AS_DELIVERED], (S.DELIVERED, 0)),
        ([ATTEMPT, act("amend", reason="REFUSED")], (S.RETURN_PENDING, 1)),
        ([REFUSED_AT_DOOR, AS_TRIED], (S.ATTEMPTED, 1)),
        ([ATTEMPT, AS_MISTAKE], (S.AT_SHOP, 0)),
        ([ATTEMPT, ATTEMPT, AS_MISTAKE], (S.ATTEMPTED, 1)),
        ([ATTEMPT, AS_DELIVERED, AS_TRIED], (S.ATTEMPTED, 1)),
        ([ATTEMPT, AS_DELIVERED, AS_MISTAKE], (S.AT_SHOP, 0)),
        ([DELIVER, AS_TRIED, AS_DELIVERED], (S.DELIVERED, 0)),
        ([ATTEMPT, DELIVER, AS_TRIED], (S.RETURN_PENDING, 2)),
        ([act("load"), AS_MISTAKE], (S.AT_SHOP, 0)),
        ([act("return"), AS_MISTAKE], (S.AT_SHOP, 0)),
        ([DELIVER, act("amend", note="blue door")], (S.DELIVERED, 0)),
        ([DELIVER, DELIVER, AS_TRIED], (S.ATTEMPTED, 1)),
    ],
)
def test_an_amendment_leaves_the_package_as_if_it_had_been_entered_rightly(acts, end):
    assert plain(after(*acts)) == end


@pytest.mark.parametrize(
    ("acts", "asked", "code"),
    [
        ([], AS_DELIVERED, Refused.NOTHING_TO_CORRECT),
        ([], AS_MISTAKE, Refused.NOTHING_TO_CORRECT),
        ([], act("amend", note="hello"), Refused.NOTHING_TO_CORRECT),
        ([act("load")], AS_DELIVERED, Refused.NOTHING_TO_CORRECT),
        ([act("load")], AS_TRIED, Refused.NOTHING_TO_CORRECT),
        ([act("return")], AS_DELIVERED, Refused.NOTHING_TO_CORRECT),
        ([act("return")], AS_TRIED, Refused.NOTHING_TO_CORRECT),
        ([DELIVER], act("amend"), Refused.NOTHING_TO_CORRECT),
        ([DELIVER, AS_MISTAKE], AS_MISTAKE, Refused.NOTHING_TO_CORRECT),
        (
            [DELIVER],
            act("amend", outcome="neighbour", reason="NOT_HOME"),
            Refused.OUTCOME_OR_REASON,
        ),
        ([DELIVER], act("amend", outcome="roof"), Refused.OUTCOME_UNKNOWN),
        ([DELIVER], act("amend", reason="BORED"), Refused.REASON_UNKNOWN),
    ],
)
def test_other_amendments_are_refused(acts, asked, code):
    assert judge(asked, after(*acts), BOOK) == No(code)


def test_custody_that_was_taken_is_not_given_up_by_an_amendment():
    counted_in = judge(act("receive"), Standing(S.MANIFESTED), BOOK).after
    assert judge(AS_MISTAKE, counted_in, BOOK) == No(Refused.COUNTED_IN)


# --- Replay --------------------------------------------------------------------------------------


@dataclass
class Told:
    kind: str
    to_state: str
    outcome: str = ""
    reason: str = ""
    pk: int = 0
    amends_id: int | None = None


WORDS = [
    *PLAIN.values(),
    REFUSED_AT_DOOR,
    LOST,
    AS_DELIVERED,
    AS_TRIED,
    AS_MISTAKE,
    act("amend", note="x"),
]


@pytest.mark.parametrize("start", [S.MANIFESTED, S.AT_SHOP])
def test_events_replayed_give_what_the_acts_gave(start):
    """Every way of up to four acts: what replay reads from the events is where judging ended."""
    for acts in itertools.product(WORDS, repeat=4):
        standing, events = Standing(start), [Told(K.ANNOUNCED, start)]
        for one in acts:
            verdict = judge(one, standing, BOOK)
            if isinstance(verdict, Step):
                standing = verdict.after
                is_amendment = one.act == ActKind.AMEND
                outcome = one.outcome if is_amendment or one.act == ActKind.DELIVER else ""
                reason = one.reason if is_amendment or one.act == ActKind.ATTEMPT else ""
                events.append(Told(verdict.kind, standing.state, outcome, reason))
        assert replay(events) == standing, acts


def test_what_the_station_does_is_no_act_to_amend():
    before = Standing(S.ASSIGNED)
    assert after_event(before, Told(K.MANIFESTED, S.MANIFESTED)) == Standing(S.MANIFESTED)
    assert K.MANIFESTED not in ACTS


def test_an_act_remembers_how_the_package_stood_before_it():
    latest = judge(DELIVER, Standing(S.ATTEMPTED, 1), BOOK).after.latest
    assert latest == Latest(K.DELIVERED, S.ATTEMPTED, 1)


# --- The moment that counts ----------------------------------------------------------------------

DAY_STARTS = dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("happened_at", "counts"),
    [
        (NOON - dt.timedelta(hours=3), "phone"),
        (NOON + dt.timedelta(minutes=5), "phone"),
        (NOON + dt.timedelta(minutes=5, seconds=1), "ours"),
        (DAY_STARTS - dt.timedelta(days=1), "phone"),
        (DAY_STARTS - dt.timedelta(days=1, seconds=1), "ours"),
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), "ours"),
        (NOON + dt.timedelta(days=400), "ours"),
    ],
)
def test_an_impossible_phone_clock_is_not_believed(happened_at, counts):
    counted = moment_that_counts(
        happened_at=happened_at, received_at=NOON, service_day_starts_at=DAY_STARTS
    )
    assert counted == (happened_at if counts == "phone" else NOON)
