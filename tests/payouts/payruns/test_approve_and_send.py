"""A second person approves, the gateway is asked once, the bank confirms."""

import datetime as dt

import pytest

from kernel.jobs.models import Job
from payouts.ledger.models import Entry
from payouts.ledger.queries import balance_cents, payable_cents, trial_balance_cents
from payouts.ledger.rules import Kind
from payouts.payruns.actions import (
    approve_run,
    cancel_run,
    confirm_file,
    draft_run,
    order_sending,
    send_run,
    send_waiting,
)
from payouts.payruns.actions.approving import MayNotApprove, OwnDraft, RunWasChanged, TotalDiffers
from payouts.payruns.actions.beginning import RunIsNotApproved
from payouts.payruns.actions.booking import MayNotHandle, RunHasMovedOn
from payouts.payruns.models import PayRun, Transfer
from payouts.payruns.queries import UnknownRun
from payouts.providers import actions as providers
from payouts.providers.actions import FileIsConfirmed, FileIsNotComplete, NoBankReference
from payouts.providers.models import GatewayName, PaymentFile, PaymentLine
from payouts.providers.rules import Outcome, Receipt
from tests.factories import DAY, make_shop, make_staff
from tests.payouts.helpers import LATER, approve, earn, make_olga, make_pavel

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_olga()


@pytest.fixture
def pavel():
    return make_pavel()


@pytest.fixture
def shop():
    shop = make_shop()
    earn(shop)
    return shop


@pytest.fixture
def run(olga, shop):
    return draft_run(through=DAY, by=olga, at=LATER)


def test_approval_books_the_money_as_on_its_way(run, pavel, shop):
    approve(run, by=pavel, at=LATER, typed_cents=350)
    run.refresh_from_db()
    assert (run.status, run.approved_by, run.approved_snapshot) == ("approved", pavel, run.snapshot)
    assert payable_cents(shop.pk) == 0
    assert balance_cents(Kind.PAYOUT_CLEARING) == 350
    assert Transfer.objects.get().status == "ready"


def test_a_second_click_changes_nothing(run, pavel):
    for _ in range(2):
        approve(run, by=pavel, at=LATER)
    assert Entry.objects.filter(source_type="transfer_approved").count() == 1
    assert balance_cents(Kind.PAYOUT_CLEARING) == 350


def test_nobody_approves_their_own_draft(run, olga):
    with pytest.raises(OwnDraft, match="You drafted this run"):
        approve(run, by=olga, at=LATER)
    assert PayRun.objects.get().status == "drafted"
    assert not Entry.objects.filter(source_type="transfer_approved").exists()


def test_people_who_do_not_approve_are_refused(run):
    kim = make_staff("Kim", "finance_drafter")
    with pytest.raises(MayNotApprove):
        approve(run, by=kim, at=LATER)
    assert PayRun.objects.get().status == "drafted"


def test_a_wrong_total_is_refused(run, pavel):
    with pytest.raises(TotalDiffers, match=r"You typed \$3.05, and the run’s total is \$3.50"):
        approve(run, by=pavel, at=LATER, typed_cents=305)
    assert PayRun.objects.get().status == "drafted"


def test_an_unknown_run_is_refused(pavel):
    with pytest.raises(UnknownRun, match="number 4711"):
        approve_run(run_id=4711, by=pavel, at=LATER)


def test_a_run_changed_behind_its_freeze_is_refused(run, pavel):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE transfer SET payee_reference = 'somebody-else'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(RunWasChanged):
        approve(run, by=pavel, at=LATER)
    assert PayRun.objects.get().status == "drafted"


def test_a_run_that_is_not_approved_is_not_sent(run, olga):
    with pytest.raises(RunIsNotApproved, match=f"Pay run {run.pk} is not approved"):
        send_run(run_id=run.pk, at=LATER)
    with pytest.raises(RunIsNotApproved):
        order_sending(run_id=run.pk, by=olga, at=LATER)
    assert not PaymentLine.objects.exists()
    assert PayRun.objects.get().status == "drafted"


def test_sending_writes_the_payment_file_and_books_the_money_as_gone(run, pavel, shop):
    approve(run, by=pavel, at=LATER)
    assert send_run(run_id=run.pk, at=LATER).status == "confirming"
    transfer, line = Transfer.objects.get(), PaymentLine.objects.get()
    assert (transfer.status, transfer.provider_reference) == ("sent", line.reference)
    assert (line.key, line.amount_cents, line.payee_name) == (transfer.key, 350, shop.name)
    assert line.reference == "PF-2026-00001-000001"
    assert line.file.closed_at == LATER
    assert balance_cents(Kind.PAYOUT_CLEARING) == 0
    assert balance_cents(Kind.BANK) == 350
    assert trial_balance_cents() == 0


def test_sending_again_changes_nothing(run, pavel):
    approve(run, by=pavel, at=LATER)
    for _ in range(2):
        assert send_run(run_id=run.pk, at=LATER).status == "confirming"
    assert PaymentLine.objects.count() == 1
    assert Entry.objects.filter(source_type="transfer_sent").count() == 1


def test_many_transfers_go_out_in_batches(run, olga, pavel, monkeypatch):
    monkeypatch.setattr(providers.BankFile, "most_at_once", 2)
    for number in range(5):
        earn(make_shop(f"Shop {number}"), 1)
    big = draft_run(through=DAY, by=olga, at=LATER)
    approve(big, by=pavel, at=LATER)
    assert send_run(run_id=big.pk, at=LATER).status == "confirming"
    file = PaymentFile.objects.get()
    assert list(file.lines.values_list("position", flat=True)) == [1, 2, 3, 4, 5]


