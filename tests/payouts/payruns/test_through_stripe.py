"""Runs sent through Stripe: looked up before anything is tried again, held where a shop can't be
paid, stopped where nobody can."""

import datetime as dt

import pytest

from kernel.refusals import Refusal
from payouts.ledger.queries import balance_cents, payable_cents
from payouts.ledger.rules import Kind
from payouts.payruns import actions
from payouts.payruns.actions.beginning import BalanceTooLow, ProviderDiffers, order_looked_at
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.actions.receipts import TransferIsNotHeld
from payouts.payruns.actions.reconciling import GapIsClosed, NoNote
from payouts.payruns.actions.reversing import (
    MayNotReverse,
    NoReason,
    NotReversible,
    ReversalIsDecided,
    TooMuchBack,
    note_reversals,
)
from payouts.payruns.actions.second_person import ConfirmedByAnother
from payouts.payruns.actions.sending import claim_transfers, order_of
from payouts.payruns.models import (
    HeldShop,
    PayRun,
    ProviderGap,
    RunStop,
    Transfer,
    TransferReversal,
)
from payouts.payruns.queries import open_gaps
from payouts.providers.actions import gateways, refresh_account
from payouts.providers.models import PayoutAccount
from payouts.providers.rules import ReversalFacts, TransferFacts
from tests.factories import DAY, make_shop, make_staff
from tests.local_stripe.books import assert_books
from tests.payouts.helpers import LATER, approve, connect, earn, make_olga, make_pavel, refused_by

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def people():
    return make_olga(), make_pavel()


@pytest.fixture
def shops(local_stripe):
    """Three shops that can be paid through Stripe, to which 2.00, 2.02 and 2.04 are due."""
    local_stripe.top_up(cents=100_000)
    local_stripe.clock(at=LATER.timestamp())
    shops = [make_shop(f"Shop {number}") for number in range(3)]
    for number, shop in enumerate(shops):
        earn(shop, cents=100 + number)
        connect(local_stripe, shop)
    return shops


@pytest.fixture
def run(shops, people):
    olga, pavel = people
    run = actions.draft_run(through=DAY, by=olga, at=LATER)
    approve(run, by=pavel, at=LATER)
    return run


def statuses() -> list[str]:
    return list(Transfer.objects.order_by("pk").values_list("status", flat=True))


def stopped_by() -> str | None:
    """Why Stripe takes no payment of the run now."""
    found = RunStop.objects.filter(gateway="stripe", ended_at=None)
    return found.values_list("code", flat=True).first()


def test_a_run_goes_through_stripe_and_is_done_once_stripe_lists_it(run, local_stripe):
    assert actions.send_run(run_id=run.pk, at=LATER).status == "confirming"
    assert statuses() == ["sent"] * 3
    made = local_stripe.transfers()
    assert {one["transfer_group"] for one in made} == {f"run:{run.pk}"}
    assert [one["key"] for one in sorted(local_stripe.posts(), key=lambda row: row["key"])] == [
        f"{transfer.key}:v1" for transfer in Transfer.objects.order_by("key")
    ]
    actions.reconcile(at=LATER)
    run.refresh_from_db()
    assert (run.status, statuses()) == ("done", ["settled"] * 3)
    assert_books(local_stripe, at=LATER)


def test_a_run_does_not_begin_without_the_money(run, local_stripe, people):
    local_stripe.drain(cents=99_700)
    for call in (
        lambda: actions.order_sending(run_id=run.pk, by=people[0], at=LATER),
        lambda: actions.send_run(run_id=run.pk, at=LATER),
    ):
        with pytest.raises(BalanceTooLow, match=r"\$3.00 now, and this run needs \$6.06"):
            call()
    assert local_stripe.posts() == []
    assert PayRun.objects.get().status == "approved"


def test_a_balance_that_runs_dry_stops_the_run_and_nothing_fails(run, local_stripe, people):
    actions.order_sending(run_id=run.pk, by=people[0], at=LATER)
    local_stripe.drain(cents=99_700)
    assert actions.send_run(run_id=run.pk, at=LATER).status == "sending"
    assert stopped_by() == "balance_insufficient"
    assert "failed" not in statuses()
    assert sum(one["amount"] for one in local_stripe.transfers()) <= 300
    actions.send_waiting(at=LATER + MINUTE)
    assert stopped_by()
    local_stripe.top_up(cents=1000)
    actions.send_waiting(at=LATER + 2 * MINUTE)
    assert statuses() == ["sent"] * 3
    assert_books(local_stripe, at=LATER)


