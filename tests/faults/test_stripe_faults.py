"""Whatever dies between us and Stripe: one transfer a payment, and books that equal its list.

`STRIPE_FAULTS=all` tries every order of events and kills more workers (a few minutes).
"""

import datetime as dt
import hashlib
import hmac
import itertools
import json
import os
import random
import signal
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from kernel import clock
from kernel.accounts.models import User
from payouts.ledger.models import Entry
from payouts.payruns import actions as payruns
from payouts.payruns.actions.receipts import note_receipts
from payouts.payruns.actions.sending import claim_transfers, order_of
from payouts.payruns.models import PayRun, RunStop, Transfer, TransferReversal
from payouts.providers.actions import StripeConnect, gateways
from payouts.providers.models import BankPayout
from payouts.webhooks import actions as webhooks
from payouts.webhooks.models import ProviderEvent
from tests.factories import DAY, make_shop
from tests.faults.commands import forked, run, started
from tests.faults.processes import free_port
from tests.local_stripe.books import assert_books
from tests.local_stripe.client import SIGNING
from tests.payouts.helpers import approve, connect, earn, make_olga, make_pavel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]
ALL = os.environ.get("STRIPE_FAULTS") == "all"
MINUTES = dt.timedelta(minutes=10)


def approved_run(stripe, shops: int = 3) -> PayRun:
    """An approved run that pays so many shops through Stripe."""
    stripe.top_up(cents=1_000_000)
    for number in range(shops):
        shop = make_shop(f"Shop {number}")
        earn(shop, 1, cents=100 + number)
        connect(stripe, shop)
    drafted = payruns.draft_run(through=DAY, by=make_olga(), at=clock.now())
    return approve(drafted, by=make_pavel(), at=clock.now())


