"""Runs that pay some shops by file and others through Stripe: neither way waits for the other. And
answers that come after their transfer was put on hold."""

import dataclasses
import datetime as dt

import pytest

from payouts.ledger.models import Entry
from payouts.ledger.queries import balance_cents, payable_cents
from payouts.ledger.rules import Kind
from payouts.payruns import actions
from payouts.payruns.actions.beginning import (
    BalanceTooLow,
    ProviderDiffers,
    order_looked_at,
)
from payouts.payruns.actions.receipts import note_receipts
from payouts.payruns.actions.sending import claim_transfers, order_of
from payouts.payruns.models import PayRun, ProviderGap, RunStop, Transfer
from payouts.providers.actions import StripeIsSilent, refresh_account
from payouts.providers.gateways import stripe
from payouts.providers.models import PaymentFile, PayoutAccount
from payouts.providers.rules import Outcome, Receipt
from tests.factories import DAY, make_shop
from tests.faults.processes import free_port
from tests.local_stripe.books import assert_books
from tests.payouts.helpers import LATER, approve, connect, earn, make_olga, make_pavel, refused_by

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
LEASE = dt.timedelta(seconds=180)


@pytest.fixture
def people():
    return make_olga(), make_pavel()


@pytest.fixture
def shops(local_stripe):
    """Two shops that are paid by file, and two through Stripe; 2.00, 2.02, 2.04, 2.06 are due."""
    local_stripe.top_up(cents=100_000)
    local_stripe.clock(at=LATER.timestamp())
    shops = [make_shop(f"Shop {number}") for number in range(4)]
    for number, shop in enumerate(shops):
        earn(shop, cents=100 + number)
    for shop in shops[2:]:
        connect(local_stripe, shop)
    return shops


@pytest.fixture
def run(shops, people):
    run = actions.draft_run(through=DAY, by=people[0], at=LATER)
    return approve(run, by=people[1], at=LATER)


def statuses(gateway: str) -> list[str]:
    found = Transfer.objects.filter(gateway=gateway).order_by("pk")
    return list(found.values_list("status", flat=True))


def standing() -> list[tuple[str, str]]:
    stops = RunStop.objects.filter(ended_at=None)
    return list(stops.values_list("gateway", "code"))


def assert_file_went(run: PayRun) -> None:
    """The half that goes by file is sent, closed, and can be confirmed, whatever Stripe does."""
    assert statuses("bank_file") == ["sent"] * 2
    assert PaymentFile.objects.get().closed_at == LATER
    assert statuses("stripe") == ["ready"] * 2


@pytest.fixture
def silence(settings, local_stripe, monkeypatch):
    """A Stripe that cannot be reached until it is `heard` again."""
    monkeypatch.setattr(stripe, "RETRIES", 0)
    monkeypatch.setattr(stripe, "client_of", stripe.client_of.__wrapped__)
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"

    def heard() -> None:
        settings.STRIPE_API_BASE = local_stripe.base

    return heard


def test_while_stripe_is_silent_the_file_goes_and_stripes_half_follows_by_itself(
    run, people, silence, local_stripe, client
):
    actions.order_sending(run_id=run.pk, by=people[0], at=LATER)
    assert actions.send_run(run_id=run.pk, at=LATER).status == "sending"
    assert_file_went(run)
    assert standing() == [("stripe", "stripe_is_silent")]
    client.force_login(people[0])
    page = client.get(f"/ops/payruns/{run.pk}/").text
    assert "Stripe: stopped. What was not sent is still approved." in page
    assert "Stripe does not answer." in page
    assert PaymentFile.objects.get().number in page
    answer = client.post(f"/ops/payruns/{run.pk}/", {"step": "send"})
    assert "Stripe does not answer right now." in answer.text
    answer = client.post(f"/ops/payruns/{run.pk}/", {"step": "confirm", "bank_reference": "B-7"})
    assert answer.status_code == 302
    assert statuses("bank_file") == ["settled"] * 2
    assert "B-7" in client.get(f"/ops/payruns/{run.pk}/").text
    actions.send_waiting(at=LATER + MINUTE)
    assert standing()

    silence()
    actions.send_waiting(at=LATER + 2 * MINUTE)
    assert standing() == []
    assert statuses("stripe") == ["sent"] * 2
    assert PayRun.objects.get().status == "confirming"
    actions.reconcile(at=LATER + 2 * MINUTE)
    assert PayRun.objects.get().status == "done"
    assert_books(local_stripe, at=LATER + 2 * MINUTE)


