"""Booking that was killed in the middle, done twice, or by two processes at once, ends as one that
nobody disturbed."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from hubshops.deliveries.models import Delivery
from payouts.accruals.actions import accrue_waiting, sweeping
from payouts.accruals.models import Accrual
from payouts.ledger.models import Posting
from payouts.payruns.actions import draft_run
from payouts.payruns.models import HeldShop, PayRun, RunStage, Transfer, TransferItem
from payouts.payruns.queries import snapshot_of
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.factories import DAY, make_shop
from tests.faults.commands import run, started
from tests.payouts.helpers import LATER, earn, make_olga

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault, pytest.mark.suite]


@pytest.fixture(autouse=True)
def _ten_chunks(monkeypatch):
    """Forty deliveries are ten chunks."""
    monkeypatch.setattr(sweeping, "CHUNK", 4)


@pytest.fixture
def shops():
    shops = [make_shop(f"Shop {number}") for number in range(4)]
    for number, shop in enumerate(shops):
        earn(shop, 10, cents=100 + number)
    return shops


def booked() -> tuple[list, list]:
    """Every fee with its rate, and every posting with what it books, without the numbers that
    PostgreSQL gives them."""
    fees = Accrual.objects.order_by("delivery_id", "kind").values_list(
        "delivery_id", "kind", "rate_id", "amount_cents", "entry__source_key"
    )
    postings = Posting.objects.order_by("entry__source_key").values_list(
        "entry__source_key", "entry__booked_on", "debit__kind", "credit__shop_id", "amount_cents"
    )
    return list(fees), list(postings)


def whole_chunks() -> bool:
    """Whether of each chunk all deliveries have their fee, or none."""
    fees = set(Accrual.objects.values_list("delivery_id", flat=True))
    chunks: dict[int, set[bool]] = {}
    for pk in Delivery.objects.values_list("pk", flat=True):
        chunks.setdefault((pk - 1) // 4, set()).add(pk in fees)
    return all(len(found) == 1 for found in chunks.values())


def undisturbed() -> tuple[list, list]:
    """What one sweep books that nobody disturbs; taken back again."""
    with transaction.atomic():
        accrue_waiting(at=LATER)
        found = booked()
        transaction.set_rollback(True)
    assert not Accrual.objects.exists()
    return found


def test_killed_in_the_fourth_chunk_of_ten_and_started_again(shops):
    expected = undisturbed()
    run("accrue", failpoint="accrual_chunk_written:4")
    assert 8 < Accrual.objects.count() <= 12
    assert whole_chunks()
    run("accrue")
    assert booked() == expected
    run("accrue")
    assert booked() == expected


def test_two_processes_at_the_same_time(shops):
    expected = undisturbed()
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda _number: started("accrue"), range(2)))
    assert [code for code, _words in ends] == [0, 0], ends
    assert booked() == expected


class Cut:
    """PostgreSQL ends this connection before its n-th statement, as a restart does."""

    def __init__(self, turn: int) -> None:
        self.turn = turn

    def __call__(self, execute, sql, params, many, context):
        self.turn -= 1
        if self.turn == 0:
            with contextlib.suppress(psycopg.OperationalError):
                context["cursor"].cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return execute(sql, params, many, context)


def cut_off(turn: int, work) -> bool:
    """Whether some work was cut off at a statement; the connection is a new one afterwards."""
    try:
        with connection.execute_wrapper(Cut(turn)):
            work()
    except OperationalError:
        connection.close()
        return True
    return False


def test_a_database_that_goes_away_during_a_sweep_leaves_whole_chunks(shops):
    expected = undisturbed()
    for turn in (3, 9, 20, 40):
        assert cut_off(turn, lambda: accrue_waiting(at=LATER))
        assert whole_chunks()
    accrue_waiting(at=LATER)
    assert booked() == expected


def test_a_database_that_goes_away_during_a_freeze_leaves_no_part_of_a_run(shops):
    olga, cuts = make_olga(), 0
    accrue_waiting(at=LATER)
    for turn in range(4, 400, 11):
        if not cut_off(turn, lambda: draft_run(through=DAY, by=olga, at=LATER)):
            break
        cuts += 1
        for table in (PayRun, Transfer, TransferItem, HeldShop, RunStage):
            assert not table.objects.exists()
    assert cuts >= 4
    drafted = PayRun.objects.get()
    assert (drafted.shops, drafted.cents) == (4, 10 * (100 + 101 + 102 + 103))
    assert snapshot_of(drafted) == drafted.snapshot
    found = check_of_books(at=LATER)
    assert is_clean(found), found
