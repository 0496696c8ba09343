"""Statements: numbered without gaps, adding up, never changed."""

import datetime as dt

import pytest

from payouts.payruns.actions import draft_run
from payouts.statements.actions import issue_statements
from payouts.statements.models import Statement
from payouts.statements.queries import get_statement, paper_of, statements_of
from payouts.statements.queries.papers import UnknownStatement
from tests.factories import DAY, MORNING, make_delivery, make_shop
from tests.payouts.helpers import LATER, earn, make_olga, make_pavel, pay, refused_by, void

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return make_olga(), make_pavel()


@pytest.fixture
def shop():
    shop = make_shop()
    earn(shop, 3)
    return shop


def test_a_sent_transfer_gets_its_statement(staff, shop):
    pay(*staff)
    assert issue_statements(at=LATER) == 1
    statement = Statement.objects.get()
    assert (statement.number, statement.shop) == ("HD-2026-000001", shop)
    assert (statement.first_day, statement.last_day, statement.packages) == (DAY, DAY, 3)
    assert (statement.opening_cents, statement.earned_cents, statement.corrections_cents) == (
        0,
        525,
        0,
    )
    assert (statement.paid_cents, statement.closing_cents) == (525, 0)
    assert (statement.shop_name, statement.zone) == ("Rosa's Bodega", "America/Chicago")
    assert statement.shop_address == "100 W Center St, Fayetteville, AR 72701"


def test_a_second_call_issues_nothing(staff, shop):
    pay(*staff)
    assert [issue_statements(at=LATER) for _ in range(2)] == [1, 0]


def test_a_run_that_is_not_sent_has_no_statement(staff, shop):
    draft_run(through=DAY, by=staff[0], at=LATER)
    assert issue_statements(at=LATER) == 0


def test_corrections_stand_apart_from_what_was_earned(staff, shop):
    pay(*staff)
    issue_statements(at=LATER)
    void(shop.deliveries.first(), at=MORNING + dt.timedelta(days=1))
    for _ in range(4):
        make_delivery(shop=shop, at=MORNING + dt.timedelta(days=1))
    tomorrow = DAY + dt.timedelta(days=1)
    pay(*staff, through=tomorrow, at=LATER + dt.timedelta(days=1))
    issue_statements(at=LATER + dt.timedelta(days=1))
    second = statements_of(shop)[0]
    assert second.number == "HD-2026-000002"
    assert (second.earned_cents, second.corrections_cents, second.paid_cents) == (700, -175, 525)
    assert (second.packages, second.first_day) == (4, tomorrow)
    paper = paper_of(second)
    assert [day["corrections"] for day in paper.days] == [-175]
    (back,) = [line for line in paper.lines if line["kind"] == "reversal"]
    assert (back["reason"], back["delivered_on"]) == ("KEYING_ERROR", DAY)


def test_numbers_follow_the_order_of_sending(staff):
    for name in ["One", "Two", "Three"]:
        earn(make_shop(name), 1)
    pay(*staff)
    assert issue_statements(at=LATER) == 3
    numbers = Statement.objects.order_by("transfer_id").values_list("number", flat=True)
    assert list(numbers) == ["HD-2026-000001", "HD-2026-000002", "HD-2026-000003"]


def test_each_year_starts_its_own_numbers(staff, shop):
    pay(*staff)
    issue_statements(at=dt.datetime(2027, 1, 2, tzinfo=dt.UTC))
    assert Statement.objects.get().number == "HD-2027-000001"


def test_a_statement_opens_for_its_own_shop_only(staff, shop):
    pay(*staff)
    issue_statements(at=LATER)
    assert get_statement("HD-2026-000001", shop=shop).shop == shop
    with pytest.raises(UnknownStatement):
        get_statement("HD-2026-000001", shop=make_shop("Zed's Laundry"))


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        ("append-only", "UPDATE statement SET paid_cents = 1"),
        ("append-only", "DELETE FROM statement"),
        ("append-only", "TRUNCATE statement"),
        (
            "statement_adds_up",
            "INSERT INTO statement (number, shop_id, transfer_id, shop_name, shop_address, zone,"
            " first_day, last_day, packages, opening_cents, earned_cents, corrections_cents,"
            " paid_cents, closing_cents, issued_at) SELECT 'X', shop_id, transfer_id, '', '', '',"
            " first_day, last_day, 1, 0, 5, 0, 4, 0, issued_at FROM statement",
        ),
        (
            "statement_transfer_id_key",
            "INSERT INTO statement (number, shop_id, transfer_id, shop_name, shop_address, zone,"
            " first_day, last_day, packages, opening_cents, earned_cents, corrections_cents,"
            " paid_cents, closing_cents, issued_at) SELECT 'X', shop_id, transfer_id, '', '', '',"
            " first_day, last_day, 1, 0, 5, 0, 5, 0, issued_at FROM statement",
        ),
        ("append-only", "DELETE FROM books_check"),
    ],
)
def test_the_laws_of_statements_hold_in_sql(staff, shop, law, statement):
    from payouts.statements.actions import check_books

    pay(*staff)
    assert check_books(at=LATER).is_clean
    with refused_by(law) as cursor:
        cursor.execute(statement)
    assert Statement.objects.get().paid_cents == 525