def test_a_shop_that_can_no_longer_be_paid_is_held_and_paid_when_it_can(run, shops, local_stripe):
    account = PayoutAccount.objects.get(shop=shops[1])
    local_stripe.capability(account=account.provider_reference, status="restricted")
    assert actions.send_run(run_id=run.pk, at=LATER).status == "confirming"
    assert statuses() == ["sent", "on_hold", "sent"]
    assert balance_cents(Kind.PAYOUT_CLEARING) == 202
    account.refresh_from_db()
    assert not account.is_payable
    actions.reconcile(at=LATER)
    assert PayRun.objects.get().status == "confirming"
    local_stripe.capability(account=account.provider_reference, status="active")
    later = LATER + 25 * HOUR
    actions.send_waiting(at=later)
    assert statuses()[1] == "on_hold"
    refresh_account(reference=account.provider_reference, at=later)
    actions.send_waiting(at=later)
    assert statuses() == ["settled", "sent", "settled"]
    held = Transfer.objects.get(shop=shops[1])
    assert held.key_version == 1
    local_stripe.clock(at=later.timestamp())
    actions.reconcile(at=later)
    assert PayRun.objects.get().status == "done"
    assert_books(local_stripe, at=later)


def test_a_held_payment_is_given_up_by_a_person_and_owed_again(run, shops, local_stripe, people):
    account = PayoutAccount.objects.get(shop=shops[1])
    local_stripe.close(account=account.provider_reference)
    actions.send_run(run_id=run.pk, at=LATER)
    held = Transfer.objects.get(shop=shops[1])
    with pytest.raises(TransferIsNotHeld):
        actions.give_up_transfer(transfer_id=held.pk, by=people[0], at=LATER)
    later = LATER + HOUR
    actions.give_up_transfer(transfer_id=held.pk, by=people[0], at=later)
    assert payable_cents(shops[1].pk) == 202
    actions.reconcile(at=later)
    assert PayRun.objects.get().status == "done"
    assert_books(local_stripe, at=later)
    with pytest.raises(Refusal, match="Nothing is due"):
        actions.draft_run(through=DAY, by=people[0], at=later)


def test_shops_that_cannot_be_paid_are_not_drafted(shops, local_stripe, people):
    account = PayoutAccount.objects.get(shop=shops[0])
    local_stripe.capability(account=account.provider_reference, status="pending")
    refresh_account(reference=account.provider_reference, at=LATER)
    run = actions.draft_run(through=DAY, by=people[0], at=LATER)
    assert run.shops == 2
    assert HeldShop.objects.get().reason == "payout_account_not_ready"


def test_a_lost_answer_is_found_in_stripes_list_and_not_sent_again(run, local_stripe, monkeypatch):
    monkeypatch.setattr("payouts.providers.gateways.stripe.RETRIES", 0)
    monkeypatch.setattr("payouts.providers.gateways.stripe.client_of", fresh_clients())
    local_stripe.faults(rules=[{"path": "/v1/transfers", "nth": 2, "do": "drop_after"}])
    actions.send_run(run_id=run.pk, at=LATER)
    assert sorted(statuses()) == ["sent", "sent", "unknown"]
    before = len(local_stripe.posts())
    actions.send_waiting(at=LATER + MINUTE)
    assert len(local_stripe.posts()) == before, "it waits a little more than a minute"
    actions.send_waiting(at=LATER + 2 * MINUTE)
    assert statuses() == ["sent"] * 3
    assert len(local_stripe.posts()) == before
    assert_books(local_stripe, at=LATER)