def statuses() -> list[str]:
    return list(Transfer.objects.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize(
    ("place", "posts", "repeats", "start"),
    [
        ("transfers_claimed:1", 0, 0, forked),
        ("gateway_answered:1", 2, 2, started),
        ("receipts_noted:2", 3, 1, forked),
    ],
)
def test_a_worker_killed_anywhere_pays_once(local_stripe, place, posts, repeats, start):
    approved = approved_run(local_stripe)
    run("pay_run", "send", str(approved.pk), failpoint=place, start=start)
    assert len(local_stripe.posts()) == posts
    answer = json.loads(run("pay_run", "send", str(approved.pk), "--json"))
    assert answer["status"] == "confirming"
    log = local_stripe.posts()
    keys = [row["key"] for row in log]
    assert len(set(keys)) == 3
    again = [row for number, row in enumerate(log) if row["key"] in keys[:number]]
    assert [row["replayed"] for row in again] == [True] * repeats
    assert Entry.objects.filter(source_type="transfer_sent").count() == 3
    assert_books(local_stripe)


def test_workers_killed_at_random_while_stripe_fails(local_stripe):
    count, kills = (150, 40) if ALL else (12, 6)
    approved, dice = approved_run(local_stripe, count), random.Random(7)
    deeds = ("429", "503", "500_after", "drop_before", "drop_after", "409")
    local_stripe.faults(
        rules=[
            {"path": "/v1/transfers", "nth": number, "do": dice.choice(deeds)}
            for number in range(2, 4 * count, 5)
        ]
    )
    places = ("transfers_claimed", "gateway_answered", "receipts_noted")
    for _ in range(kills):
        place = f"{dice.choice(places)}:{dice.randint(1, 3)}"
        code, words = forked("pay_run", "send", str(approved.pk), failpoint=place)
        assert code in (0, -signal.SIGKILL), words
    at = clock.now()
    for _ in range(30):
        at += MINUTES
        payruns.send_waiting(at=at)
        if set(statuses()) == {"sent"}:
            break
    assert statuses() == ["sent"] * count
    assert len(local_stripe.transfers()) == count
    assert_books(local_stripe)


def test_limits_are_kept_and_tries_spread(local_stripe):
    approved_run(local_stripe, 19)
    Transfer.objects.update(is_canary=False)  # so that all are asked at once
    local_stripe.faults(rules=[{"path": "/v1/transfers", "first": 1, "last": 50, "do": "429"}])
    at = clock.now()
    payruns.send_run(run_id=PayRun.objects.get().pk, at=at)
    waits = [
        round((one.leased_until - at).total_seconds(), 2)
        for one in Transfer.objects.filter(status="ready")
    ]
    assert len(set(waits)) > 15, "they do not come back at once"
    for _ in range(10):
        at += MINUTES
        payruns.send_waiting(at=at)
    assert statuses() == ["sent"] * 19
    assert len({row["key"] for row in local_stripe.posts()}) == 19
    moments = sorted(
        row["at"] for row in local_stripe.log() if row["path"].startswith(("/v1/tr", "/v2/"))
    )
    sent = [one for one in moments if one >= local_stripe.posts()[0]["at"]]
    most = max(sum(start <= one < start + 1 for one in sent) for start in sent)
    assert most <= 20
    assert_books(local_stripe)


def test_a_500_after_the_transfer_was_made_is_looked_up(local_stripe):
    approved = approved_run(local_stripe)
    local_stripe.faults(rules=[{"path": "/v1/transfers", "nth": 1, "do": "500_after"}])
    at = clock.now()
    payruns.send_run(run_id=approved.pk, at=at)
    assert sorted(statuses()) == ["sent", "sent", "unknown"]
    first = local_stripe.posts()[0]["key"]
    assert sum(row["key"] == first for row in local_stripe.posts()) == 3
    before = len(local_stripe.posts())
    payruns.send_waiting(at=at + MINUTES)
    assert statuses() == ["sent"] * 3
    assert len(local_stripe.posts()) == before
    assert_books(local_stripe)


def test_a_stripe_that_is_away_for_a_while_is_waited_for(local_stripe, settings):
    approved = approved_run(local_stripe)
    payruns.order_sending(run_id=approved.pk, by=olga(), at=clock.now())
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    at = clock.now()
    for _ in range(2):
        payruns.send_waiting(at=at)
        assert statuses() == ["ready"] * 3
        at += MINUTES
    settings.STRIPE_API_BASE = local_stripe.base
    payruns.send_waiting(at=at)
    assert statuses() == ["sent"] * 3
    assert set(Transfer.objects.values_list("attempts", flat=True)) == {3}
    assert not RunStop.objects.exists()
    assert_books(local_stripe)


def olga() -> User:
    """Who drafted the run."""
    return PayRun.objects.get().drafted_by


@pytest.mark.parametrize("do", ["drop_after", "hang_after"])
def test_a_lost_answer_is_asked_for_under_the_same_key(local_stripe, monkeypatch, do):
    from payouts.providers.gateways import stripe

    approved = approved_run(local_stripe)
    monkeypatch.setattr(stripe, "TIMEOUT_S", (1, 0.5))
    monkeypatch.setattr(stripe, "client_of", stripe.client_of.__wrapped__)
    rule = {"path": "/v1/transfers", "nth": 1, "do": do, "seconds": 1.5}
    local_stripe.faults(rules=[rule])
    at = clock.now()
    payruns.send_run(run_id=approved.pk, at=at)
    payruns.send_waiting(at=at + MINUTES)
    assert statuses() == ["sent"] * 3
    assert len({row["key"] for row in local_stripe.posts()}) == 3
    assert len(local_stripe.posts()) > 3
    assert_books(local_stripe)


def test_a_database_that_goes_away_between_answer_and_commit(local_stripe, monkeypatch):
    approved = approved_run(local_stripe)
    usual = StripeConnect.send

    def sent_and_cut_off(self, orders, *, at):
        receipts = usual(self, orders, at=at)
        connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return receipts

    with monkeypatch.context() as broken:
        broken.setattr(StripeConnect, "send", sent_and_cut_off)
        with pytest.raises(OperationalError):
            payruns.send_run(run_id=approved.pk, at=clock.now())
    connection.close()
    assert statuses() == ["sending"] * 3
    assert not Entry.objects.filter(source_type="transfer_sent").exists()
    payruns.send_waiting(at=clock.now() + MINUTES)
    assert statuses() == ["sent"] * 3
    assert [row["replayed"] for row in local_stripe.posts()] == [False] * 3 + [True] * 3
    assert_books(local_stripe)


# --- Webhooks ------------------------------------------------------------------------------------


@pytest.fixture
def told(local_stripe, live_server):
    """A local Stripe that tells this portal, by a real server."""
    local_stripe.hooks(url=f"{live_server.url}/webhooks/stripe/", secrets=[SIGNING])
    return local_stripe


def settled(stripe) -> None:
    """Wait until every event was told and taken."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        events = {one["id"] for one in stripe.events()}
        taken = {row["event"] for row in stripe.deliveries() if row["status"] == 200}
        if events <= taken:
            return
        time.sleep(0.1)
    raise AssertionError("not every event was taken")


def test_the_same_event_twenty_times_by_four_at_once(local_stripe, live_server):
    approved = approved_run(local_stripe, 1)
    payruns.send_run(run_id=approved.pk, at=clock.now())
    event = next(one for one in local_stripe.events() if one["type"] == "v1.transfer.created")
    body = json.dumps(event).encode()
    stamp = int(time.time())
    sign = hmac.new(SIGNING.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={stamp},v1={sign}", "Content-Type": "application/json"}

    def tell(_number: int) -> int:
        address = f"{live_server.url}/webhooks/stripe/"
        request = urllib.request.Request(address, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(tell, range(20))) == {200}
    kept = ProviderEvent.objects.get()
    assert kept.deliveries == 20
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _n: apply_in_thread(kept.pk), range(4)))
    assert sum(done) == 1
    assert statuses() == ["settled"]
    assert_books(local_stripe)


def apply_in_thread(event_id: int) -> bool:
    """One worker that has the event to do."""
    try:
        return webhooks.apply_event(event_id=event_id, at=clock.now())
    finally:
        connection.close()


def life_of_a_payment(stripe) -> list[dict]:
    """Five events: a transfer is made, goes to the bank, comes back, is taken back in part."""
    approved = approved_run(stripe, 1)
    payruns.send_run(run_id=approved.pk, at=clock.now())
    (out,) = stripe.sweep()
    stripe.arrive()
    stripe.fail_payout(payout=out["id"], code="no_account")
    stripe.reverse(transfer=Transfer.objects.get().provider_reference, amount=40)
    kinds = ("v1.transfer.", "v1.payout.")
    return [one for one in stripe.events() if one["type"].startswith(kinds)]


def outcome() -> tuple:
    """What is so in the end."""
    return (
        statuses(),
        list(BankPayout.objects.values_list("status", "failure_code")),
        list(TransferReversal.objects.values_list("status", "amount_cents")),
        Entry.objects.count(),
        set(ProviderEvent.objects.values_list("status", flat=True)),
    )


def test_every_order_of_a_payments_life_ends_the_same(local_stripe):
    from payouts.providers.queries import event_in

    events = life_of_a_payment(local_stripe)
    assert len(events) == 5
    orders = list(itertools.permutations(events))
    if not ALL:
        orders = random.Random(3).sample(orders, 8)
    seen = set()
    for order in orders:
        with transaction.atomic():
            for event in order + order[:2]:
                facts = event_in(json.dumps(event).encode())
                webhooks.store_event(facts=facts, at=clock.now())
                webhooks.apply_waiting(at=clock.now())
            seen.add(str(outcome()))
            transaction.set_rollback(True)
    (end,) = seen
    assert "'settled'" in end
    assert "('failed', 'no_account')" in end
    assert "('done', 40)" in end


def test_an_event_that_comes_before_our_own_commit_waits_for_it(told):
    approved = approved_run(told, 1)
    payruns.order_sending(run_id=approved.pk, by=olga(), at=clock.now())
    (transfer,) = claim_transfers(
        run_id=approved.pk,
        gateway="stripe",
        at=clock.now(),
        most=1,
        lease=StripeConnect.lease,
    )
    told.hooks(before_answer=True)
    receipts = gateways["stripe"].send([order_of(transfer)], at=clock.now())
    early = ProviderEvent.objects.get(kind="transfer.created")
    assert not webhooks.apply_event(event_id=early.pk, at=clock.now())
    early.refresh_from_db()
    assert (early.status, early.error) == ("new", "")
    note_receipts(receipts=receipts, at=clock.now())
    later = clock.now() + MINUTES
    assert webhooks.apply_event(event_id=early.pk, at=later)
    assert statuses() == ["settled"]
    assert Entry.objects.filter(source_type="transfer_sent").count() == 1
    assert_books(told)


def test_a_run_is_followed_to_its_end_by_webhooks_told_twice_and_late(told):
    told.hooks(copies=2, delay=0.2)
    approved = approved_run(told)
    payruns.send_run(run_id=approved.pk, at=clock.now())
    told.sweep()
    told.arrive()
    settled(told)
    webhooks.apply_waiting(at=clock.now() + MINUTES)
    assert set(ProviderEvent.objects.values_list("status", flat=True)) == {"applied"}
    assert PayRun.objects.get().status == "done"
    assert set(BankPayout.objects.values_list("status", flat=True)) == {"paid"}
    assert_books(told)


def test_a_day_without_webhooks_is_made_good(told):
    told.hooks(mode="off")
    approved = approved_run(told)
    payruns.send_run(run_id=approved.pk, at=clock.now())
    paid = Transfer.objects.order_by("pk").first()
    told.reverse(transfer=paid.provider_reference, amount=30)
    told.sweep()
    told.arrive()
    assert not ProviderEvent.objects.exists()
    at = clock.now()
    assert webhooks.catch_up(at=at) == len(told.events())
    webhooks.apply_waiting(at=at + dt.timedelta(seconds=1))
    assert webhooks.catch_up(at=at + MINUTES) == 0
    assert PayRun.objects.get().status == "done"
    assert set(BankPayout.objects.values_list("status", flat=True)) == {"paid"}
    payruns.reconcile(at=clock.now())
    assert TransferReversal.objects.count() == 1
    assert Entry.objects.filter(source_type="transfer_reversed").count() == 1
    assert_books(told, gaps=True)


def test_two_workers_with_one_run_send_each_payment_once(local_stripe):
    approved = approved_run(local_stripe, 8)
    payruns.order_sending(run_id=approved.pk, by=olga(), at=clock.now())

    def work(_number: int) -> None:
        try:
            payruns.send_run(run_id=approved.pk, at=clock.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert statuses() == ["sent"] * 8
    assert len(local_stripe.posts()) == 8
    assert_books(local_stripe)
