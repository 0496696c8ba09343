"""Two phones tell of one package: small cases, by rule."""

import datetime as dt
import itertools
import uuid

import pytest

from hubshops.deliveries.rules import (
    Act,
    ActKind,
    Against,
    Cause,
    Doing,
    Met,
    No,
    Refused,
    Rulebook,
    Standing,
    Step,
    by_our_clock,
    has_check_digit,
    is_anothers,
    judge_away,
    judge_met,
    recipient_code,
    skew_of,
    turns,
)
from hubshops.packages.rules import EventKind as K
from hubshops.packages.rules import State as S

NOON = dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
BOOK = Rulebook(
    frozenset({"front_door"}), {"NOT_HOME": "retry", "REFUSED": "return", "MISSING": "search"}
)
SAMS, ANAS = uuid.uuid4(), uuid.uuid4()
DELIVER, TRY = ("deliver", "front_door", ""), ("attempt", "", "NOT_HOME")


def act(kind: str, outcome: str = "", reason: str = "") -> Act:
    return Act(uuid.uuid4(), ActKind(kind), "TBA1", NOON, outcome=outcome, reason=reason)


def doing(by: int, device: uuid.UUID | None, minutes: int = 0) -> Doing:
    return Doing(by, device, NOON + minutes * MINUTE)


@pytest.mark.parametrize(
    ("one", "other", "two"),
    [
        (doing(1, SAMS), doing(1, SAMS), False),
        (doing(1, SAMS), doing(2, SAMS), True),  # one phone, handed on
        (doing(1, SAMS), doing(1, ANAS), True),
        (doing(1, SAMS), doing(1, None), False),  # her phone and her browser
        (doing(1, None), doing(2, None), True),
    ],
)
def test_who_is_another(one, other, two):
    assert is_anothers(one, other) is is_anothers(other, one) is two


# told · by whom · minutes after noon → what is kept, and against what; Ana delivered at noon.
BESIDE_A_DELIVERY = [
    (DELIVER, "sam", 5, K.DELIVERED_AGAIN, Against.DELIVERY),
    (DELIVER, "sam", -5, K.DELIVERED_AGAIN, Against.DELIVERY),
    (DELIVER, "ana", 5, K.DELIVERED_AGAIN, Against.NOTHING),
    (TRY, "sam", -1, K.ATTEMPTED_TOO, Against.NOTHING),
    (TRY, "sam", 0, K.ATTEMPTED_TOO, Against.DELIVERY),
    (TRY, "sam", 9, K.ATTEMPTED_TOO, Against.DELIVERY),
    (TRY, "ana", 9, Refused.ALREADY_DELIVERED, None),
    (TRY, "ana", -9, Refused.ALREADY_DELIVERED, None),
    (("attempt", "", ""), "sam", 9, Refused.REASON_NEEDED, None),
    (("return", "", ""), "sam", 9, Refused.ALREADY_DELIVERED, None),
]


@pytest.mark.parametrize(("told", "who", "minutes", "kind", "against"), BESIDE_A_DELIVERY)
def test_beside_a_delivery(told, who, minutes, kind, against):
    mine = doing(1, SAMS, minutes) if who == "sam" else doing(2, ANAS, minutes)
    package = Standing(S.DELIVERED, 1)
    verdict = judge_met(act(*told), mine, package, BOOK, Met(delivered=doing(2, ANAS)))
    if isinstance(verdict, No):
        assert (verdict.code, against) == (kind, None)
    else:
        assert verdict == Step(kind, package, against)


# state · by whom · minutes after noon → accepted, and against what; Ana tried in vain at noon.
AFTER_A_TRY = [
    (S.ATTEMPTED, "sam", -5, Against.TRY),
    (S.ATTEMPTED, "sam", 0, Against.TRY),
    (S.ATTEMPTED, "sam", 5, Against.NOTHING),
    (S.ATTEMPTED, "ana", -5, Against.NOTHING),
    (S.OUT_FOR_DELIVERY, "sam", -5, Against.TRY),
    (S.RETURN_PENDING, "sam", -5, Against.TRY),
    (S.MISSING, "sam", -5, Against.TRY),
    (S.MISSING, "sam", 5, Against.NOTHING),
    (S.MISSING, "ana", -5, Refused.MISSING),
    (S.RETURNED_TO_STATION, "sam", -5, Refused.ALREADY_RETURNED),
]


@pytest.mark.parametrize(("state", "who", "minutes", "answer"), AFTER_A_TRY)
def test_a_delivery_after_anothers_try(state, who, minutes, answer):
    mine = doing(1, SAMS, minutes) if who == "sam" else doing(2, ANAS, minutes)
    verdict = judge_met(act(*DELIVER), mine, Standing(state, 1), BOOK, Met(tried=doing(2, ANAS)))
    if isinstance(answer, Refused):
        assert verdict == No(answer)
    else:
        assert (verdict.kind, verdict.after.state) == (K.DELIVERED, S.DELIVERED)
        assert verdict.against == answer