def test_a_payment_whose_worker_died_is_found_although_its_shop_can_no_longer_be_paid(
    run, shops, local_stripe, people
):
    order_looked_at(run_id=run.pk, by=people[0], at=LATER)
    batch = claim_transfers(
        run_id=run.pk, gateway="stripe", at=LATER, most=16, lease=dt.timedelta(seconds=180)
    )
    gateways["stripe"].send([order_of(one) for one in batch], at=LATER)  # and dies
    account = PayoutAccount.objects.get(shop=shops[1])
    local_stripe.capability(account=account.provider_reference, status="restricted")
    actions.send_waiting(at=LATER + 4 * MINUTE)
    assert statuses() == ["sent"] * 3
    assert len(local_stripe.transfers()) == 3
    assert_books(local_stripe, at=LATER + 4 * MINUTE)


def fresh_clients():
    """The gateway's maker of clients without its memory, so that a number of tries counts."""
    from payouts.providers.gateways import stripe

    return stripe.client_of.__wrapped__


def test_an_order_that_is_proved_absent_goes_out_under_a_new_key_when_its_own_is_spent(
    run, local_stripe
):
    local_stripe.faults(rules=[{"path": "/v1/transfers", "first": 1, "last": 9, "do": "503"}])
    actions.send_run(run_id=run.pk, at=LATER)
    assert statuses() == ["unknown"] * 3
    actions.send_waiting(at=LATER + 2 * MINUTE)
    assert statuses() == ["sent"] * 3
    assert set(Transfer.objects.values_list("key_version", flat=True)) == {2}
    assert_books(local_stripe, at=LATER)


def test_a_key_older_than_23_hours_is_never_used_without_a_look(run, local_stripe):
    local_stripe.faults(rules=[{"path": "/v1/transfers", "first": 1, "last": 3, "do": "429"}])
    actions.send_run(run_id=run.pk, at=LATER)
    assert statuses() == ["ready"] * 3
    asked = len(local_stripe.log())
    local_stripe.clock(advance=23.5 * 3600)
    actions.send_waiting(at=LATER + 23 * HOUR + 30 * MINUTE)
    assert statuses() == ["sent"] * 3
    first = next(row for row in local_stripe.log()[asked:] if row["path"] == "/v1/transfers")
    assert first["method"] == "GET"
    assert set(Transfer.objects.values_list("key_version", flat=True)) == {2}


def test_a_clock_that_jumps_back_sends_nothing_early(run, local_stripe):
    local_stripe.faults(rules=[{"path": "/v1/transfers", "first": 1, "last": 3, "do": "429"}])
    actions.send_run(run_id=run.pk, at=LATER)
    actions.send_waiting(at=LATER - 2 * HOUR)
    assert statuses() == ["ready"] * 3
    actions.send_waiting(at=LATER + 2 * HOUR)
    assert statuses() == ["sent"] * 3
    assert {row["key"].split(":v")[1] for row in local_stripe.posts()} == {"1"}
    assert_books(local_stripe, at=LATER)


def test_a_refused_key_stops_the_run_until_a_person_says_go_on(run, local_stripe, settings, people):
    actions.order_sending(run_id=run.pk, by=people[0], at=LATER)
    settings.STRIPE_SECRET_KEY = "sk_test_revoked"
    assert actions.send_run(run_id=run.pk, at=LATER).status == "sending"
    assert stopped_by() == "key_refused"
    assert statuses() == ["ready"] * 3
    settings.STRIPE_SECRET_KEY = "sk_test_local"
    actions.send_waiting(at=LATER + HOUR)
    assert statuses() == ["ready"] * 3
    actions.order_sending(run_id=run.pk, by=people[0], at=LATER + HOUR)
    actions.send_run(run_id=run.pk, at=LATER + HOUR)
    assert statuses() == ["sent"] * 3
    assert_books(local_stripe, at=LATER)


def test_differences_at_stripe_each_have_a_code_and_nothing_is_mended(
    run, shops, local_stripe, people
):
    actions.send_run(run_id=run.pk, at=LATER)
    one, two, three = Transfer.objects.order_by("pk")
    local_stripe.tamper(transfer=one.provider_reference, forget=True)
    local_stripe.tamper(transfer=two.provider_reference, amount=999)
    local_stripe.reverse(transfer=three.provider_reference, amount=50)
    strange = local_stripe.transfer(amount=77, destination=two.payee_reference)
    later = LATER + HOUR
    for _ in range(2):
        assert actions.reconcile(at=later) == 4
    found = dict(ProviderGap.objects.values_list("code", "provider_reference"))
    assert found["missing_transfer"] == one.provider_reference
    assert found["amount_differs"] == two.provider_reference
    assert found["unknown_transfer"] == strange["id"]
    assert found["reversed_elsewhere"].startswith("trr_")
    assert statuses() == ["sent", "sent", "settled"]
    assert payable_cents(shops[2].pk) == 50
    next_run = another_run(at=later)
    with pytest.raises(ProviderDiffers, match="differs from our books in 4 payments"):
        actions.order_sending(run_id=next_run.pk, by=people[0], at=later)
    assert PayRun.objects.get(pk=next_run.pk).status == "approved"