def test_too_little_money_at_stripe_keeps_only_stripes_half(run, people, local_stripe):
    local_stripe.drain(cents=99_700)
    actions.send_run(run_id=run.pk, at=LATER)
    assert_file_went(run)
    assert standing() == [("stripe", "balance_too_low")]
    with pytest.raises(BalanceTooLow, match=r"\$3.00 now, and this run needs \$4.10"):
        actions.order_sending(run_id=run.pk, by=people[0], at=LATER)
    local_stripe.top_up(cents=1000)
    actions.order_sending(run_id=run.pk, by=people[0], at=LATER)
    actions.send_run(run_id=run.pk, at=LATER)
    assert statuses("stripe") == ["sent"] * 2
    assert RunStop.objects.get().ended_by == people[0]
    assert_books(local_stripe, at=LATER)


def test_differences_at_stripe_keep_only_stripes_half(run, people, local_stripe):
    account = PayoutAccount.objects.filter(gateway="stripe").first()
    local_stripe.transfer(amount=77, destination=account.provider_reference)
    actions.send_run(run_id=run.pk, at=LATER)
    assert_file_went(run)
    assert standing() == [("stripe", "provider_differs")]
    with pytest.raises(ProviderDiffers):
        actions.order_sending(run_id=run.pk, by=people[0], at=LATER)
    actions.send_waiting(at=LATER + MINUTE)
    assert statuses("stripe") == ["ready"] * 2


def test_a_key_refused_on_the_way_stops_only_stripes_half(run, people, settings, local_stripe):
    actions.order_sending(run_id=run.pk, by=people[0], at=LATER)
    settings.STRIPE_SECRET_KEY = "sk_test_revoked"
    actions.send_run(run_id=run.pk, at=LATER)
    assert_file_went(run)
    assert standing() == [("stripe", "key_refused")]
    settings.STRIPE_SECRET_KEY = "sk_test_local"
    actions.send_waiting(at=LATER + MINUTE)
    assert statuses("stripe") == ["ready"] * 2, "a person looks first"
    actions.order_sending(run_id=run.pk, by=people[0], at=LATER + MINUTE)
    actions.send_run(run_id=run.pk, at=LATER + MINUTE)
    assert statuses("stripe") == ["sent"] * 2
    assert_books(local_stripe, at=LATER + MINUTE)


def test_first_payments_of_which_stripe_says_nothing_keep_only_stripes_half(
    run, people, local_stripe, settings, monkeypatch
):
    for gateway in ("bank_file", "stripe"):
        first = Transfer.objects.filter(gateway=gateway).order_by("pk").first()
        Transfer.objects.filter(pk=first.pk).update(is_canary=True)
    monkeypatch.setattr(stripe, "RETRIES", 0)
    monkeypatch.setattr(stripe, "client_of", stripe.client_of.__wrapped__)
    local_stripe.faults(rules=[{"path": "/v1/transfers", "nth": 1, "do": "drop_after"}])
    actions.send_run(run_id=run.pk, at=LATER)
    assert statuses("bank_file") == ["sent"] * 2
    assert sorted(statuses("stripe")) == ["ready", "unknown"]
    assert PaymentFile.objects.get().closed_at == LATER
    reached = [(one.name, one.gateway) for one in run.stages.order_by("pk")][5:]
    assert reached == [("canary", "bank_file"), ("canary", "stripe"), ("sending", "bank_file")]
    actions.send_waiting(at=LATER + 2 * MINUTE)
    assert statuses("stripe") == ["sent"] * 2
    assert_books(local_stripe, at=LATER + 2 * MINUTE)


def test_a_run_of_which_no_half_can_go_does_not_begin(shops, people, silence):
    for_a_week = {"held_at": LATER, "review_on": DAY + dt.timedelta(days=7)}
    by_file = PayoutAccount.objects.filter(gateway="bank_file")
    by_file.update(hold_reason="Moved.", **for_a_week)
    run = actions.draft_run(through=DAY, by=people[0], at=LATER)
    approve(run, by=people[1], at=LATER)
    with pytest.raises(StripeIsSilent):
        actions.order_sending(run_id=run.pk, by=people[0], at=LATER)
    assert PayRun.objects.get().status == "approved"
    assert standing() == []


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        (
            "run_stop_once_at_a_time",
            "INSERT INTO run_stop (run_id, gateway, code, reason, begun_at)"
            " SELECT run_id, gateway, code, '', now() FROM run_stop",
        ),
        ("run_stop_says_why", "UPDATE run_stop SET code = ''"),
        (
            "run_stop_ended_by_a_person_once_it_is_over",
            "UPDATE run_stop SET ended_by_id = (SELECT drafted_by_id FROM pay_run)",
        ),
        ("append-only", "DELETE FROM run_stop"),
    ],
)
def test_the_laws_of_stops_hold_in_sql(run, local_stripe, law, statement):
    local_stripe.drain(cents=99_700)
    actions.send_run(run_id=run.pk, at=LATER)
    with refused_by(law) as cursor:
        cursor.execute(statement)


# --- Answers that come late ----------------------------------------------------------------------


