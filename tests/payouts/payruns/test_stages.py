"""A run passes its stages in their order: the first few payments before all others, and one switch
that stops every payment."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hubshops.shops.models import Shop
from kernel.audit.models import Decision
from payouts.accruals.actions import accrue_waiting
from payouts.ledger.models import Entry
from payouts.payruns import queries
from payouts.payruns.actions import (
    approve_run,
    cancel_run,
    draft_run,
    note_books_checked,
    order_sending,
    send_run,
    send_waiting,
)
from payouts.payruns.actions.approving import BooksNotChecked
from payouts.payruns.models import PayRun, RunStage, RunStop, Transfer
from payouts.payruns.rules import Canary, canary_size, judge_canary, median_cents
from payouts.providers.actions import (
    PaymentsAreStopped,
    gateways,
    let_payments_go_on,
    open_payout_accounts,
    stop_payments,
)
from payouts.providers.actions.bank_files import BankFile
from payouts.providers.actions.stopping import MayNotLetGoOn, MayNotStop, SayWhyPaymentsStop
from payouts.providers.models import PaymentFile, PaymentsStop, PayoutAccount
from payouts.providers.rules import Outcome, Receipt
from payouts.statements.actions import check_books
from tests.factories import DAY, make_shop, make_staff, make_station
from tests.payouts.helpers import LATER, approve, earn, make_olga, make_pavel, pay, refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_olga()


@pytest.fixture
def pavel():
    return make_pavel()


@pytest.fixture
def shops():
    """Twenty-four shops, of which three are paid first."""
    station = make_station("BIG")
    for number in range(24):
        earn(make_shop(f"Shop {number:02}", station=station), 1)
    return list(Shop.objects.order_by("pk"))


def approved(olga, pavel) -> PayRun:
    run = draft_run(through=DAY, by=olga, at=LATER)
    return approve(run, by=pavel, at=LATER)


def stages(run: PayRun) -> list[str]:
    return [stage.name for stage in queries.stages_of(run)]


@pytest.mark.parametrize(
    ("payments", "first"),
    [
        (0, 0),
        (1, 0),
        (5, 0),  # a handful
        (6, 1),
        (11, 1),
        (12, 2),
        (17, 2),
        (18, 3),
        (24, 3),
        (300, 3),
        (399, 3),
        (400, 4),
        (1000, 10),
        (10_000, 100),
    ],
)
def test_some_go_first_whenever_there_are_more_than_a_handful(payments, first):
    assert canary_size(payments) == first


def test_more_payments_never_have_fewer_first_and_the_first_are_never_half():
    sizes = [canary_size(payments) for payments in range(1000)]
    assert sizes == sorted(sizes)
    assert all(size * 5 < payments for payments, size in enumerate(sizes) if size)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ({"sent": 3}, Canary.GO_ON),
        ({"sent": 2, "on_hold": 1}, Canary.GO_ON),
        ({"settled": 1}, Canary.GO_ON),
        ({"sent": 2, "unknown": 1}, Canary.WAIT),
        ({"sent": 2, "ready": 1}, Canary.WAIT),
        ({"sent": 2, "failed": 1}, Canary.STOP),
        ({"on_hold": 3}, Canary.STOP),
        ({}, Canary.STOP),
    ],
)
def test_the_rest_follows_when_the_first_came_through(statuses, verdict):
    assert judge_canary(statuses) == verdict


def test_the_middle_of_some_amounts():
    assert median_cents([]) == 0
    assert median_cents([5]) == 5
    assert median_cents([1, 2, 900]) == 2
    assert median_cents([1, 2]) == 1


def test_a_run_passes_its_stages_in_their_order(olga, pavel, shops):
    run = approved(olga, pavel)
    assert stages(run) == ["frozen", "computed", "checked", "books", "approved"]
    send_run(run_id=run.pk, at=LATER, by=pavel)
    assert stages(run)[5:] == ["canary", "sending", "confirming"]
    canary = RunStage.objects.get(run=run, name="canary")
    assert (canary.by, canary.figures) == (pavel, {"payments": 3})
    assert not run.transfers.exclude(status="sent").exists()


@pytest.mark.parametrize(("payments", "first"), [(5, 0), (6, 1), (13, 2)])
def test_a_handful_has_no_canary_and_a_small_run_a_small_one(olga, pavel, payments, first):
    for number in range(payments):
        earn(make_shop(f"Shop {number:02}"), 1)
    run = pay(olga, pavel)
    assert run.transfers.filter(is_canary=True).count() == first
    assert stages(run)[5:] == (["canary"] if first else []) + ["sending", "confirming"]
    assert run.transfers.filter(status="sent").count() == payments


def test_of_the_payments_of_a_small_run_one_fails_and_the_others_stay(olga, pavel, bank):
    for number in range(6):
        earn(make_shop(f"Shop {number}"), 1)
    run = approved(olga, pavel)
    send_run(run_id=run.pk, at=LATER)
    assert len(bank.asked) == 1
    assert run.transfers.filter(status="ready").count() == 5


def test_each_gateway_of_a_run_has_a_canary_of_its_own(olga, shops):
    accrue_waiting(at=LATER)
    open_payout_accounts()
    for shop in shops[:6]:
        PayoutAccount.objects.filter(shop=shop).update(
            gateway="stripe",
            capability="active",
            provider_reference=f"acct_{shop.pk}",
            payee_reference=f"acct_{shop.pk}",
        )
    run = draft_run(through=DAY, by=olga, at=LATER)
    first = run.transfers.filter(is_canary=True).values_list("gateway", flat=True)
    assert sorted(first) == ["bank_file"] * 3 + ["stripe"]


class FailsTheFirst(BankFile):
    """Says no to what it is asked first, with proof that nothing moved."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome, self.asked = outcome, []

    def send(self, orders, *, at):
        self.asked += [order.key for order in orders]
        if self.outcome == Outcome.SENT:
            return super().send(orders, at=at)
        return [Receipt(order.key, self.outcome, error="Account closed") for order in orders]


