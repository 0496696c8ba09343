"""A process that drafts, approves or sends is killed at a random statement, again and again: in the
end each shop has one payment a run, and their sum is what was earned, to the cent.

The suite kills three; `make campaign` a hundred, in runs of 300 shops (`PAY_RUN_KILLS`)."""

import os
import random
import signal
import tempfile

import pytest
from django.db import connection
from django.db.models import Count, Sum

from hubshops.shops.models import Shop
from kernel import clock
from payouts.accruals.models import Accrual
from payouts.ledger.queries import balance_cents
from payouts.ledger.rules import Kind
from payouts.payruns.models import PayRun, Transfer
from payouts.providers.models import PaymentLine
from payouts.rates.actions import agree_rate
from payouts.statements.models import Statement
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.factories import DAY, MORNING, make_packages, make_shop, make_station
from tests.faults.commands import in_the_fork
from tests.payouts.helpers import make_olga, make_pavel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]
KILLS_A_RUN = 10


class Death:
    """Ends this process by SIGKILL just before or just after its n-th statement."""

    def __init__(self, turn: int, *, is_after: bool) -> None:
        self.turn, self.is_after = turn, is_after

    def __call__(self, execute, *call):
        self.turn -= 1
        if self.turn == 0 and not self.is_after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = execute(*call)
        if self.turn == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def in_a_process(*command: str, death: Death | None = None) -> bool:
    """Run a command of the portal in a fork of this process; whether it was killed."""
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if not child:
            if death:
                connection.execute_wrappers.append(death)
            in_the_fork(command, "", said)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        assert code in (0, -signal.SIGKILL), said.read()
        return code != 0


def killed_now_and_then(*command: str, dice: random.Random, kills: int, longest: int) -> int:
    """Ask for a command, killed so many times at most; then once more, to its end. How often it was
    killed."""
    killed = 0
    for _ in range(kills):
        death = Death(dice.randint(1, longest), is_after=dice.random() < 0.5)
        if not in_a_process(*command, death=death):
            break
        killed += 1
    return killed


def one_run(dice: random.Random, olga, pavel, *, kills: int) -> int:
    """Everybody delivers, then a run is drafted, approved and sent; how many processes died."""
    state = "DELIVERED"
    for shop in Shop.objects.order_by("pk"):
        make_packages(dice.randint(1, 2), shop=shop, state=state, day=DAY, at=MORNING)
    before = set(PayRun.objects.values_list("pk", flat=True))
    draft = ("pay_run", "draft", "--through", str(DAY), "--by", olga.email)
    part = max(1, kills // 5)
    killed = killed_now_and_then(*draft, dice=dice, kills=part, longest=45)
    if not PayRun.objects.exclude(pk__in=before).exists():
        assert not in_a_process(*draft)
    run = PayRun.objects.exclude(pk__in=before).get()
    approve = ("pay_run", "approve", str(run.pk), "--by", pavel.email)
    killed += killed_now_and_then(*approve, dice=dice, kills=part, longest=16)
    assert not in_a_process(*approve)
    send = ("pay_run", "send", str(run.pk))
    left = max(1, kills - killed)
    killed += killed_now_and_then(*send, dice=dice, kills=left, longest=150)
    assert not in_a_process(*send)
    return killed


def play(*, shops: int, kills: int) -> None:
    """Runs until so many processes were killed; then everything adds up."""
    dice = random.Random(kills)
    olga, pavel, station = make_olga(), make_pavel(), make_station()
    agree_rate(station=station, amount_cents=173, first_day=DAY, at=MORNING)
    for number in range(shops):
        make_shop(f"Shop {number}", station=station)
    killed = 0
    while killed < kills:
        killed += one_run(dice, olga, pavel, kills=min(KILLS_A_RUN, kills - killed))
    earned = Accrual.objects.aggregate(cents=Sum("amount_cents"))["cents"]
    lines = PaymentLine.objects.aggregate(cents=Sum("amount_cents"), count=Count("key"))
    runs = PayRun.objects.count()
    assert lines == {"cents": earned, "count": runs * shops}
    assert (
        Transfer.objects.filter(status="sent").count() == runs * shops == Transfer.objects.count()
    )
    assert not Transfer.objects.values("run", "shop").annotate(n=Count("pk")).filter(n__gt=1)
    assert balance_cents(Kind.BANK) == earned
    assert Statement.objects.count() == runs * shops
    found = check_of_books(at=clock.now())
    assert is_clean(found), found


def test_processes_killed_at_random_statements_pay_each_shop_once():
    play(shops=24, kills=3)


@pytest.mark.campaign
def test_a_hundred_killed_processes_pay_each_shop_once():
    play(shops=300, kills=int(os.environ.get("PAY_RUN_KILLS", "100")))
