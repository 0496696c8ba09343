"""What Stripe tells is checked to the byte, kept once, and acted on by reading again."""

import datetime as dt
import hashlib
import hmac
import json

import pytest
import time_machine
from django.db import OperationalError, connection

from hubshops.shops.models import Shop
from kernel.jobs.models import Job
from payouts.payruns import actions as payruns
from payouts.payruns.models import Transfer
from payouts.providers.models import BankPayout, PayoutAccount
from payouts.webhooks import actions
from payouts.webhooks.models import ProviderEvent
from payouts.webhooks.rules import Topic, pause, topic_of
from tests.factories import DAY, make_shop, make_staff
from tests.local_stripe.books import assert_books
from tests.local_stripe.client import SIGNING
from tests.payouts.helpers import LATER, approve, connect, earn, make_olga, make_pavel, refused_by

pytestmark = pytest.mark.django_db
ADDRESS = "/webhooks/stripe/"
MINUTE = dt.timedelta(minutes=1)


def thin(number: int = 1, kind: str = "v1.payout.paid", **more) -> dict:
    """An event as Stripe tells it."""
    related = {"id": "po_1", "type": "payout", "url": "/v1/payouts/po_1"}
    return {
        "id": f"evt_{number}",
        "object": "v2.core.event",
        "type": kind,
        "created": "2026-11-20T10:00:00.000Z",
        "livemode": False,
        "context": "acct_1",
        "related_object": related,
    } | more


def signed(body: bytes, *, at: dt.datetime = LATER, secret: str = SIGNING) -> str:
    stamp = int(at.timestamp())
    sign = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={sign}"