@pytest.fixture
def bank(monkeypatch):
    bank = FailsTheFirst(Outcome.FAILED)
    monkeypatch.setitem(gateways, "bank_file", bank)
    return bank


def test_when_the_first_fail_all_others_wait_for_a_person(olga, pavel, shops, bank):
    run = approved(olga, pavel)
    run = send_run(run_id=run.pk, at=LATER)
    first = set(Transfer.objects.filter(is_canary=True).values_list("key", flat=True))
    assert set(bank.asked) == first
    assert len(first) == 3
    run = PayRun.objects.get()
    assert (run.status, RunStop.objects.get().code) == ("sending", "canary_failed")
    assert run.transfers.filter(status="ready").count() == 21
    send_waiting(at=LATER + dt.timedelta(minutes=5))
    assert len(bank.asked) == 3  # no sweep goes on by itself

    bank.outcome = Outcome.SENT
    order_sending(run_id=run.pk, by=pavel, at=LATER)
    run = send_run(run_id=run.pk, at=LATER)
    assert run.transfers.filter(status="sent").count() == 21
    assert stages(run)[5:] == ["canary", "sending", "confirming"]
    assert RunStage.objects.get(run=run, name="sending").by == pavel


def test_while_it_is_unknown_what_became_of_the_first_all_others_wait(olga, pavel, shops, bank):
    bank.outcome = Outcome.UNKNOWN
    run = approved(olga, pavel)
    send_run(run_id=run.pk, at=LATER)
    assert len(bank.asked) == 3
    assert not RunStop.objects.exists()
    assert stages(run)[-1] == "canary"


def test_the_switch_stops_every_payment_until_an_approver_lets_them_go_on(olga, pavel, shops):
    run = approved(olga, pavel)
    stop = stop_payments(reason="The bank called.", by=olga, at=LATER)
    assert stop_payments(reason="Again.", by=pavel, at=LATER) == stop
    with pytest.raises(PaymentsAreStopped, match="The bank called"):
        send_run(run_id=run.pk, at=LATER)
    assert PayRun.objects.get().status == "approved"
    with pytest.raises(MayNotLetGoOn):
        let_payments_go_on(by=make_staff("Dora", "finance_drafter"), at=LATER)
    assert let_payments_go_on(by=pavel, at=LATER)
    assert not let_payments_go_on(by=pavel, at=LATER)
    send_run(run_id=run.pk, at=LATER)
    assert not run.transfers.exclude(status="sent").exists()
    assert Decision.objects.filter(action="stop_payments", by=olga).exists()