def test_a_person_starts_the_sending_and_a_worker_does_it(run, olga, pavel):
    approve(run, by=pavel, at=LATER)
    for _ in range(2):
        assert order_sending(run_id=run.pk, by=olga, at=LATER).status == "sending"
    job = Job.objects.get(name="payruns.send")
    assert job.args == {"run_id": run.pk}
    assert send_waiting(at=LATER) == 1
    assert PayRun.objects.get().status == "confirming"
    assert send_waiting(at=LATER) == 0


def test_only_finance_sends_cancels_and_confirms(run):
    kim = make_staff("Kim", "dispatcher")
    for act in (order_sending, cancel_run):
        with pytest.raises(MayNotHandle):
            act(run_id=run.pk, by=kim, at=LATER)
    assert PayRun.objects.get().status == "drafted"


def test_the_banks_reference_settles_the_run(run, olga, pavel):
    approve(run, by=pavel, at=LATER)
    send_run(run_id=run.pk, at=LATER)
    file = PaymentFile.objects.get()
    with pytest.raises(NoBankReference):
        confirm_file(file_id=file.pk, bank_reference="  ", by=olga, at=LATER)
    for _ in range(2):
        done = confirm_file(file_id=file.pk, bank_reference="BNK-1", by=olga, at=LATER)
    assert (done.status, done.done_at) == ("done", LATER)
    assert Transfer.objects.get().status == "settled"
    with pytest.raises(FileIsConfirmed, match="BNK-1"):
        confirm_file(file_id=file.pk, bank_reference="BNK-2", by=olga, at=LATER)
    assert PaymentFile.objects.get().bank_reference == "BNK-1"


def test_an_approved_run_can_be_taken_back_before_it_is_sent(run, olga, pavel, shop):
    approve(run, by=pavel, at=LATER)
    cancel_run(run_id=run.pk, by=pavel, at=LATER, reason="Wrong week")
    assert payable_cents(shop.pk) == 350
    assert balance_cents(Kind.PAYOUT_CLEARING) == 0
    back = Entry.objects.get(source_type="transfer_released")
    assert back.reverses.source_type == "transfer_approved"
    assert draft_run(through=DAY, by=olga, at=LATER).cents == 350


def test_a_run_that_is_sent_cannot_be_cancelled(run, olga, pavel):
    approve(run, by=pavel, at=LATER)
    send_run(run_id=run.pk, at=LATER)
    with pytest.raises(RunHasMovedOn, match="Waiting for the bank"):
        cancel_run(run_id=run.pk, by=olga, at=LATER)
    with pytest.raises(RunHasMovedOn):
        approve(run, by=make_staff("Quinn", "finance_approver"), at=LATER)
    assert PayRun.objects.get().status == "confirming"


class Moody:
    """A gateway that answers what a test wants; it keeps what it was asked."""

    most_at_once = 10
    lease = dt.timedelta(seconds=20)

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes, self.asked, self.looked_up = list(outcomes), [], []

    def send(self, orders, *, at):
        self.asked.append([order.key for order in orders])
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        reference = "P-1" if outcome == Outcome.SENT else ""
        error = "" if outcome == Outcome.SENT else "account closed"
        return [Receipt(order.key, outcome, reference, error) for order in orders]

    def find(self, orders, *, at):
        self.looked_up.append([order.key for order in orders])
        return [Receipt(order.key, Outcome.ABSENT) for order in orders]

    def available_cents(self):
        return None


def test_a_failed_transfer_is_owed_again_and_the_run_ends(run, olga, pavel, shop, monkeypatch):
    monkeypatch.setitem(providers.gateways, GatewayName.BANK_FILE, Moody(Outcome.FAILED))
    approve(run, by=pavel, at=LATER)
    assert send_run(run_id=run.pk, at=LATER).status == "done"
    transfer = Transfer.objects.get()
    assert (transfer.status, transfer.error) == ("failed", "account closed")
    assert payable_cents(shop.pk) == 350
    assert balance_cents(Kind.PAYOUT_CLEARING) == balance_cents(Kind.BANK) == 0
    again = draft_run(through=DAY, by=olga, at=LATER)
    assert again.cents == 350
    assert again.transfers.get().key != transfer.key


def test_an_unknown_outcome_is_looked_up_and_asked_again_with_the_same_key(run, pavel, monkeypatch):
    gateway = Moody(Outcome.UNKNOWN, Outcome.SENT)
    monkeypatch.setitem(providers.gateways, GatewayName.BANK_FILE, gateway)
    approve(run, by=pavel, at=LATER)
    assert send_run(run_id=run.pk, at=LATER).status == "sending"
    assert send_run(run_id=run.pk, at=LATER).status == "sending"
    assert len(gateway.asked) == 1
    after = LATER + dt.timedelta(seconds=61)
    assert send_run(run_id=run.pk, at=after).status == "confirming"
    assert gateway.asked[0] == gateway.asked[1]
    transfer = Transfer.objects.get()
    assert gateway.looked_up == gateway.asked[:1]
    assert (transfer.attempts, transfer.first_sent_at) == (3, LATER)
    assert balance_cents(Kind.BANK) == 350


def test_a_file_is_not_confirmed_while_it_is_written(run, olga, pavel):
    approve(run, by=pavel, at=LATER)
    file = providers.open_file(batch_key=f"run:{run.pk}", at=LATER)
    with pytest.raises(FileIsNotComplete):
        confirm_file(file_id=file.pk, bank_reference="BNK-1", by=olga, at=LATER)