def another_run(*, at: dt.datetime) -> PayRun:
    """A run after this one, approved."""
    shop = Transfer.objects.first().shop
    earn(shop, 1, cents=10)
    run = actions.draft_run(through=DAY, by=make_staff("Kim", "finance_drafter"), at=at)
    approver = make_staff("Quinn", "finance_approver")
    return approve(run, by=approver, at=at)


def taken_back(paid: Transfer, cents: int, people) -> TransferReversal:
    """Olga asks for it, Pavel confirms it."""
    asked = actions.ask_reversal(
        transfer_id=paid.pk, cents=cents, reason="Paid twice by hand", by=people[0], at=LATER
    )
    return actions.confirm_reversal(reversal_id=asked.pk, by=people[1], at=LATER)


def test_money_is_taken_back_once_and_owed_again(run, shops, local_stripe, people):
    olga, pavel = people
    actions.send_run(run_id=run.pk, at=LATER)
    actions.reconcile(at=LATER)
    paid = Transfer.objects.get(shop=shops[2])
    for cents in (40, 40):
        reversal = taken_back(paid, cents, people)
        actions.send_reversal(reversal_id=reversal.pk, at=LATER)
        actions.send_reversal(reversal_id=reversal.pk, at=LATER)
    assert list(TransferReversal.objects.values_list("status", flat=True)) == ["done", "done"]
    assert len(local_stripe.posts(f"/v1/transfers/{paid.provider_reference}/reversals")) == 2
    assert payable_cents(shops[2].pk) == 80
    actions.reconcile(at=LATER)
    assert not ProviderGap.objects.exists()
    assert_books(local_stripe, at=LATER)
    again = actions.draft_run(through=DAY, by=olga, at=LATER)
    assert (again.cents, again.shops) == (80, 1)
    approve(again, by=pavel, at=LATER)
    actions.send_run(run_id=again.pk, at=LATER)
    assert_books(local_stripe, at=LATER)


def test_a_lost_answer_to_a_reversal_is_looked_up(run, shops, local_stripe, people):
    actions.send_run(run_id=run.pk, at=LATER)
    paid = Transfer.objects.get(shop=shops[2])
    rule = {"path": r"/v1/transfers/.*/reversals", "first": 1, "last": 3, "do": "500_after"}
    local_stripe.faults(rules=[rule])
    reversal = taken_back(paid, 40, people)
    actions.send_reversal(reversal_id=reversal.pk, at=LATER)
    reversal.refresh_from_db()
    assert reversal.status == "unknown"
    actions.send_waiting(at=LATER + 2 * MINUTE)
    reversal.refresh_from_db()
    assert reversal.status == "done"
    assert_books(local_stripe, at=LATER)


def test_a_reversal_that_carries_the_name_of_another_is_booked_beside_it(run, shops, people):
    actions.send_run(run_id=run.pk, at=LATER)
    paid = Transfer.objects.get(shop=shops[2])
    reversal = taken_back(paid, 40, people)
    actions.send_reversal(reversal_id=reversal.pk, at=LATER)
    reversal.refresh_from_db()
    named = {"amount_cents": 40, "made_at": LATER, "key": reversal.key}
    facts = TransferFacts(
        reference=paid.provider_reference,
        key=paid.key,
        batch_key=run.batch_key,
        payee_reference=paid.payee_reference,
        amount_cents=paid.amount_cents,
        made_at=LATER,
        reversals=[
            ReversalFacts(reference=reference, **named)
            for reference in (reversal.provider_reference, "trr_second")
        ],
    )
    assert [note_reversals(facts=facts, at=LATER) for _ in range(2)] == [1, 0]
    assert payable_cents(shops[2].pk) == 80
    assert ProviderGap.objects.get().code == "reversed_elsewhere"


