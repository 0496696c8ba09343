"""What a test may ask and tell the local Stripe, at /_control/NAME, all by POST with JSON."""

import json
from typing import TYPE_CHECKING, Any

from tests.local_stripe import accounts, money
from tests.local_stripe.answers import NoError
from tests.local_stripe.state import EMPTY

if TYPE_CHECKING:
    from tests.local_stripe.server import LocalStripe

Body = dict[str, Any]


def answer(server: "LocalStripe", path: str, body: Body) -> tuple[int, Any]:
    """Do what is asked; 404 when there is no such wish, 400 with the reason when it can't be."""
    wish = WISHES.get(path.removeprefix("/_control/"))
    if wish is None:
        return 404, {"error": "no such wish"}
    try:
        with server.state.lock:
            found = wish(server, **body)
    except (NoError, TypeError, KeyError, ValueError) as no:
        return 400, {"error": str(no)}
    server.hooks.collect()
    server.state.save()
    return 200, found


def clock(server: "LocalStripe", at: float | None = None, advance: float = 0) -> Body:
    """Set or move the clock; time goes by on the way."""
    moment = server.state.set_clock(at=at, advance=advance)
    money.tick(server.state)
    return {"now": moment}


def faults(server: "LocalStripe", rules: list[Body]) -> Body:
    """A plan of faults."""
    server.faults.set(rules)
    return {}


def log(server: "LocalStripe") -> list[Body]:
    """Every call so far, in order."""
    return list(server.log)


def broken(server: "LocalStripe") -> list[str]:
    """Where a request or an answer was not what the description says."""
    return list(server.broken)


def hooks(server: "LocalStripe", **ways: Any) -> Body:
    """How webhooks go out: `mode`, `copies`, `delay`, `before_answer`, `url`, `secrets`."""
    server.hooks.url = ways.pop("url", server.hooks.url)
    server.hooks.secrets = ways.pop("secrets", server.hooks.secrets)
    server.hooks.ways |= ways
    return dict(server.hooks.ways)


def release(server: "LocalStripe", order: list[str] | None = None, seed: int | None = None) -> Body:
    """Send the events that were held back."""
    return {"sent": server.hooks.release(order, seed)}


def held(server: "LocalStripe") -> list[Body]:
    """The events that are held back."""
    return list(server.hooks.held)


def deliveries(server: "LocalStripe") -> list[Body]:
    """Every webhook that was sent, with its answer."""
    return list(server.hooks.log)


def events(server: "LocalStripe") -> list[Body]:
    """Every event so far."""
    return list(server.state.events)


def top_up(server: "LocalStripe", cents: int, is_there: bool = True) -> Body:
    """Money from the platform's bank."""
    return money.top_up(server.state, cents, is_there=is_there)


def drain(server: "LocalStripe", cents: int) -> Body:
    """Money goes back to the platform's bank, as automatic payouts would take it."""
    server.state.book(kind="payout", cents=-cents, source="po_platform")
    return {"balance": server.state.balance}


def capability(
    server: "LocalStripe",
    account: str,
    status: str,
    wanted: list | None = None,
    reason: str = "",
    deadline: float | None = None,
) -> Body:
    """Turn an account's capability on or off."""
    found = accounts.get(server.state, account)
    found["deadline"] = deadline
    accounts.set_capability(server.state, found, status, wanted=wanted, reason=reason)
    return found


def onboard(server: "LocalStripe", account: str, number: str = "000123456789") -> Body:
    """What a shop does on the hosted page."""
    found = accounts.get(server.state, account)
    accounts.finish(server.state, found, routing="110000000", number=number)
    return found


def close(server: "LocalStripe", account: str) -> Body:
    """Close an account."""
    accounts.close(server.state, accounts.get(server.state, account))
    return {}


def transfer(server: "LocalStripe", **body: Any) -> Body:
    """A transfer that somebody made in the dashboard."""
    return money.transfer(server.state, {"currency": "usd"} | body)


def reverse(server: "LocalStripe", transfer: str, **body: Any) -> Body:
    """A reversal that somebody made in the dashboard."""
    return money.reverse(server.state, money.get_transfer(server.state, transfer), body)


def tamper(server: "LocalStripe", transfer: str, **fields: Any) -> Body:
    """A transfer is not what it was; `forget` takes it away altogether."""
    if fields.pop("forget", False):
        return server.state.transfers.pop(transfer)
    server.state.transfers[transfer] |= fields
    return server.state.transfers[transfer]


def sweep(server: "LocalStripe") -> list[Body]:
    """Send every connected balance on to its bank, now."""
    return money.sweep(server.state)


def arrive(server: "LocalStripe") -> list[Body]:
    """What is on its way to a bank arrives now."""
    return money.arrive(server.state, now=True)


def fail_payout(server: "LocalStripe", payout: str, code: str) -> Body:
    """A bank sends a payout back, also one that was paid."""
    money.fail(server.state, server.state.payouts[payout], code)
    return server.state.payouts[payout]


def pace(server: "LocalStripe", every: float, arrives_after: float) -> Body:
    """How often balances are swept by themselves, and how long the way to a bank is, in seconds."""
    server.state.kept |= {"sweeps": True, "every": every, "arrives_after": arrives_after}
    return {}


def state(server: "LocalStripe") -> Body:
    """Everything that is known."""
    return server.state.kept


def reset(server: "LocalStripe") -> Body:
    """Everything is as at the start."""
    server.state.kept = json.loads(json.dumps(EMPTY))
    server.keys.kept.clear()
    server.faults.set([])
    server.log.clear()
    server.broken.clear()
    server.hooks.forget()
    return {}


def ready(server: "LocalStripe") -> Body:
    """Whether somebody is here."""
    return {"ready": True}


WISHES: dict[str, Any] = {
    wish.__name__: wish
    for wish in (
        clock,
        faults,
        log,
        broken,
        hooks,
        release,
        held,
        deliveries,
        events,
        top_up,
        drain,
        capability,
        onboard,
        close,
        transfer,
        reverse,
        tamper,
        sweep,
        arrive,
        fail_payout,
        pace,
        state,
        ready,
        reset,
    )
}
