"""A statement is worked out again from deliveries, rates and decisions, to the cent."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from payouts.accruals.actions import accrue_waiting, top_up_weeks
from payouts.adjustments.actions import place_hold
from payouts.rates.rules import Line
from payouts.statements.actions import check_books, issue_statements
from payouts.statements.models import Statement
from payouts.statements.queries import paper_of, replay_newest, replay_statement
from tests.factories import DAY, MORNING, make_delivery, make_member, make_shop, make_staff
from tests.payouts.adjustments.helpers import propose
from tests.payouts.helpers import (
    LATER,
    beyond_cap,
    earn,
    make_olga,
    make_pavel,
    pay,
    plain,
    tier,
    void,
    write_card,
)

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)


@pytest.fixture
def staff():
    return make_olga(), make_pavel()


@pytest.fixture
def shop():
    return make_shop()


def settle(staff, *, at: dt.datetime = LATER, through: dt.date = DAY) -> Statement:
    """Pay what is due, and give it its statement."""
    pay(*staff, at=at, through=through)
    issue_statements(at=at)
    return Statement.objects.latest("pk")


def tamper(sql: str) -> None:
    """Change what is append-only, as only somebody with the database's keys could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accrual DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE accrual ENABLE TRIGGER USER")


def test_a_plain_week_differs_by_nothing(staff, shop):
    earn(shop, 3)
    found = replay_statement(settle(staff))
    assert found.is_clean
    assert (found.cents, found.packages, found.lines) == (0, 3, 3)
    assert found.replayed.earned_cents == 525


def test_every_sort_of_line_is_worked_out_again(staff, shop):
    write_card(
        plain(150),
        plain(180, outcome="RECEPTION"),
        plain(260, size="large"),
        plain(200, day_kind="weekend"),
        tier(3, 10),
        tier(5, 25),
        Line("peak", 40, first_on=DAY, end_on=DAY + A_DAY),
        Line("over_cap", 75),
        shop=shop,
    )
    for number in range(7):
        make_delivery(shop=shop, at=MORNING + dt.timedelta(minutes=number))
    make_delivery(shop=shop, weight_g=20_000)
    make_delivery(shop=shop, at=MORNING + A_DAY)
    beyond_cap(make_delivery(shop=shop))
    accrue_waiting(at=LATER)
    statement = settle(staff, at=LATER + A_DAY, through=DAY + A_DAY)
    found = replay_statement(statement)
    assert found.differences == []
    assert found.is_clean
    assert found.replayed.earned_cents == statement.earned_cents
    kinds = {line["kind"] for line in paper_of(statement).lines}
    assert kinds == {"fee", "peak", "tier", "premium"}


def test_tiers_are_played_again_with_what_was_taken_back(staff, shop):
    write_card(plain(100), tier(2, 10), tier(4, 25), shop=shop)
    early = [make_delivery(shop=shop) for _ in range(5)]
    accrue_waiting(at=LATER)
    void(early[0], at=LATER)
    void(early[4], at=LATER)
    accrue_waiting(at=LATER + dt.timedelta(minutes=1))
    for _ in range(3):
        make_delivery(shop=shop)
    accrue_waiting(at=LATER + dt.timedelta(minutes=2))
    statement = settle(staff, at=LATER + dt.timedelta(hours=1))
    found = replay_statement(statement)
    assert found.differences == []
    assert (found.replayed.corrections_cents, found.cents) == (statement.corrections_cents, 0)


def test_tiers_are_counted_by_delivery_over_days_and_by_the_order_of_booking(staff, shop):
    write_card(plain(100), tier(3, 10), shop=shop)
    late = make_delivery(shop=shop)
    for number in range(6):
        make_delivery(shop=shop, at=MORNING - dt.timedelta(days=number % 3))
    accrue_waiting(at=LATER)
    void(late, at=LATER)
    accrue_waiting(at=LATER)  # at the same moment as what it takes back
    make_delivery(shop=shop)
    found = replay_statement(settle(staff))
    assert found.differences == []
    assert found.is_clean


