"""The check of the books sees what is off, and says nothing when nothing is."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.db import connection

from hubshops.packages.rules import State
from kernel.accounts.models import User
from payouts.accruals.actions import accrue_waiting
from payouts.payruns.actions import draft_run
from payouts.providers.models import PaymentsStop
from payouts.statements.actions import check_books, check_books_for_runs, issue_statements
from payouts.statements.models import BooksCheck
from payouts.statements.queries import check_of_books, last_check
from payouts.statements.rules import is_clean
from tests.factories import DAY, make_delivery, make_package, make_shop, make_staff
from tests.payouts.helpers import LATER, agree, earn, make_olga, make_pavel, pay, void

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid():
    """A shop with one paid day and every kind of package."""
    shop = make_shop()
    earn(shop, 3)
    for state in (State.AT_SHOP, State.RETURN_PENDING, State.RETURNED_TO_STATION, State.MANIFESTED):
        make_package(shop=shop, state=state)
    make_package(station=shop.station)
    pay(make_olga(), make_pavel())
    issue_statements(at=LATER)
    return shop


def behind_the_laws(statement: str) -> None:
    """Change a row as somebody with the database's keys could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def run() -> tuple[int, dict]:
    """The command's exit status and answer."""
    out = io.StringIO()
    try:
        call_command("check_books", "--json", stdout=out)
    except SystemExit as ended:
        return ended.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_clean_books_say_nothing(paid):
    status, answer = run()
    assert status == 0
    assert answer == {
        "trial_balance_cents": 0,
        "count_gaps": [],
        "accrual_gaps": [],
        "unpriced": [],
        "transfer_gaps": [],
        "balance_gaps": [],
        "adjustment_gaps": [],
        "statement_gaps": [],
        "provider_gaps": [],
        "replay_gaps": [],
    }


def test_empty_books_are_clean():
    assert run()[0] == 0


def test_a_voided_and_taken_back_delivery_leaves_the_books_clean(paid):
    void(paid.deliveries.first(), at=LATER)
    assert run()[0] == 2
    accrue_waiting(at=LATER)
    assert run()[0] == 0


def test_a_delivery_without_its_fee_is_a_gap_until_it_is_booked(paid):
    make_delivery(shop=paid)
    status, answer = run()
    assert status == 2
    assert answer["accrual_gaps"] == [
        {"shop": paid.slug, "day": str(DAY), "code": "not_accrued", "packages": 1}
    ]
    accrue_waiting(at=LATER)
    assert run()[0] == 0


def test_a_delivery_without_a_rate_is_listed_as_unpriced(paid):
    other = make_shop("Zed's Laundry")
    make_delivery(shop=other)
    status, answer = run()
    assert (status, answer["accrual_gaps"]) == (2, [])
    assert answer["unpriced"] == [{"shop": other.slug, "day": str(DAY), "packages": 1}]
    agree(other, 100)
    accrue_waiting(at=LATER)
    assert run()[0] == 0


OFF = [
    ("count_gaps", "UPDATE package SET state = 'AT_SHOP' WHERE state = 'RETURNED_TO_STATION'"),
    ("count_gaps", "UPDATE package SET state = 'AT_SHOP' WHERE state = 'DELIVERED'"),
    (
        "count_gaps",
        "DELETE FROM package_event WHERE kind = 'received' AND package_id = ANY("
        "SELECT id FROM package WHERE state = 'AT_SHOP')",
    ),
    ("count_gaps", "DELETE FROM delivery WHERE id = (SELECT min(id) FROM delivery)"),
    ("accrual_gaps", "DELETE FROM accrual WHERE id = (SELECT min(id) FROM accrual)"),
    (
        "accrual_gaps",
        "UPDATE accrual SET amount_cents = 1 WHERE id = (SELECT min(id) FROM accrual)",
    ),
    ("accrual_gaps", "UPDATE accrual SET rate_id = 9999"),
    ("accrual_gaps", "UPDATE accrual SET entry_id = 9999"),
    (
        "accrual_gaps",
        "UPDATE accrual SET delivery_id = 9999 WHERE id = (SELECT min(id) FROM accrual)",
    ),
    ("accrual_gaps", "UPDATE accrual SET delivered_on = delivered_on + 1"),
    (
        "accrual_gaps",
        "UPDATE ledger_posting SET amount_cents = 1 WHERE id = "
        "(SELECT min(id) FROM ledger_posting)",
    ),
    ("transfer_gaps", "UPDATE transfer_item SET amount_cents = 1"),
    ("transfer_gaps", "DELETE FROM transfer_item"),
    ("balance_gaps", "DELETE FROM ledger_posting WHERE id = (SELECT max(id) FROM ledger_posting)"),
    (
        "balance_gaps",
        "UPDATE transfer SET status = 'ready', provider_reference = '', sent_at = NULL",
    ),
    ("balance_gaps", "DELETE FROM transfer_item"),
    (
        "trial_balance_cents",
        "UPDATE ledger_posting SET debit_id = 9999 WHERE id = (SELECT min(id) FROM ledger_posting)",
    ),
    ("statement_gaps", "UPDATE statement SET opening_cents = 5, closing_cents = 5"),
    ("statement_gaps", "UPDATE statement SET earned_cents = 5, closing_cents = -520"),
    ("statement_gaps", "DELETE FROM statement"),
]


@pytest.mark.parametrize(("finding", "statement"), OFF)
def test_what_is_changed_behind_the_laws_is_found(paid, finding, statement):
    behind_the_laws(statement)
    status, answer = run()
    assert status == 2
    assert answer[finding]