@pytest.fixture
def on_hold(run, shops, people, local_stripe):
    """A payment that one worker was about to ask Stripe for when its lease ran out, and that
    another one put on hold, because the shop could not be paid at that moment."""
    order_looked_at(run_id=run.pk, by=people[0], at=LATER)
    claim_transfers(run_id=run.pk, gateway="stripe", at=LATER, most=16, lease=LEASE)
    account = PayoutAccount.objects.get(shop=shops[2])
    local_stripe.capability(account=account.provider_reference, status="restricted")
    actions.send_waiting(at=LATER + 4 * MINUTE)
    local_stripe.capability(account=account.provider_reference, status="active")
    transfer = Transfer.objects.get(shop=shops[2])
    assert (transfer.status, PayRun.objects.get().status) == ("on_hold", "confirming")
    return transfer


def entries(transfer: Transfer) -> list[str]:
    found = Entry.objects.filter(source_key=transfer.key).order_by("pk")
    return list(found.values_list("source_type", flat=True))


def test_a_late_yes_to_a_payment_on_hold_is_booked_once(on_hold, shops, local_stripe):
    at = LATER + 5 * MINUTE
    receipt = stripe.pay(order_of(on_hold))
    assert receipt.outcome == Outcome.SENT
    for _ in range(2):
        note_receipts(receipts=[receipt], at=at)
    on_hold.refresh_from_db()
    assert (on_hold.status, on_hold.provider_reference) == ("sent", receipt.reference)
    assert entries(on_hold) == ["transfer_approved", "transfer_sent"]
    assert actions.let_held_go(at=at + LEASE) == 0
    assert_books(local_stripe, at=at)
    actions.reconcile(at=at)
    on_hold.refresh_from_db()
    assert on_hold.status == "settled"


@pytest.mark.parametrize("way", ["by the list", "by a message"])
def test_a_payment_on_hold_that_stripe_has_is_booked_though_nobody_noted_the_answer(
    on_hold, local_stripe, way
):
    at = LATER + 30 * MINUTE
    receipt = stripe.pay(order_of(on_hold))  # and the worker dies
    for _ in range(2):
        if way == "by the list":
            actions.reconcile(at=at)
        else:
            assert actions.note_transfer(reference=receipt.reference, at=at)
    on_hold.refresh_from_db()
    assert (on_hold.status, on_hold.provider_reference) == ("settled", receipt.reference)
    assert entries(on_hold) == ["transfer_approved", "transfer_sent"]
    assert not ProviderGap.objects.exists()
    assert_books(local_stripe, at=at)


def test_a_payment_on_hold_is_not_taken_for_another_one_at_stripe(on_hold, local_stripe):
    local_stripe.transfer(
        amount=on_hold.amount_cents + 1,
        destination=on_hold.payee_reference,
        transfer_group=f"run:{on_hold.run_id}",
        metadata={"transfer": on_hold.key},
    )
    actions.reconcile(at=LATER + 30 * MINUTE)
    on_hold.refresh_from_db()
    assert on_hold.status == "on_hold"
    assert ProviderGap.objects.get().code == "unknown_transfer"


def test_a_late_no_to_a_payment_on_hold_makes_it_payable_again_once(
    on_hold, run, shops, local_stripe
):
    at = LATER + 5 * MINUTE
    receipt = stripe.pay(dataclasses.replace(order_of(on_hold), amount_cents=0))
    assert receipt.outcome == Outcome.FAILED
    for _ in range(2):
        note_receipts(receipts=[receipt], at=at)
    on_hold.refresh_from_db()
    assert on_hold.status == "failed"
    assert entries(on_hold) == ["transfer_approved", "transfer_released"]
    assert payable_cents(shops[2].pk) == on_hold.amount_cents
    assert balance_cents(Kind.PAYOUT_CLEARING) == 0
    actions.confirm_file(
        file_id=PaymentFile.objects.get().pk, bank_reference="B-7", by=run.drafted_by, at=at
    )
    actions.reconcile(at=at)
    actions.send_run(run_id=run.pk, at=at)
    assert PayRun.objects.get().status == "done"
    assert_books(local_stripe, at=at)
    refresh_account(reference=on_hold.payee_reference, at=at)
    again = actions.draft_run(through=DAY, by=run.drafted_by, at=at)
    assert (again.shops, again.cents) == (1, on_hold.amount_cents)


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.LATER, Outcome.STOP, Outcome.HOLD])
def test_a_late_answer_that_proves_nothing_leaves_a_payment_on_hold(on_hold, outcome):
    note_receipts(receipts=[Receipt(on_hold.key, outcome, code="x")], at=LATER + 5 * MINUTE)
    on_hold.refresh_from_db()
    assert (on_hold.status, on_hold.key_version) == ("on_hold", 1)