def test_an_early_delivery_says_where_like_any_other():
    mine, met = doing(1, SAMS, -5), Met(tried=doing(2, ANAS))
    verdict = judge_met(act("deliver"), mine, Standing(S.MISSING, 1), BOOK, met)
    assert verdict == No(Refused.OUTCOME_NEEDED)


@pytest.mark.parametrize(
    ("kind", "state", "minutes", "answer"),
    [
        ("receive", S.ASSIGNED, -1, K.RECEIVED),
        ("receive", S.MANIFESTED, -1, K.RECEIVED),
        ("receive", S.ANNOUNCED, -1, K.RECEIVED),
        ("receive", S.CANCELLED, -1, K.RECEIVED),
        ("receive", S.SHORT, -1, K.RECEIVED),
        ("receive", S.CANCELLED, 0, Cause.WITHDRAWN),
        ("receive", S.MANIFESTED, 1, Cause.MOVED),
        ("receive", S.AT_SHOP, -1, Cause.HELD_BY_ANOTHER),
        ("receive", S.DELIVERED, -1, Cause.HELD_BY_ANOTHER),
        ("deliver", S.MANIFESTED, -1, Cause.MOVED),
        ("deliver", S.CANCELLED, -1, Cause.WITHDRAWN),
    ],
)
def test_a_package_that_left_the_list_at_noon(kind, state, minutes, answer):
    verdict = judge_away(act(kind), NOON + minutes * MINUTE, Standing(state), NOON)
    if isinstance(answer, Cause):
        assert verdict == answer
    else:
        assert (verdict.kind, verdict.after.state) == (answer, S.AT_SHOP)


def test_what_never_was_on_the_list_is_no_fact():
    assert judge_away(act("receive"), NOON, Standing(S.ASSIGNED), None) == Cause.MOVED


# --- Order and clocks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sequences", "order"),
    [
        ([], []),
        ([None, None], [0, 1]),
        ([3, 1, 2], [1, 2, 0]),
        ([2, None, 1], [2, 1, 0]),
        ([7, 7, 1], [2, 0, 1]),
    ],
)
def test_acts_take_turns_by_their_phones_numbers(sequences, order):
    assert turns(sequences) == order


def test_every_act_has_its_turn():
    for sequences in itertools.product([None, 1, 2], repeat=4):
        assert sorted(turns(sequences)) == [0, 1, 2, 3]


def test_a_clock_within_two_minutes_is_right():
    assert not skew_of(NOON + 2 * MINUTE, NOON)
    assert not skew_of(NOON - 2 * MINUTE, NOON)
    assert not skew_of(None, NOON)
    assert skew_of(NOON - 47 * MINUTE, NOON) == -47 * MINUTE


def test_a_moment_by_our_clock_is_never_later_than_now():
    slow, fast = -47 * MINUTE, 47 * MINUTE
    assert by_our_clock(NOON - 60 * MINUTE, slow, received_at=NOON) == NOON - 13 * MINUTE
    assert by_our_clock(NOON + 40 * MINUTE, fast, received_at=NOON) == NOON - 7 * MINUTE
    assert by_our_clock(NOON, slow, received_at=NOON) == NOON
    as_told = NOON + 3 * MINUTE
    assert by_our_clock(as_told, dt.timedelta(), received_at=NOON) == as_told


# --- The recipient's code ------------------------------------------------------------------------


def test_the_code_of_a_package_is_its_own_and_stays():
    code = recipient_code(package_id=7, tracking_id="TBA1", secret=b"s")
    assert code == recipient_code(package_id=7, tracking_id="TBA1", secret=b"s")
    assert has_check_digit(code)
    others = {recipient_code(package_id=n, tracking_id="TBA1", secret=b"s") for n in range(200)}
    assert len(others) > 190
    assert recipient_code(package_id=7, tracking_id="TBA1", secret=b"t") != code


def test_the_check_digit_finds_typing_errors():
    assert has_check_digit("572400")  # Damm's own example is 5724
    code = recipient_code(package_id=7, tracking_id="TBA1", secret=b"s")
    for place, digit in itertools.product(range(6), "0123456789"):
        typed = code[:place] + digit + code[place + 1 :]
        assert has_check_digit(typed) is (typed == code)
    for place in range(5):
        typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert has_check_digit(typed) is (typed == code)


@pytest.mark.parametrize("odd", ["", "57240", "5724000", "57240x", "５72400", "-57240"])
def test_what_is_no_code_has_no_check_digit(odd):
    assert not has_check_digit(odd)