def tell(client, event: dict | bytes, header: str | None = None):
    """One delivery, as it would arrive at LATER."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    with time_machine.travel(LATER, tick=False):
        return client.post(
            ADDRESS,
            data=body,
            content_type="application/json",
            headers={"Stripe-Signature": signed(body) if header is None else header},
        )


@pytest.fixture
def secrets(settings):
    settings.STRIPE_WEBHOOK_SECRETS = [SIGNING]
    settings.STRIPE_IS_LIVE = False
    return settings


def test_an_event_is_kept_once_however_often_it_is_told(client, secrets):
    for _ in range(3):
        assert tell(client, thin()).status_code == 200
    event = ProviderEvent.objects.get()
    assert (event.deliveries, event.status, event.kind) == (3, "new", "payout.paid")
    assert (event.object_reference, event.account_reference) == ("po_1", "acct_1")
    assert Job.objects.get(name="webhooks.apply").args == {"event_id": event.pk}


def test_an_event_with_a_snapshot_is_understood_too(client, secrets):
    snapshot = {
        "id": "evt_9",
        "object": "event",
        "type": "transfer.reversed",
        "created": 1_790_000_000,
        "livemode": False,
        "data": {"object": {"id": "tr_1", "object": "transfer"}},
    }
    assert tell(client, snapshot).status_code == 200
    assert ProviderEvent.objects.get().object_reference == "tr_1"


BODY = json.dumps(thin()).encode()


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (BODY, ""),
        (BODY, "t=1,v1="),
        (BODY, "nonsense"),
        (BODY, signed(BODY, secret="whsec_other")),
        (BODY + b" ", signed(BODY)),
        (BODY.replace(b"po_1", b"po_2"), signed(BODY)),
        (BODY, signed(BODY, at=LATER - dt.timedelta(seconds=301))),
        (BODY, signed(BODY, at=LATER + dt.timedelta(seconds=301))),
        (BODY, signed(BODY, at=LATER + dt.timedelta(hours=25))),
        (BODY, signed(BODY).replace("v1=", "v0=")),
        (b"\xff\xfe", signed(b"\xff\xfe")),
        (b"[]", signed(b"[]")),
        (b"{}", signed(b"{}")),
        (b"not json", signed(b"not json")),
    ],
)
def test_what_stripe_did_not_sign_is_refused_and_not_kept(client, secrets, caplog, body, header):
    assert tell(client, body, header).status_code == 400
    assert not ProviderEvent.objects.exists()
    assert SIGNING not in caplog.text


def test_both_edges_of_five_minutes_are_taken(client, secrets):
    for number, seconds in enumerate((-300, 300)):
        body = json.dumps(thin(number)).encode()
        header = signed(body, at=LATER + dt.timedelta(seconds=seconds))
        assert tell(client, body, header).status_code == 200


def test_a_new_secret_and_the_old_one_both_count_while_it_is_changed(client, secrets):
    secrets.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SIGNING]
    body = json.dumps(thin(1)).encode()
    assert tell(client, body, signed(body, secret="whsec_new")).status_code == 200
    assert tell(client, thin(2)).status_code == 200
    secrets.STRIPE_WEBHOOK_SECRETS = ["whsec_new"]
    assert tell(client, thin(3)).status_code == 400


def test_the_other_mode_is_refused(client, secrets):
    assert tell(client, thin(livemode=True)).status_code == 400
    secrets.STRIPE_IS_LIVE = True
    assert tell(client, thin(livemode=False)).status_code == 400
    assert not ProviderEvent.objects.exists()


def test_without_secrets_there_is_no_such_address(client, settings):
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert tell(client, thin()).status_code == 404


def test_a_database_that_cannot_keep_it_asks_for_it_again(client, secrets, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", gone)
        assert tell(client, thin()).status_code == 503
    assert not ProviderEvent.objects.exists()
    assert tell(client, thin()).status_code == 200


def test_an_event_about_nothing_of_ours_waits_and_is_put_aside_after_a_day(client, secrets):
    tell(client, thin())
    event = ProviderEvent.objects.get()
    assert not actions.apply_event(event_id=event.pk, at=LATER)
    event.refresh_from_db()
    assert (event.status, event.attempts) == ("new", 1)
    assert event.next_attempt_at == LATER + dt.timedelta(seconds=10)
    assert actions.apply_waiting(at=LATER) == 0
    assert actions.apply_waiting(at=LATER + dt.timedelta(hours=25)) == 1
    event.refresh_from_db()
    assert event.status == "ignored"


def test_an_unknown_kind_is_kept_and_ignored(client, secrets):
    tell(client, thin(kind="v1.customer.created"))
    assert actions.apply_waiting(at=LATER) == 1
    assert ProviderEvent.objects.get().status == "ignored"


def test_kinds_and_pauses():
    assert topic_of("v2.core.account[requirements].updated") == Topic.ACCOUNT
    assert topic_of("account.external_account.deleted") == Topic.ACCOUNT
    assert topic_of("transfer.created") == Topic.TRANSFER
    assert topic_of("topup.succeeded") == Topic.BALANCE
    assert topic_of("transfers") == Topic.NOTHING
    assert [pause(n).total_seconds() for n in (0, 1, 5, 99)] == [5, 10, 160, 3600]


@pytest.fixture
def paid(local_stripe):
    """A shop paid through Stripe, with what Stripe would tell of it held back."""
    local_stripe.clock(at=LATER.timestamp())
    local_stripe.top_up(cents=10_000)
    shop = make_shop()
    earn(shop)
    connect(local_stripe, shop)
    run = payruns.draft_run(through=DAY, by=make_olga(), at=LATER)
    approve(run, by=make_pavel(), at=LATER)
    payruns.send_run(run_id=run.pk, at=LATER)
    return shop


def test_a_transfer_that_stripe_tells_of_is_settled(paid, local_stripe, client):
    (created,) = [one for one in local_stripe.events() if one["type"] == "v1.transfer.created"]
    assert tell(client, created).status_code == 200
    assert actions.apply_waiting(at=LATER) == 1
    assert Transfer.objects.get().status == "settled"
    assert Transfer.objects.get().run.status == "done"
    assert_books(local_stripe, at=LATER)


def test_a_silent_stripe_leaves_events_waiting_with_the_reason(paid, local_stripe, client):
    (created,) = [one for one in local_stripe.events() if one["type"] == "v1.transfer.created"]
    tell(client, created)
    local_stripe.faults(rules=[{"method": "GET", "path": "/v1/transfers/.*", "do": "503"}])
    assert actions.apply_waiting(at=LATER) == 0
    event = ProviderEvent.objects.get()
    assert (event.status, event.error[:22]) == ("new", "Stripe does not answer")
    local_stripe.faults(rules=[])
    assert actions.apply_waiting(at=LATER + MINUTE) == 1


def test_a_payout_of_a_shop_is_shown_with_what_the_bank_said(paid, local_stripe, client):
    (out,) = local_stripe.sweep()
    local_stripe.arrive()
    local_stripe.fail_payout(payout=out["id"], code="account_closed")
    events = [one for one in local_stripe.events() if one["type"].startswith("v1.payout.")]
    assert [one["type"] for one in events] == [
        "v1.payout.created",
        "v1.payout.paid",
        "v1.payout.failed",
    ]
    for event in reversed(events):
        tell(client, event)
        actions.apply_waiting(at=LATER)
    payout = BankPayout.objects.get()
    assert (payout.status, payout.failure_code) == ("failed", "account_closed")
    assert Transfer.objects.get().status == "sent", "the shop's bank is not our transfer"
    assert_books(local_stripe, at=LATER)


def test_an_older_look_never_covers_a_newer_one(paid, local_stripe):
    from payouts.providers.actions.accounts import next_read, note_account
    from payouts.providers.gateways import stripe

    account = PayoutAccount.objects.get()
    early = next_read()
    facts = stripe.read_account(account.provider_reference)
    local_stripe.capability(account=account.provider_reference, status="restricted")
    from payouts.providers.actions import refresh_account

    refresh_account(reference=account.provider_reference, at=LATER)
    note_account(facts=facts, number=early, at=LATER)
    account.refresh_from_db()
    assert account.capability == "blocked"


def test_events_that_were_never_told_are_found_in_stripes_list(paid, local_stripe):
    assert actions.catch_up(at=LATER) == len(local_stripe.events())
    assert actions.catch_up(at=LATER) == 0
    assert set(ProviderEvent.objects.values_list("deliveries", flat=True)) == {0}
    actions.apply_waiting(at=LATER)
    assert Transfer.objects.get().status == "settled"
    local_stripe.clock(advance=7200)
    local_stripe.top_up(cents=5)
    assert actions.catch_up(at=LATER + dt.timedelta(hours=2)) == 2
    assert_books(local_stripe, at=LATER)


def test_staff_see_events_and_read_one_again(client, secrets):
    tell(client, thin())
    event = ProviderEvent.objects.get()
    actions.apply_event(event_id=event.pk, at=LATER)
    ProviderEvent.objects.update(status="failed", error="OperationalError: gone")
    client.force_login(make_staff("Olga", "finance_drafter"))
    page = client.get("/ops/stripe/events/?status=failed")
    assert "payout.paid" in page.text
    assert "OperationalError: gone" in page.text
    answer = client.post(f"/ops/stripe/events/{event.pk}/", follow=True)
    assert "It is read again now." in answer.text
    event.refresh_from_db()
    assert (event.status, event.attempts) == ("new", 0)


def test_what_an_event_says_never_changes(client, secrets):
    tell(client, thin())
    for law, statement in (
        ("provider_event is frozen", "UPDATE provider_event SET object_reference = 'po_2'"),
        ("provider_event is frozen", "UPDATE provider_event SET deliveries = 0"),
        ("append-only", "DELETE FROM provider_event"),
        (
            "provider_event_applied_iff_it_has_a_moment",
            "UPDATE provider_event SET status = 'applied'",
        ),
    ):
        with refused_by(law) as cursor:
            cursor.execute(statement)
    assert Shop.objects.count() == 0
