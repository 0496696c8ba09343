"""Whatever happens in whatever order, the books agree and every shop is paid what it earned."""

import contextlib
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubshops.deliveries.models import Delivery
from hubshops.shops.models import Shop
from kernel.refusals import Refusal
from payouts.accruals.actions import accrue_waiting
from payouts.ledger.queries import payables
from payouts.payruns import actions
from payouts.payruns.models import PayRun, Transfer
from payouts.providers import actions as providers
from payouts.providers.actions import BankFile, let_payouts_go_on
from payouts.providers.models import GatewayName, PaymentFile
from payouts.providers.rules import Outcome, Receipt
from payouts.rates.actions import agree_rate
from payouts.statements.actions import issue_statements
from payouts.statements.models import Statement
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.factories import DAY, MORNING, make_delivery, make_shop
from tests.payouts.helpers import (
    agree,
    approve,
    beyond_cap,
    make_olga,
    make_pavel,
    on_hold,
    promise,
    void,
)

pytestmark = pytest.mark.django_db
STEPS = ["deliver", "void", "accrue", "draft", "approve", "cancel", "send", "confirm", "issue"]
STEPS += ["deliver", "deliver", "deliver_beyond", "new_rate", "hold", "let_go"]


class Rollback(Exception):
    """Ends an example and takes all of it back."""


class SometimesFailing(BankFile):
    """The bank's file, but every third payment is refused and every fourth call has no answer."""

    most_at_once = 2
    lease = dt.timedelta(0)

    def __init__(self) -> None:
        self.calls = 0

    def send(self, orders, *, at):
        self.calls += 1
        if self.calls % 4 == 0:
            super().send(orders, at=at)
            return [Receipt(order.key, Outcome.UNKNOWN) for order in orders]
        refused = [order for order in orders if int(order.key.split(":")[1]) % 3 == 0]
        sent = super().send([order for order in orders if order not in refused], at=at)
        return sent + [Receipt(order.key, Outcome.FAILED, error="closed") for order in refused]


class World:
    """Three shops, two people, and what each step does."""

    def __init__(self) -> None:
        self.olga, self.pavel, self.at = make_olga(), make_pavel(), MORNING
        self.shops = [make_shop(f"Shop {number}") for number in range(3)]
        agree(self.shops[0], 150)
        agree_rate(station=self.shops[0].station, amount_cents=120, first_day=DAY, at=MORNING)
        promise(75, station=self.shops[0].station)
        promise(90, shop=self.shops[1])

    def step(self, name: str, which: int) -> None:
        """One step, an hour later; what is refused changes nothing."""
        self.at += dt.timedelta(hours=1)
        with contextlib.suppress(Refusal):
            getattr(self, name)(which)

    def shop(self, which: int) -> Shop:
        return self.shops[which % 3]

    def run(self, *statuses: str) -> int:
        found = PayRun.objects.filter(status__in=statuses).first()
        return found.pk if found else 0

    def deliver(self, which: int) -> None:
        for _ in range(1 + which % 3):
            make_delivery(shop=self.shop(which), at=self.at)

    def deliver_beyond(self, which: int) -> None:
        beyond_cap(make_delivery(shop=self.shop(which), at=self.at))

    def void(self, which: int) -> None:
        standing = list(Delivery.objects.standing().order_by("pk"))
        if standing:
            void(standing[which % len(standing)], at=self.at)

    def accrue(self, which: int) -> None:
        accrue_waiting(at=self.at)

    def draft(self, which: int) -> None:
        actions.draft_run(through=DAY + dt.timedelta(days=which % 4), by=self.olga, at=self.at)

    def approve(self, which: int) -> None:
        if run := PayRun.objects.filter(status="drafted").first():
            approve(run, by=self.pavel, at=self.at)

    def cancel(self, which: int) -> None:
        run_id = self.run("drafted", "approved", "sending")
        actions.cancel_run(run_id=run_id, by=self.olga, at=self.at)

    def send(self, which: int) -> None:
        actions.send_run(run_id=self.run("approved", "sending"), at=self.at)

    def confirm(self, which: int) -> None:
        if file := PaymentFile.objects.filter(bank_reference="").first():
            actions.confirm_file(file_id=file.pk, bank_reference="B", by=self.olga, at=self.at)

    def issue(self, which: int) -> None:
        issue_statements(at=self.at)

    def new_rate(self, which: int) -> None:
        first_day = self.at.date() + dt.timedelta(days=1)
        agree_rate(shop=self.shop(which), amount_cents=100 + which, first_day=first_day, at=self.at)

    def hold(self, which: int) -> None:
        on_hold(shop=self.shop(which), by=self.olga, at=self.at, reason="Asked")

    def let_go(self, which: int) -> None:
        let_payouts_go_on(shop=self.shop(which), by=self.olga, at=self.at)

    def settle(self) -> None:
        """The end: everything waiting is booked, paid and written up."""
        for name in ["let_go"] * 3 + ["accrue", "send", "send", "confirm"]:
            for which in range(3):
                self.step(name, which)
        issue_statements(at=self.at)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 7)), max_size=22))
def test_the_books_agree_whatever_happens(steps):
    usual = providers.gateways[GatewayName.BANK_FILE]
    providers.gateways[GatewayName.BANK_FILE] = SometimesFailing()
    try:
        with transaction.atomic():
            world = World()
            for name, which in steps:
                world.step(name, which)
            world.settle()
            found = check_of_books(at=world.at)
            assert is_clean(found), found
            every_shop_got_what_it_earned()
            raise Rollback
    except Rollback:
        pass
    finally:
        providers.gateways[GatewayName.BANK_FILE] = usual


def every_shop_got_what_it_earned() -> None:
    """Earned = paid + on its way + owed, from the deliveries up."""
    owed = payables()
    for shop in Shop.objects.all():
        earned = sum(
            accrual.amount_cents
            for delivery in Delivery.objects.standing().filter(shop=shop)
            for accrual in delivery.accruals.all()
        )
        moving = Transfer.objects.filter(
            shop=shop, status__in=["ready", "sending", "sent", "settled"]
        )
        assert earned == owed.get(shop.pk, 0) + sum(moving.values_list("amount_cents", flat=True))
        paid = Transfer.objects.filter(shop=shop, status__in=["sent", "settled"])
        assert Statement.objects.filter(shop=shop).count() == paid.count()
