"""The local Stripe keeps Stripe's published rules; the `stripe` library is its witness."""

import hashlib
import hmac
import json
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import stripe

from tests.local_stripe.client import SECRET_KEY, SIGNING, running
from tests.local_stripe.faults import DEEDS

ACCOUNT = {
    "contact_email": "rosa@shop.example",
    "display_name": "Rosa's",
    "dashboard": "express",
    "identity": {"country": "us"},
    "defaults": {
        "currency": "usd",
        "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
    },
    "configuration": {
        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
    },
    "include": ["configuration.recipient", "requirements"],
}


@pytest.fixture(scope="module")
def server():
    with running() as server:
        yield server
        assert server.broken() == [], "requests and answers are what the description says"


def client_of(server, *, retries: int = 0, read_s: float = 5) -> stripe.StripeClient:
    return stripe.StripeClient(
        SECRET_KEY,
        base_addresses={"api": server.base},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=(1, read_s)),
    )


@pytest.fixture
def client(server):
    server.faults(rules=[])
    return client_of(server)


@pytest.fixture
def account(server, client):
    made = client.v2.core.accounts.create(ACCOUNT)
    server.onboard(account=made.id)
    server.top_up(cents=10_000)
    return made.id


def pay(client, account, cents=100, key="", **more):
    words = {"amount": cents, "currency": "usd", "destination": account} | more
    return client.v1.transfers.create(words, {"idempotency_key": key} if key else {})


def count(server) -> int:
    return len(server.transfers())


def test_a_key_gives_one_transfer_and_its_answer_again(server, client, account):
    before, first = count(server), pay(client, account, key="one")
    again = pay(client, account, key="one")
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert count(server) == before + 1


def test_other_parameters_under_a_key_are_refused(client, account):
    pay(client, account, key="two")
    with pytest.raises(stripe.IdempotencyError):
        pay(client, account, cents=101, key="two")


def test_a_key_is_forgotten_after_a_day(server, client, account):
    first = pay(client, account, key="old")
    server.clock(advance=86_401)
    assert pay(client, account, key="old").id != first.id


def test_a_request_that_failed_validation_leaves_its_key_unused(client, account):
    with pytest.raises(stripe.InvalidRequestError):
        pay(client, account, cents=0, key="three")
    assert pay(client, account, cents=5, key="three").amount == 5


def test_an_answer_of_too_little_money_stays_the_answer_of_its_key(server, client, account):
    cents = server.state()["balance"] + 1
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as no:
            pay(client, account, cents=cents, key="poor")
        assert no.value.code == "balance_insufficient"
        server.top_up(cents=10)


def test_a_500_after_the_work_stays_a_500(server, client, account):
    before = count(server)
    server.faults(rules=[{"path": "/v1/transfers", "nth": 1, "do": "500_after"}])
    for _ in range(2):
        with pytest.raises(stripe.APIError) as no:
            pay(client, account, key="five")
        assert no.value.http_status == 500
    assert count(server) == before + 1


@pytest.mark.parametrize(
    ("do", "problem", "made"),
    [
        ("429", stripe.RateLimitError, 0),
        ("409", stripe.APIError, 0),
        ("503", stripe.APIError, 0),
        ("drop_before", stripe.APIConnectionError, 0),
        ("drop_after", stripe.APIConnectionError, 1),
        ("hang_after", stripe.APIConnectionError, 1),
    ],
)
def test_each_fault_is_what_the_library_would_meet(server, account, do, problem, made):
    before, short = count(server), client_of(server, read_s=0.3)
    server.faults(rules=[{"path": "/v1/transfers", "nth": 1, "do": do, "seconds": 0.6}])
    with pytest.raises(problem):
        pay(short, account, key=f"fault-{do}")
    assert count(server) == before + made
    pay(short, account, key=f"fault-{do}")
    assert count(server) == before + 1


def test_every_fault_is_tried_here():
    assert {
        "429",
        "409",
        "503",
        "500_after",
        "drop_before",
        "drop_after",
        "hang_after",
        "slow",
    } == DEEDS


def test_a_key_in_use_is_a_conflict(server, client, account):
    server.faults(rules=[{"path": "/v1/transfers", "nth": 1, "do": "hang_after", "seconds": 0.2}])
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(pay, client, account, key="busy")
        assert isinstance(slow.exception(), stripe.APIConnectionError)
    assert pay(client, account, key="busy").amount == 100


def test_parts_of_an_account_come_when_they_are_asked_for(client, account):
    bare = client.v2.core.accounts.retrieve(account).to_dict()
    assert "configuration" not in bare
    whole = client.v2.core.accounts.retrieve(account, {"include": ["configuration.recipient"]})
    recipient = whole.to_dict()["configuration"]["recipient"]
    assert recipient["capabilities"]["stripe_balance"]["stripe_transfers"]["status"] == "active"


def test_nothing_goes_to_an_account_without_the_capability(server, client, account):
    server.capability(account=account, status="restricted")
    with pytest.raises(stripe.InvalidRequestError):
        pay(client, account)
    server.close(account=account)
    with pytest.raises(stripe.InvalidRequestError) as no:
        pay(client, account)
    assert no.value.code == "resource_missing"