def test_a_run_on_its_way_stops_in_the_middle(olga, pavel, shops, monkeypatch):
    run = approved(olga, pavel)
    bank = BankFile()

    class Stopping(BankFile):
        most_at_once = 2

        def send(self, orders, *, at):
            stop_payments(reason="The bank called.", by=olga, at=at)
            return bank.send(orders, at=at)

    monkeypatch.setitem(gateways, "bank_file", Stopping())
    send_run(run_id=run.pk, at=LATER)
    assert run.transfers.filter(status="sent").count() == 2
    assert run.transfers.filter(status="ready").count() == 22
    monkeypatch.setitem(gateways, "bank_file", bank)
    let_payments_go_on(by=pavel, at=LATER)
    send_waiting(at=LATER)
    assert run.transfers.filter(status="sent").count() == 24


class StopsAtTheLast(BankFile):
    """Writes all it is asked, and then everything is stopped."""

    def send(self, orders, *, at):
        receipts = super().send(orders, at=at)
        stop_payments(reason="The bank called.", by=None, at=at)
        return receipts


def test_no_payment_file_is_closed_while_payments_are_stopped(olga, pavel, monkeypatch):
    earn(make_shop())
    run = approved(olga, pavel)
    monkeypatch.setitem(gateways, "bank_file", StopsAtTheLast())
    assert send_run(run_id=run.pk, at=LATER).status == "sending"
    assert run.transfers.get().status == "sent"
    assert PaymentFile.objects.get().closed_at is None
    send_waiting(at=LATER)
    with refused_by("no payment file is closed while payments are stopped") as cursor:
        cursor.execute("UPDATE payment_file SET closed_at = now()")
    let_payments_go_on(by=pavel, at=LATER)
    send_waiting(at=LATER)
    assert PaymentFile.objects.get().closed_at == LATER
    assert PayRun.objects.get().status == "confirming"


@pytest.mark.parametrize("kind", ["csv", "ach"])
def test_no_payment_file_is_handed_out_while_payments_are_stopped(
    olga, pavel, client, settings, kind
):
    settings.ACH_BANK_ROUTING = "091000019"
    shop = make_shop()
    earn(shop)
    run = pay(olga, pavel)
    file = PaymentFile.objects.get()
    address = f"/ops/payment-files/{file.number}.{kind}"
    stop_payments(reason="The bank called.", by=olga, at=LATER)
    client.force_login(pavel)
    answer = client.get(address, follow=True)
    assert answer.redirect_chain == [("/ops/bank-accounts/", 302)]
    assert "All payments are stopped: The bank called." in answer.text
    assert not Decision.objects.filter(action="download_payment_file").exists()
    page = client.get(f"/ops/payruns/{run.pk}/").text
    assert "can’t be downloaded while all payments are stopped" in page
    assert address not in page
    let_payments_go_on(by=pavel, at=LATER)
    assert address in client.get(f"/ops/payruns/{run.pk}/").text
    if kind == "csv":
        assert client.get(address).headers["Content-Type"].startswith("text/csv")
        assert Decision.objects.get(action="download_payment_file").by == pavel


def test_nothing_is_approved_while_payments_are_stopped(olga, pavel):
    earn(make_shop())
    run = draft_run(through=DAY, by=olga, at=LATER)
    stop_payments(reason="The books are off.", by=None, at=LATER)
    with pytest.raises(PaymentsAreStopped):
        approve(run, by=pavel, at=LATER)
    assert PayRun.objects.get().status == "drafted"


