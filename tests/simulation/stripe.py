"""A local Stripe inside this process, whose faults and forgetful post are drawn from the seed."""

import datetime as dt
import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client

from payouts.statements.queries.replay import replay_newest
from tests.local_stripe import control
from tests.local_stripe.client import SECRET_KEY, SIGNING
from tests.local_stripe.faults import FaultPlan
from tests.local_stripe.server import LocalStripe

WRITES = ("429", "409", "503", "500_after", "drop_before", "drop_after")
READS = ("429", "503", "drop_before", "drop_after")
FLOAT = 20_000_00  # what the platform holds at Stripe to begin with


class DrawnFaults:
    """Each call fails with the same chance, in a way that is drawn."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.share = dice, 0.0

    def deed(self, method: str, path: str) -> dict[str, Any] | None:
        """What this call suffers, if anything."""
        if self.dice.random() >= self.share:
            return None
        return {"do": self.dice.choice(WRITES if method == "POST" else READS), "seconds": 0}


class QuietStripe(LocalStripe):
    """One whose time goes by only when it is told."""

    def go_on(self) -> None:
        """Nothing happens by itself."""


class Post:
    """What Stripe tells us of: some letters are lost, some come twice, late, or out of order."""

    def __init__(self, server: LocalStripe, dice: random.Random) -> None:
        self.server, self.dice, self.client = server, dice, Client()
        self.seen, self.late = 0, []

    def bring(self) -> list[int]:
        """Hand over what is new, and some of what was late: the answers."""
        fresh = self.server.state.events[self.seen :]
        self.seen = len(self.server.state.events)
        bag, self.late = self.late, []
        for event in fresh:
            fate = self.dice.random()
            if fate < 0.15:
                continue
            if fate < 0.3:
                self.late.append(event)
            bag += [event] * self.dice.choice((1, 1, 1, 2, 3))
        self.dice.shuffle(bag)
        return [self.hand_over(event) for event in bag]

    def hand_over(self, event: dict[str, Any]) -> int:
        """One letter, now and then with a seal that was broken on the way."""
        body = json.dumps(event).encode()
        seal = self.server.hooks.sign(body)
        if self.dice.random() < 0.03:
            refused = self.client.post(
                "/webhooks/stripe/",
                body + b" ",
                content_type="application/json",
                headers={"Stripe-Signature": seal},
            )
            assert refused.status_code == 400
        answer = self.client.post(
            "/webhooks/stripe/",
            body,
            content_type="application/json",
            headers={"Stripe-Signature": seal},
        )
        return answer.status_code


class Stripe:
    """The server of all seeds, as new for each."""

    def __init__(self) -> None:
        self.server = QuietStripe(0, file=None, url="", secrets=[SIGNING])
        serve = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        serve.start()

    def begin(self, dice: random.Random, at: dt.datetime) -> None:
        """Nothing is known but the platform's money; faults and letters are drawn from `dice`."""
        self.server.faults = FaultPlan()
        control.reset(self.server)
        self.server.hooks.secrets = [SIGNING]
        self.faults = self.server.faults = DrawnFaults(random.Random(dice.random()))
        self.post = Post(self.server, random.Random(dice.random()))
        self.it_is(at)
        control.pace(self.server, every=86_400, arrives_after=2 * 86_400)
        self.wish("top_up", cents=FLOAT)

    def it_is(self, at: dt.datetime) -> None:
        """Its clock; balances are swept and payouts arrive on the way."""
        self.wish("clock", at=at.timestamp())

    def wish(self, name: str, **facts: Any) -> Any:
        """What a test may ask, without the way over HTTP."""
        with self.server.state.lock:
            return control.WISHES[name](self.server, **facts)

    @property
    def transfers(self) -> list[dict[str, Any]]:
        """Every transfer it holds."""
        return list(self.server.state.transfers.values())


@pytest.fixture(scope="module")
def stripe_inside():
    """One Stripe for all seeds of a module."""
    stripe = Stripe()
    yield stripe
    stripe.server.shutdown()
    stripe.server.server_close()


@pytest.fixture
def stripe(stripe_inside, settings, monkeypatch):
    """The portal pays through it: one call after the other, each tried once, without waiting."""
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_WEBHOOK_SECRETS = [SIGNING]
    settings.STRIPE_API_BASE = stripe_inside.server.base
    settings.STRIPE_ACCOUNTS, settings.STRIPE_IS_LIVE = "v2", False
    settings.LEAST_PAYOUT_CENTS = 300
    orders = "payouts.providers.actions.stripe_orders"
    monkeypatch.setattr("payouts.providers.actions.pacing.SPACING_S", 0.0)
    monkeypatch.setattr(f"{orders}.ThreadPoolExecutor", lambda _most: ThreadPoolExecutor(1))
    monkeypatch.setattr(f"{orders}.StripeConnect.most_at_once", 4)
    monkeypatch.setattr("payouts.providers.gateways.stripe.RETRIES", 0)
    # Each night works two statements out again; `promises` works all of them out on paydays.
    books = "payouts.statements.queries.books.replay_newest"
    monkeypatch.setattr(books, lambda: replay_newest(limit=2))
    monkeypatch.setattr("payouts.providers.actions.BankFile.most_at_once", 3)
    yield stripe_inside
    assert stripe_inside.server.broken == []
