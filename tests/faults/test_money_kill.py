"""A process killed in the middle of booking or paying loses nothing and doubles nothing."""

import json

import pytest

from hubshops.deliveries.models import Delivery
from kernel import clock
from payouts.accruals.actions import accrue_waiting
from payouts.accruals.models import Accrual
from payouts.ledger.queries import balance_cents
from payouts.ledger.rules import Kind
from payouts.payruns.actions import draft_run
from payouts.payruns.models import PayRun, Transfer
from payouts.providers.models import PaymentLine
from payouts.statements.models import Statement
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.factories import DAY, make_shop
from tests.faults.commands import forked, run, started
from tests.payouts.helpers import LATER, approve, earn, make_olga, make_pavel, void

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault, pytest.mark.suite]


def books_are_clean() -> bool:
    found = check_of_books(at=clock.now())
    assert is_clean(found), found
    return True


@pytest.fixture
def shops():
    """Three shops with five deliveries each, at 1.00, 1.01 and 1.02 dollars."""
    shops = [make_shop(f"Shop {number}") for number in range(3)]
    for number, shop in enumerate(shops):
        earn(shop, 5, cents=100 + number)
    return shops


@pytest.mark.parametrize(("turn", "start"), [(1, forked), (2, started), (4, forked)])
def test_killed_while_accruing(shops, turn, start):
    run("accrue", failpoint=f"accrual_chunk_written:{turn}", start=start)
    assert Accrual.objects.count() == 4 * (turn - 1)
    answer = json.loads(run("accrue", "--json"))
    assert answer["accrued"] == 15 - 4 * (turn - 1)
    assert balance_cents(Kind.SHOP_PAYABLE) == 5 * (100 + 101 + 102)
    assert books_are_clean()


def test_killed_while_taking_fees_back(shops):
    accrue_waiting(at=LATER)
    for delivery in Delivery.objects.filter(shop=shops[0]):
        void(delivery, at=LATER)
    run("accrue", failpoint="reversal_chunk_written")
    assert Accrual.objects.filter(kind="reversal").count() == 0
    run("accrue")
    assert balance_cents(Kind.SHOP_PAYABLE) == 5 * (101 + 102)
    assert books_are_clean()


def test_killed_while_drafting_and_approving(shops):
    olga, pavel = make_olga(), make_pavel()
    draft = ("pay_run", "draft", "--through", str(DAY), "--by", olga.email)
    run(*draft, failpoint="run_drafted")
    assert not PayRun.objects.exists()
    number = str(json.loads(run(*draft, "--json"))["run"])
    approve = ("pay_run", "approve", number, "--by", pavel.email)
    run(*approve, failpoint="run_approved")
    assert PayRun.objects.get().status == "drafted"
    run(*approve)
    run("pay_run", "send", number, failpoint="statements_written")
    assert not Statement.objects.exists()
    run("pay_run", "send", number)
    assert Statement.objects.count() == 3
    assert books_are_clean()


@pytest.mark.parametrize(
    ("failpoint", "sent", "lines"),
    [
        ("transfers_claimed:1", 0, 0),
        ("transfers_claimed:2", 2, 2),
        ("lines_written:1", 0, 0),
        ("lines_written:2", 2, 2),
        ("gateway_answered:1", 0, 2),
        ("gateway_answered:2", 2, 3),
        ("receipts_noted:1", 0, 2),
        ("receipts_noted:2", 2, 3),
    ],
)
def test_killed_while_sending(shops, failpoint, sent, lines):
    drafted = draft_run(through=DAY, by=make_olga(), at=clock.now())
    approve(drafted, by=make_pavel(), at=clock.now())
    start = started if failpoint == "gateway_answered:2" else forked
    run("pay_run", "send", str(drafted.pk), failpoint=failpoint, start=start)
    assert Transfer.objects.filter(status="sent").count() == sent
    assert PaymentLine.objects.count() == lines
    assert PayRun.objects.get().status == "sending"
    answer = json.loads(run("pay_run", "send", str(drafted.pk), "--json"))
    assert answer["status"] == "confirming"
    keys = PaymentLine.objects.order_by("key").values_list("key", "amount_cents")
    assert list(keys) == list(Transfer.objects.order_by("key").values_list("key", "amount_cents"))
    assert balance_cents(Kind.BANK) == drafted.cents == 5 * (100 + 101 + 102)
    assert Statement.objects.count() == 3
    assert books_are_clean()