def test_a_statement_that_is_overdue_is_found():
    earn(make_shop())
    pay(make_olga(), make_pavel())
    assert is_clean(check_of_books(at=LATER + dt.timedelta(minutes=5)))
    late = check_of_books(at=LATER + dt.timedelta(hours=2))
    assert [row["code"] for row in late["statement_gaps"]] == ["not_issued"]


def test_the_night_books_issues_looks_and_remembers(paid):
    make_delivery(shop=paid)
    assert check_books(at=LATER).is_clean
    behind_the_laws("UPDATE statement SET opening_cents = 5, closing_cents = 5")
    check = check_books(at=LATER + dt.timedelta(days=1))
    assert not check.is_clean
    assert last_check() == check
    assert [row["code"] for row in check.findings["statement_gaps"]] == ["does_not_chain"]
    assert BooksCheck.objects.count() == 2


def test_the_words_for_a_person_name_what_is_off(paid):
    out = io.StringIO()
    call_command("check_books", stdout=out)
    assert out.getvalue().startswith("The books are clean")
    make_delivery(shop=paid)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check_books", stdout=out)
    assert "not_accrued" in out.getvalue()


def test_pay_run_walks_through_all_steps_in_the_terminal():
    shop = make_shop()
    earn(shop)
    make_olga()
    make_pavel()

    def step(*words: str) -> dict:
        out = io.StringIO()
        call_command("pay_run", *words, "--json", stdout=out)
        return json.loads(out.getvalue())

    drafted = step("draft", "--through", str(DAY), "--by", "OLGA@shop.test")
    assert drafted == {
        "run": drafted["run"],
        "status": "drafted",
        "through": str(DAY),
        "zone": "",
        "shops": 1,
        "cents": 350,
        "held": [],
    }
    number = str(drafted["run"])
    assert step("approve", number, "--by", "pavel@shop.test")["status"] == "approved"
    assert step("send", number)["status"] == "confirming"
    assert step("show", number)["cents"] == 350
    assert step("send", number)["status"] == "confirming"
    assert shop.statements.get().paid_cents == 350
    assert run()[0] == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["draft", "--through", "soon", "--by", "olga@shop.test"], "soon is not a day"),
        (["draft", "--through", "2026-13-01", "--by", "olga@shop.test"], "is not a day"),
        (["draft", "--through", "20261120", "--by", "olga@shop.test"], "is not a day"),
        (["draft", "--through", "2026-W47-5", "--by", "olga@shop.test"], "is not a day"),
        (["draft", "--through", str(DAY), "--by", "nobody@shop.test"], "no member of staff"),
        (["draft", "--through", str(DAY), "--by", ""], "no member of staff"),
        (["draft", "--through", str(DAY), "--by", "pavel@shop.test"], "Only people who draft"),
        (["draft", "--through", "2020-01-01", "--by", "olga@shop.test"], "Nothing is due"),
        (["approve", "4711", "--by", "pavel@shop.test"], "no pay run with the number 4711"),
        (["send", "4711"], "no pay run with the number 4711"),
        (["show", "99999999999999999999999"], "no pay run with the number"),
        (["show", "one"], "one"),
        (["mend", "1"], "mend"),
        ([], "STEP"),
    ],
)
def test_a_wrong_step_is_one_sentence_and_nothing_is_written(words, sentence):
    earn(make_shop())
    make_olga()
    make_pavel()
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("pay_run", *words)
    assert "\n" not in str(refused.value)
    assert refused.value.returncode == 1


def test_staff_see_what_the_night_found(client, paid):
    kim = make_staff("Kim", "finance_approver")
    client.force_login(kim)
    assert "No check yet" in client.get("/ops/books/").content.decode()
    check_books(at=LATER)
    assert "The newest check found nothing." in client.get("/ops/books/").content.decode()
    assert "The books don’t agree" not in client.get("/ops/").content.decode()
    behind_the_laws("UPDATE statement SET opening_cents = 5, closing_cents = 5")
    check_books(at=LATER + dt.timedelta(days=1))
    page = client.get("/ops/books/").content.decode()
    assert "Statements do not chain" in page
    assert "does_not_chain" in page
    assert "The books don’t agree" in client.get("/ops/").content.decode()
    client.force_login(make_staff("Lee", "dispatcher"))
    assert client.get("/ops/books/").status_code == 404


def test_a_wrong_word_in_a_terminal_is_one_line_and_exit_1(capsys):
    command = load_command_class("payouts.statements", "pay_run")
    command._called_from_command_line = True
    with pytest.raises(SystemExit) as refused:
        command.create_parser("manage.py", "pay_run").parse_args(["show", "one"])
    assert refused.value.code == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "one" in said.err


def test_money_that_does_not_add_up_stops_every_payment(paid):
    behind_the_laws("UPDATE transfer_item SET amount_cents = 1")
    check_books(at=LATER)
    stop = PaymentsStop.objects.get(ended_at=None)
    assert stop.begun_by is None
    assert "does not add up" in stop.reason


def test_a_delivery_without_a_rate_stops_nobody_elses_payment(paid):
    make_delivery(shop=make_shop("Rateless Books"))
    assert not check_books(at=LATER).is_clean
    assert not PaymentsStop.objects.exists()


def test_the_books_are_checked_after_a_draft_and_after_a_run(paid):
    assert check_books_for_runs(at=LATER + dt.timedelta(minutes=1)).is_clean
    assert check_books_for_runs(at=LATER + dt.timedelta(minutes=2)) is None
    earn(paid, 1, at=LATER)
    olga = User.objects.get(name="Olga")
    draft_run(through=LATER.date(), by=olga, at=LATER + dt.timedelta(minutes=3))
    assert check_books_for_runs(at=LATER + dt.timedelta(minutes=4)).is_clean
