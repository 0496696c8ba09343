"""What two counts make of a hand-over, and what a remark does to a package."""

import datetime as dt

import pytest

from hubshops.drops.models import HandoverStatus, RemarkKind
from hubshops.drops.rules import (
    NOTHING_HAPPENS,
    REJECTED_NOW,
    SHORT_NOW,
    Counts,
    Remark,
    RemarkNo,
    Status,
    driver_code,
    is_driver_code,
    is_near,
    judge_remark,
    moment_that_counts,
    status_of,
)
from hubshops.packages.rules import State
from tests.factories import DAY, MORNING

S, N = State, RemarkNo
FOUR, FIVE = Counts(4, 1), Counts(5, 1)


@pytest.mark.parametrize(
    ("given", "taken", "status"),
    [
        (None, None, Status.OPENED),
        (FOUR, None, Status.COUNTED_BY_GIVER),
        (None, FOUR, Status.COUNTED_BY_TAKER),
        (FOUR, FOUR, Status.AGREED),
        (FOUR, FIVE, Status.DISPUTED),
        (FOUR, Counts(4, 2), Status.DISPUTED),
        (Counts(0, 0), Counts(0, 0), Status.AGREED),
    ],
)
def test_two_counts_make_a_status(given, taken, status):
    assert status_of(given, taken) == status


def test_the_tables_know_every_word_of_the_rules():
    assert {str(one) for one in Status} | {"resolved"} == set(HandoverStatus.values)
    assert {str(one) for one in Remark} | {"returned"} == set(RemarkKind.values)


def test_a_code_is_six_digits_of_the_token_and_both_counts():
    code = driver_code("secret", "TOKEN", FOUR)
    assert len(code) == 6
    assert code.isdigit()
    assert is_driver_code(code, "secret", "TOKEN", FOUR)
    others = [
        driver_code("secret", "TOKEN", FIVE),
        driver_code("secret", "TOKEN", Counts(1, 4)),
        driver_code("secret", "NEKOT", FOUR),
        driver_code("other", "TOKEN", FOUR),
    ]
    assert code not in others


BEFORE = dict.fromkeys((S.ASSIGNED, S.MANIFESTED))
OFF = (None, S.ANNOUNCED, S.CANCELLED)
HELD = (S.AT_SHOP, S.OUT_FOR_DELIVERY, S.ATTEMPTED, S.RETURN_PENDING)
DONE = (S.DELIVERED, S.RETURNED_TO_STATION)
TABLE = {
    Remark.SHORT: dict.fromkeys(OFF, N.NOT_ON_YOUR_LIST)
    | dict.fromkeys(BEFORE, SHORT_NOW)
    | {S.SHORT: NOTHING_HAPPENS, S.REJECTED_AT_DROP: N.IS_OVER, S.MISSING: N.IS_OVER}
    | dict.fromkeys(HELD, N.COUNTED_IN)
    | dict.fromkeys(DONE, N.IS_OVER),
    Remark.OVER: dict.fromkeys(OFF, NOTHING_HAPPENS)
    | dict.fromkeys([*BEFORE, S.SHORT, S.REJECTED_AT_DROP, S.MISSING], N.IS_ON_YOUR_LIST)
    | dict.fromkeys(HELD, N.COUNTED_IN)
    | dict.fromkeys(DONE, N.IS_OVER),
    Remark.DAMAGED_TAKEN: dict.fromkeys(OFF, N.NOT_ON_YOUR_LIST)
    | dict.fromkeys([*BEFORE, *HELD, S.SHORT, S.REJECTED_AT_DROP, S.MISSING], NOTHING_HAPPENS)
    | dict.fromkeys(DONE, N.IS_OVER),
}
for _kind in (Remark.DAMAGED, Remark.OVERSIZE, Remark.OVER_CAP):
    TABLE[_kind] = (
        dict.fromkeys(OFF, N.NOT_ON_YOUR_LIST)
        | dict.fromkeys([*BEFORE, S.SHORT], REJECTED_NOW)
        | {S.REJECTED_AT_DROP: NOTHING_HAPPENS, S.MISSING: N.IS_OVER}
        | dict.fromkeys(HELD, N.COUNTED_IN)
        | dict.fromkeys(DONE, N.IS_OVER)
    )
CASES = [(kind, state, end) for kind, row in TABLE.items() for state, end in row.items()]


@pytest.mark.parametrize(("kind", "state", "end"), CASES)
def test_every_remark_on_every_state(kind, state, end):
    assert judge_remark(kind, state) == end


def test_the_table_of_remarks_names_every_pair():
    assert len(CASES) == len(Remark) * (len(State) + 1)


@pytest.mark.parametrize(
    ("days", "near"), [(0, True), (1, True), (2, False), (-62, True), (-63, False)]
)
def test_a_drop_is_told_for_days_around(days, near):
    assert is_near(DAY + dt.timedelta(days=days), DAY) is near


@pytest.mark.parametrize(
    ("hours", "counts"), [(0, True), (-2, True), (1, False), (-30, True), (-34, False)]
)
def test_a_phones_moment_counts_when_it_can_be_true(hours, counts):
    told = MORNING + dt.timedelta(hours=hours)
    starts = MORNING.replace(hour=0)
    moment = moment_that_counts(told, at=MORNING, day_starts_at=starts)
    assert (moment == told) is (counts or told == MORNING)