def test_who_may_take_back_what(run, shops, local_stripe, people):
    _olga, pavel = people
    transfer = Transfer.objects.get(shop=shops[0])
    ask = {"transfer_id": transfer.pk, "cents": 5, "reason": "Wrong shop", "at": LATER}
    with pytest.raises(NotReversible):
        actions.ask_reversal(**ask, by=pavel)
    actions.send_run(run_id=run.pk, at=LATER)
    with pytest.raises(MayNotHandle):
        actions.ask_reversal(**ask, by=make_staff("Kim", "support"))
    with pytest.raises(NoReason):
        actions.ask_reversal(**ask | {"reason": "  "}, by=pavel)
    with pytest.raises(TooMuchBack, match=r"At most \$2.00"):
        actions.ask_reversal(**ask | {"cents": 201}, by=pavel)
    assert not TransferReversal.objects.exists()


def test_nobody_takes_money_back_alone(run, shops, local_stripe, people):
    olga, pavel = people
    actions.send_run(run_id=run.pk, at=LATER)
    paid = Transfer.objects.get(shop=shops[2])
    ask = {"transfer_id": paid.pk, "reason": "Too much", "at": LATER}
    asked = actions.ask_reversal(**ask, cents=150, by=pavel)
    with pytest.raises(ConfirmedByAnother, match="another person"):
        actions.confirm_reversal(reversal_id=asked.pk, by=pavel, at=LATER)
    with pytest.raises(MayNotReverse):
        actions.confirm_reversal(
            reversal_id=asked.pk, by=make_staff("Kim", "finance_drafter"), at=LATER
        )
    actions.send_waiting(at=LATER)
    assert not local_stripe.posts(f"/v1/transfers/{paid.provider_reference}/reversals")
    with pytest.raises(TooMuchBack):
        actions.ask_reversal(**ask, cents=paid.amount_cents - 149, by=olga)
    actions.withdraw_reversal(reversal_id=asked.pk, by=pavel, at=LATER)
    with pytest.raises(ReversalIsDecided):
        actions.confirm_reversal(reversal_id=asked.pk, by=olga, at=LATER)
    again = actions.ask_reversal(**ask, cents=paid.amount_cents, by=olga)
    actions.confirm_reversal(reversal_id=again.pk, by=pavel, at=LATER)
    actions.send_reversal(reversal_id=again.pk, at=LATER)
    assert payable_cents(shops[2].pk) == paid.amount_cents
    assert_books(local_stripe, at=LATER)


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        ("may not go from waiting", "status = 'sending'"),
        (
            "transfer_reversal_confirmed_by_another_person",
            "status = 'ready', confirmed_at = now(), confirmed_by_id = asked_by_id",
        ),
        (
            "transfer_reversal_waits_until_it_is_confirmed",
            "confirmed_at = now(), confirmed_by_id = (SELECT id FROM person WHERE name = 'Pavel')",
        ),
        ("confirmed before it is sent", "status = 'ready'"),
    ],
)
def test_the_laws_of_taking_back_hold_in_sql(run, shops, people, law, statement):
    actions.send_run(run_id=run.pk, at=LATER)
    paid = Transfer.objects.get(shop=shops[2])
    actions.ask_reversal(transfer_id=paid.pk, cents=5, reason="Twice", by=people[0], at=LATER)
    with refused_by(law) as cursor:
        cursor.execute(f"UPDATE transfer_reversal SET {statement}")
    with refused_by("confirmed before it is sent") as cursor:
        cursor.execute(
            "INSERT INTO transfer_reversal (transfer_id, amount_cents, key, key_version, status,"
            " reason, asked_at, asked_by_id, attempts, provider_reference, error)"
            " SELECT transfer_id, 1, 'x', 1, 'ready', 'y', now(), asked_by_id, 0, '', ''"
            " FROM transfer_reversal"
        )


def a_gap() -> ProviderGap:
    """A payment at Stripe that we know nothing of."""
    return ProviderGap.objects.create(
        code="unknown_transfer",
        provider_reference="tr_strange",
        cents=0,
        provider_cents=700,
        first_seen_at=LATER,
    )