def test_the_guaranteed_minimum_is_worked_out_again(staff, shop):
    write_card(plain(100), Line("minimum", 500), shop=shop)
    make_delivery(shop=shop)
    at = MORNING + dt.timedelta(days=6)
    accrue_waiting(at=at)
    assert top_up_weeks(at=at)[0] >= 1
    statement = settle(staff, at=at, through=DAY + dt.timedelta(days=2))
    found = replay_statement(statement)
    assert found.is_clean
    type(shop).objects.filter(pk=shop.pk).update(weekdays="1")
    assert replay_statement(Statement.objects.get()).is_clean


def test_adjustments_amounts_set_aside_and_parts_of_deductions_are_decided_things(staff, shop):
    earn(shop, 4)
    accrue_waiting(at=LATER)
    propose(shop, 1_000, staff[0], at=LATER)
    place_hold(shop=shop, cents=200, words="The box of Nov 20", by=staff[0], at=LATER)
    statement = settle((make_staff("Kim", "finance_drafter"), staff[1]))
    found = replay_statement(statement)
    assert found.is_clean
    assert found.replayed.corrections_cents == 800


def test_a_later_correction_stands_in_the_next_statement_and_both_replay(staff, shop):
    earn(shop, 4)
    first = settle(staff)
    before = replay_statement(first)
    void(shop.deliveries.first(), at=LATER + dt.timedelta(hours=1))
    make_delivery(shop=shop, at=MORNING + A_DAY)
    make_delivery(shop=shop, at=MORNING + A_DAY)
    second = settle(staff, at=LATER + A_DAY, through=DAY + A_DAY)
    assert (second.earned_cents, second.corrections_cents) == (350, -175)
    assert replay_statement(first) == before
    assert replay_statement(second).is_clean


@pytest.mark.parametrize(
    ("change", "cents"),
    [
        ("UPDATE accrual SET amount_cents = 275 WHERE id = (SELECT min(id) FROM accrual)", -100),
        (
            "DELETE FROM accrual WHERE kind = 'peak' AND id = (SELECT max(id) FROM accrual"
            " WHERE kind = 'peak')",
            40,
        ),
    ],
)
def test_a_fee_that_was_tampered_with_is_found(staff, shop, change, cents):
    write_card(plain(175), Line("peak", 40, first_on=DAY, end_on=DAY + A_DAY), shop=shop)
    make_delivery(shop=shop)
    make_delivery(shop=shop)
    statement = settle(staff)
    tamper(change)
    found = replay_statement(statement)
    assert not found.is_clean
    assert found.cents == cents
    (gap,) = replay_newest()
    assert (gap["statement"], gap["cents"], gap["lines"]) == (statement.number, cents, 1)
    assert check_books(at=LATER).findings["replay_gaps"] == [gap]


def test_a_missing_fee_is_found_by_the_sums(staff, shop):
    earn(shop, 2)
    statement = settle(staff)
    tamper("DELETE FROM accrual WHERE id = (SELECT max(id) FROM accrual)")
    found = replay_statement(statement)
    assert not found.is_clean
    assert (found.printed.earned_cents, found.replayed.earned_cents) == (350, 175)


def test_the_cost_of_a_replay_does_not_grow(staff, shop, django_assert_max_num_queries):
    earn(shop, 40)
    statement = settle(staff)
    with django_assert_max_num_queries(16):
        replay_statement(statement)


@pytest.fixture
def evening():
    with time_machine.travel(LATER, tick=False):
        yield


def test_owner_and_staff_check_a_statement_by_a_button(evening, staff, shop, client):
    earn(shop, 2)
    number = settle(staff).number
    mine, theirs = (
        reverse(f"statements:{name}", args=[number]) for name in ["check", "staff_check"]
    )
    client.force_login(make_member(shop, "Rosa"))
    page = client.get(mine).content.decode()
    assert "The difference is $0.00" in page
    assert mine in client.get("/shop/statements/").content.decode()
    assert client.get(theirs).status_code == 404
    client.force_login(make_member(make_shop("Zed's Laundry"), "Zed"))
    assert client.get(mine).status_code == 404
    client.force_login(make_staff("Kim", "support"))
    assert "The difference is $0.00" in client.get(theirs).content.decode()
    assert client.get(mine).status_code == 404
    tamper("UPDATE accrual SET amount_cents = 275 WHERE id = (SELECT min(id) FROM accrual)")
    page = client.get(theirs).content.decode()
    assert "−$1.00" in page