def test_a_reversal_goes_as_far_as_the_connected_balance(server, client, account):
    made = pay(client, account, cents=100)
    client.v1.transfers.reversals.create(made.id, {"amount": 40})
    assert client.v1.transfers.retrieve(made.id).amount_reversed == 40
    server.sweep()
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.reversals.create(made.id, {"amount": 10})


def test_lists_page_to_their_end(client, account):
    for number in range(5):
        pay(client, account, cents=number + 1, transfer_group="g")
    found = client.v1.transfers.list({"transfer_group": "g", "limit": 2}).auto_paging_iter()
    assert [one.amount for one in found] == [5, 4, 3, 2, 1]
    events = client.v2.core.events.list({"limit": 2}).auto_paging_iter()
    assert len(list(events)) > 4


def test_a_bank_sends_back_what_it_cannot_take(server, client, account):
    pay(client, account)
    (out,) = [one for one in server.sweep() if one["account"] == account]
    options = {"stripe_account": account}
    assert client.v1.payouts.retrieve(out["id"], {}, options).status == "in_transit"
    server.arrive()
    assert client.v1.payouts.retrieve(out["id"], {}, options).status == "paid"
    server.fail_payout(payout=out["id"], code="account_closed")
    found = client.v1.payouts.retrieve(out["id"], {}, options)
    assert (found.status, found.failure_code) == ("failed", "account_closed")


def test_money_from_the_bank_arrives_with_the_clock(server, client, account):
    before = client.v1.balance.retrieve().available[0].amount
    made = client.v1.topups.create({"amount": 700, "currency": "usd"})
    assert made.status == "pending"
    assert client.v1.balance.retrieve().available[0].amount == before
    server.clock(advance=4 * 86_400)
    assert client.v1.balance.retrieve().available[0].amount == before + 700


def test_the_hosted_page_works_once_and_turns_the_capability_on(server, client):
    made = client.v2.core.accounts.create(ACCOUNT)
    use = {"refresh_url": f"{server.base}/express/again", "return_url": f"{server.base}/express/b"}
    link = client.v2.core.account_links.create(
        {
            "account": made.id,
            "use_case": {"type": "account_onboarding", "account_onboarding": use},
        }
    )
    with urllib.request.urlopen(link.url) as answer:
        assert b"Account number" in answer.read()
    with urllib.request.urlopen(link.url) as answer:
        assert answer.url == use["refresh_url"]
    form = b"routing=110000000&number=000123456789"
    with urllib.request.urlopen(link.url, data=form) as answer:
        assert answer.url == use["return_url"]
    assert client.v1.accounts.external_accounts.list(made.id).data[0].last4 == "6789"


def test_an_unknown_parameter_and_a_revoked_key_are_refused():
    with running() as server:
        words = urllib.request.Request(
            f"{server.base}/v1/transfers",
            data=b"amount=1&currency=usd&destination=x&colour=red",
            headers={"Authorization": "Bearer sk_test_x"},
        )
        with pytest.raises(urllib.error.HTTPError) as no:
            urllib.request.urlopen(words)
        assert b".colour: unknown" in no.value.read()
        assert server.broken() == ["POST /v1/transfers asks .colour: unknown"]
        words.add_header("Authorization", "Bearer sk_test_revoked")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(words)


class Heard(BaseHTTPRequestHandler):
    """An endpoint that keeps what it hears and answers as told."""

    bodies: list[tuple[bytes, str]] = []
    answers: list[int] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.bodies.append((body, self.headers["Stripe-Signature"]))
        self.send_response(self.answers.pop(0) if self.answers else 200)
        self.end_headers()

    def log_message(self, *args):
        pass


def test_events_are_signed_and_told_again_until_they_are_taken():
    ear = HTTPServer(("127.0.0.1", 0), Heard)
    threading.Thread(target=ear.serve_forever, daemon=True).start()
    Heard.answers[:], Heard.bodies[:] = [500], []
    url = f"http://127.0.0.1:{ear.server_address[1]}/"
    with running("--webhook", url, "--secret", SIGNING) as server:
        server.top_up(cents=5)
        deadline = time.monotonic() + 10
        while len(Heard.bodies) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        kinds = [json.loads(body)["type"] for body, _sign in Heard.bodies]
        assert sorted(kinds[:3]) == ["v1.balance.available"] + ["v1.topup.succeeded"] * 2
        body, sign = Heard.bodies[0]
        stripe.WebhookSignature.verify_header(body.decode(), sign, SIGNING, tolerance=300)
        moment = sign.split(",")[0][2:]
        expected = hmac.new(SIGNING.encode(), f"{moment}.".encode() + body, hashlib.sha256)
        assert expected.hexdigest() in sign
        server.hooks(mode="hold")
        server.top_up(cents=6)
        held = [event["id"] for event in server.held()]
        heard = len(Heard.bodies)
        assert server.release(order=held[::-1]) == {"sent": 2}
        told = [json.loads(body)["id"] for body, _sign in Heard.bodies[heard:]]
        assert told == held[::-1]
    ear.shutdown()


def test_everything_is_there_again_after_a_restart(tmp_path):
    file = tmp_path / "stripe.json"
    with running("--state", str(file), "--top-up", "900") as server:
        made = client_of(server).v2.core.accounts.create(ACCOUNT).id
        server.onboard(account=made)
    with running("--state", str(file), "--top-up", "900") as server:
        assert server.state()["balance"] == 900
        assert client_of(server).v1.accounts.retrieve(made).payouts_enabled