def test_nobody_closes_a_difference_alone(people):
    olga, pavel = people
    gap = a_gap()
    with pytest.raises(NoNote):
        actions.close_gap(gap_id=gap.pk, by=pavel, at=LATER)
    actions.note_gap(gap_id=gap.pk, note="A test of ours.", by=olga, at=LATER)
    with pytest.raises(ConfirmedByAnother):
        actions.close_gap(gap_id=gap.pk, by=olga, at=LATER)
    assert [one["code"] for one in open_gaps()] == ["unknown_transfer"]
    actions.note_gap(gap_id=gap.pk, note="No: paid by hand.", by=pavel, at=LATER)
    closed = actions.close_gap(gap_id=gap.pk, by=olga, at=LATER)
    assert (closed.note, closed.closed_by) == ("No: paid by hand.", olga)
    with pytest.raises(GapIsClosed):
        actions.note_gap(gap_id=gap.pk, note="Late.", by=pavel, at=LATER)


def test_the_database_lets_no_difference_be_closed_by_who_noted_it(people):
    gap = a_gap()
    actions.note_gap(gap_id=gap.pk, note="A test of ours.", by=people[0], at=LATER)
    with refused_by("provider_gap_closed_by_another_person") as cursor:
        cursor.execute("UPDATE provider_gap SET closed_at = now(), closed_by_id = noted_by_id")


def test_two_people_close_a_difference_in_pages(client, people):
    gap, page = a_gap(), "/ops/stripe/differences/"
    client.force_login(people[0])
    assert client.post(page, {"gap": gap.pk, "note": ""}).status_code == 422
    assert client.post(page, {"gap": gap.pk, "note": "A test of ours."}).status_code == 302
    own = client.get(page).content.decode()
    assert "waits for another person" in own
    assert 'value="close"' not in own
    assert client.post(page, {"gap": gap.pk, "do": "close"}).status_code == 409
    client.force_login(people[1])
    assert 'value="close"' in client.get(page).content.decode()
    assert client.post(page, {"gap": gap.pk, "do": "close"}).status_code == 302
    gap.refresh_from_db()
    assert gap.closed_by == people[1]


def test_two_people_take_money_back_in_pages(client, run, shops, people):
    actions.send_run(run_id=run.pk, at=LATER)
    page = f"/ops/payruns/{run.pk}/{shops[2].slug}/"
    client.force_login(people[0])
    words = {"step": "reverse", "amount": "0.40", "reason": "Paid twice by hand"}
    assert client.post(page, words).status_code == 302
    asked = TransferReversal.objects.get()
    choice = {"step": "confirm_back", "reversal": asked.pk}
    own = client.get(page).content.decode()
    assert 'value="confirm_back"' not in own
    assert 'value="keep"' in own
    assert "another person has to confirm it" in client.post(page, choice).content.decode()
    client.force_login(people[1])
    assert 'value="confirm_back"' in client.get(page).content.decode()
    assert client.post(page, choice).status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.confirmed_by) == ("ready", people[1])
    assert client.post(page, choice).status_code == 409


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        ("a key is replaced only when", "UPDATE transfer SET key_version = 2"),
        ("may not go from sent to unknown", "UPDATE transfer SET status = 'unknown'"),
        (
            "no more comes back than was sent",
            "INSERT INTO transfer_reversal (transfer_id, amount_cents, key, key_version, status,"
            " reason, asked_at, attempts, provider_reference, error) SELECT id, amount_cents + 1,"
            " 'x', 1, 'ready', '', now(), 0, '', '' FROM transfer LIMIT 1",
        ),
        (
            "transfer_reversal_done_iff_the_provider_has_it",
            "INSERT INTO transfer_reversal (transfer_id, amount_cents, key, key_version, status,"
            " reason, asked_at, attempts, provider_reference, error) SELECT id, 1,"
            " 'x', 1, 'done', '', now(), 0, '', '' FROM transfer LIMIT 1",
        ),
        (
            "payout_account_paid_where_it_is_known",
            "UPDATE payout_account SET payee_reference = 'acct_other'",
        ),
        (
            "payout_account_capability_iff_connected",
            "UPDATE payout_account SET gateway = 'bank_file', provider_reference = ''",
        ),
    ],
)
def test_the_laws_of_payments_through_stripe_hold_in_sql(run, law, statement):
    actions.send_run(run_id=run.pk, at=LATER)
    with refused_by(law) as cursor:
        cursor.execute(statement)