def test_nobody_approves_before_the_books_were_checked(olga, pavel):
    earn(make_shop())
    run = draft_run(through=DAY, by=olga, at=LATER)
    with pytest.raises(BooksNotChecked, match="takes a minute"):
        approve_run(run_id=run.pk, by=pavel, at=LATER)
    assert PayRun.objects.get().status == "drafted"
    assert not Entry.objects.filter(source_type="transfer_approved").exists()
    check_books(at=LATER)
    assert RunStage.objects.get(run=run, name="books").figures == {"findings": 0}
    assert approve_run(run_id=run.pk, by=pavel, at=LATER).status == "approved"


def test_a_check_before_the_draft_is_not_the_check_of_the_run(olga, pavel):
    earn(make_shop())
    check_books(at=LATER)
    run = draft_run(through=DAY, by=olga, at=LATER)
    assert queries.unchecked_runs() == [run.pk]
    with pytest.raises(BooksNotChecked):
        approve_run(run_id=run.pk, by=pavel, at=LATER)


def test_a_run_that_was_cancelled_meanwhile_gets_no_stage(olga):
    earn(make_shop())
    run = draft_run(through=DAY, by=olga, at=LATER)
    cancel_run(run_id=run.pk, by=olga, at=LATER)
    note_books_checked(run_ids=[run.pk], findings=0, at=LATER)
    assert "books" not in stages(run)
    assert queries.unchecked_runs() == []


def test_the_database_lets_no_run_be_approved_before_the_books_were_checked(olga, pavel):
    earn(make_shop())
    draft_run(through=DAY, by=olga, at=LATER)
    with refused_by("pay_run_approved_after_the_books") as cursor:
        cursor.execute(
            "UPDATE pay_run SET status = 'approved', approved_by_id = %s, approved_at = now(),"
            " approved_snapshot = snapshot",
            [pavel.pk],
        )


def test_a_stop_says_why_and_is_made_by_people_of_money(olga):
    with pytest.raises(SayWhyPaymentsStop):
        stop_payments(reason=" ", by=olga, at=LATER)
    with pytest.raises(MayNotStop):
        stop_payments(reason="No.", by=make_staff("Dora", "dispatcher"), at=LATER)
    assert not PaymentsStop.objects.exists()


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        (
            "payments_stop_once_at_a_time",
            "INSERT INTO payments_stop (reason, begun_at) SELECT 'x', now()",
        ),
        ("payments_stop_ended_by_a_person", "UPDATE payments_stop SET ended_at = now()"),
        ("payments_stop_says_why", "UPDATE payments_stop SET reason = ''"),
        ("append-only", "UPDATE run_stage SET name = 'done'"),
        ("append-only", "DELETE FROM run_stage"),
        (
            "run_stage_once",
            "INSERT INTO run_stage (run_id, name, gateway, reached_at, figures)"
            " SELECT run_id, name, gateway, reached_at, figures FROM run_stage",
        ),
    ],
)
def test_the_laws_of_stages_and_stops_hold_in_sql(olga, law, statement):
    earn(make_shop())
    draft_run(through=DAY, by=olga, at=LATER)
    stop_payments(reason="The bank called.", by=olga, at=LATER)
    with refused_by(law) as cursor:
        cursor.execute(statement)


def test_two_stops_at_once_are_one(olga):
    stop_payments(reason="One.", by=olga, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentsStop.objects.create(reason="Two.", begun_at=LATER)


def test_samples_lead_to_the_event_and_are_chosen_by_the_draft(olga, shops):
    run = draft_run(through=DAY, by=olga, at=LATER)
    samples = queries.samples_of(run)
    assert len(samples) == 5
    assert samples == queries.samples_of(run)
    for one in samples:
        assert one["event_id"]
        assert one["amount_cents"] == one["rate_cents"] == 175
        assert one["rate_words"]


def test_an_approver_sees_what_is_usual_and_who_moved(olga, pavel):
    shop = make_shop()
    for week, packages in enumerate([2, 4, 6, 100, 3]):
        day = LATER + dt.timedelta(days=7 * week)
        earn(shop, packages, at=day)
        run = pay(olga, pavel, through=day.date(), at=day + dt.timedelta(hours=1))
    assert queries.usual_cents(run) == 5 * 175
    (mover,) = queries.movers_of(run)
    assert (mover.before_cents, mover.usual_cents) == (100 * 175, 5 * 175)
