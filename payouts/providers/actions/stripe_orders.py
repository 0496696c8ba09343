"""Orders carried out through Stripe: paced for all processes together, each payee asked first
whether it can be paid, several on the way at once."""

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from payouts.providers.actions.accounts import refusal_of
from payouts.providers.actions.pacing import Turns, turns_for, wait_for_turn
from payouts.providers.gateways import stripe
from payouts.providers.rules import (
    Capability,
    Order,
    Outcome,
    Receipt,
    ReversalOrder,
    TransferFacts,
)


class StripeConnect:
    """Transfers from the platform's balance to connected accounts."""

    most_at_once = 16
    lease = dt.timedelta(seconds=180)  # longer than two calls of three tries of 23 s and a pause

    def send(self, orders: Sequence[Order], *, at: dt.datetime) -> list[Receipt]:
        """Send each order once its payee is found ready. After a no that concerns all orders, the
        rest is not asked any more and may be asked later."""
        turns = turns_for(len(orders))
        with ThreadPoolExecutor(self.most_at_once) as pool:
            return list(pool.map(lambda one: send_one(turns, *one), enumerate(orders)))

    def find(self, orders: Sequence[Order], *, at: dt.datetime) -> list[Receipt]:
        """Look orders up in Stripe's list of their batch, by what we wrote into each transfer."""
        receipts: dict[str, Receipt] = {}
        for batch_key in dict.fromkeys(order.batch_key for order in orders):
            wanted = [order for order in orders if order.batch_key == batch_key]
            wait_for_turn("transfers")
            receipts |= found_in(batch_key, wanted)
        return [receipts[order.key] for order in orders]

    def available_cents(self) -> int:
        """The platform's balance that can be transferred now. Refuses when Stripe is silent."""
        try:
            return stripe.available_cents()
        except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
            raise refusal_of(no) from no


def send_one(turns: Turns, place: int, order: Order) -> Receipt:
    """Ask whether the payee can be paid, then pay. Runs in a thread and touches no table."""
    turns.wait_for_account(place)
    if turns.stop.is_set():
        return Receipt(order.key, Outcome.LATER, code="not_asked")
    if no := why_not(order):
        if no.outcome == Outcome.STOP:
            turns.stop.set()
        return no
    turns.wait_for_transfer(place)
    if turns.stop.is_set():
        return Receipt(order.key, Outcome.LATER, code="not_asked")
    receipt = stripe.pay(order)
    if receipt.outcome == Outcome.STOP:
        turns.stop.set()
    return receipt


def why_not(order: Order) -> Receipt | None:
    """Why an order must not be sent now: its payee is not ready, or Stripe did not say. None when
    it may go."""
    try:
        facts = stripe.read_account(order.payee_reference, with_bank=False)
    except stripe.StripeIsSilentError as no:
        return Receipt(order.key, Outcome.LATER, error=str(no), code="no_answer")
    except stripe.StripeRefusesError as no:
        return Receipt(order.key, Outcome.STOP, error=str(no), code="key_refused")
    if facts.capability == Capability.ACTIVE:
        return None
    return Receipt(order.key, Outcome.HOLD, code="not_ready", error=facts.disabled_reason)


def found_in(batch_key: str, orders: Sequence[Order]) -> dict[str, Receipt]:
    """Which of these orders Stripe has in its list of one batch."""
    try:
        there = {facts.key: facts.reference for facts in stripe.transfers_of(batch_key)}
    except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
        return {one.key: Receipt(one.key, Outcome.UNKNOWN, error=str(no)) for one in orders}
    return {
        one.key: Receipt(one.key, Outcome.SENT, there[one.key])
        if one.key in there
        else Receipt(one.key, Outcome.ABSENT)
        for one in orders
    }


def take_back(*, order: ReversalOrder) -> Receipt:
    """Ask Stripe to take money back from one transfer, under the reversal's own key."""
    wait_for_turn("reversals")
    return stripe.reverse(order)


def read_transfer(*, reference: str) -> TransferFacts | None:
    """One transfer as Stripe has it, with its reversals; None when it has none of that name.
    Refuses when Stripe is silent."""
    wait_for_turn("reads")
    try:
        return stripe.read_transfer(reference)
    except stripe.StripeRefusesError as no:
        if no.code == "resource_missing":
            return None
        raise refusal_of(no) from no
    except stripe.StripeIsSilentError as no:
        raise refusal_of(no) from no


def list_transfers(*, since: dt.datetime) -> list[TransferFacts]:
    """Every transfer that Stripe has since a moment. Refuses when Stripe is silent in the middle: a
    list with holes proves nothing."""
    wait_for_turn("reads")
    try:
        return list(stripe.transfers_since(since))
    except (stripe.StripeIsSilentError, stripe.StripeRefusesError) as no:
        raise refusal_of(no) from no