def test_staff_judge_a_held_payment_and_close_a_difference(
    run, shops, local_stripe, people, client
):
    account = PayoutAccount.objects.get(shop=shops[1])
    local_stripe.capability(account=account.provider_reference, status="restricted")
    actions.send_run(run_id=run.pk, at=LATER)
    client.force_login(people[1])
    page = client.get(f"/ops/payruns/{run.pk}/").text
    assert "1 payment is on hold because its shop can’t be paid now." in page
    assert "It is paid as soon as Stripe can." in page
    address = f"/ops/payruns/{run.pk}/{shops[1].slug}/"
    assert client.post(address, {"step": "nothing"}).status_code == 422
    assert client.post(address, {"step": "give_up"}).status_code == 302
    assert Transfer.objects.get(shop=shops[1]).status == "failed"
    sent = Transfer.objects.get(shop=shops[0])
    back = f"/ops/payruns/{run.pk}/{shops[0].slug}/"
    assert client.post(back, {"step": "reverse", "amount": "1.00"}).status_code == 422
    wish = {"step": "reverse", "amount": "9.00", "reason": "Wrong shop"}
    refused = client.post(back, wish)
    assert (refused.status_code, "At most $2.00" in refused.text) == (409, True)
    assert client.post(back, wish | {"amount": "1.00"}).status_code == 302
    assert "Wrong shop" in client.get(back).text
    local_stripe.tamper(transfer=sent.provider_reference, amount=9)
    actions.reconcile(at=LATER)
    assert "The provider has another amount" in client.get("/ops/stripe/differences/").text
    gap = ProviderGap.objects.get()
    assert client.post("/ops/stripe/differences/", {"gap": gap.pk}).status_code == 422
    client.post("/ops/stripe/differences/", {"gap": gap.pk, "note": "A test of ours"})
    gap.refresh_from_db()
    assert (gap.noted_by, gap.closed_by, gap.note) == (people[1], None, "A test of ours")
    assert statuses_of(sent) == "sent", "a note mends nothing"


def statuses_of(transfer: Transfer) -> str:
    transfer.refresh_from_db()
    return transfer.status


def test_a_stopped_run_says_why_and_goes_on_by_a_click(run, local_stripe, people, client, settings):
    actions.order_sending(run_id=run.pk, by=people[0], at=LATER)
    settings.STRIPE_SECRET_KEY = "sk_test_revoked"
    actions.send_run(run_id=run.pk, at=LATER)
    client.force_login(people[0])
    assert "Mend STRIPE_SECRET_KEY first" in client.get(f"/ops/payruns/{run.pk}/").text
    settings.STRIPE_SECRET_KEY = "sk_test_local"
    client.post(f"/ops/payruns/{run.pk}/", {"step": "send"})
    assert stopped_by() is None


def test_money_that_came_back_is_on_the_next_statement(run, shops, local_stripe, people):
    from payouts.statements.actions import issue_statements
    from payouts.statements.models import Statement
    from payouts.statements.queries import paper_of

    actions.send_run(run_id=run.pk, at=LATER)
    issue_statements(at=LATER)
    local_stripe.reverse(transfer=Transfer.objects.get(shop=shops[0]).provider_reference, amount=60)
    actions.reconcile(at=LATER)
    again = actions.draft_run(through=DAY, by=people[0], at=LATER)
    approve(again, by=people[1], at=LATER)
    ProviderGap.objects.update(closed_at=LATER)
    actions.send_run(run_id=again.pk, at=LATER)
    issue_statements(at=LATER)
    statement = Statement.objects.order_by("pk").last()
    sums = (statement.opening_cents, statement.corrections_cents, statement.paid_cents)
    assert sums == (0, 60, 60)
    paper = paper_of(statement)
    assert [(one["source_type"], one["cents"]) for one in paper.others] == [
        ("transfer_reversed", 60)
    ]
    from payouts.statements.documents import statement_file

    for kind in ("pdf", "csv"):
        assert statement_file(paper, kind)[0]
    assert_books(local_stripe, at=LATER)
