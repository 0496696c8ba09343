"""Transfers, reversals, top-ups, and what goes on from a connected balance to its bank."""

from typing import Any

from tests.local_stripe.accounts import get
from tests.local_stripe.answers import NoError, missing
from tests.local_stripe.state import State

Answer = dict[str, Any]


def transfer(state: State, body: Answer) -> Answer:
    """Move money from the platform's balance to a connected one."""
    cents, name = body.get("amount", 0), body["destination"]
    if cents <= 0:
        raise NoError(400, "parameter_invalid_integer", "Invalid positive integer", param="amount")
    if body["currency"] != "usd":
        raise NoError(400, "parameter_invalid", "Only dollars here", param="currency")
    if name not in state.accounts or state.accounts[name]["closed"]:
        raise missing("destination", name, "destination")
    account = state.accounts[name]
    if account["status"] != "active":
        words = (
            "Your destination account needs to have at least one of these capabilities: transfers"
        )
        raise NoError(400, "insufficient_capabilities_for_transfer", words, is_kept=True)
    if cents > state.balance:
        words = "You have insufficient available funds in your Stripe account."
        raise NoError(400, "balance_insufficient", words, is_kept=True)
    found = {
        "id": state.new_id("tr"),
        "object": "transfer",
        "amount": cents,
        "amount_reversed": 0,
        "created": state.now(),
        "currency": "usd",
        "description": body.get("description"),
        "destination": name,
        "livemode": False,
        "metadata": body.get("metadata") or {},
        "reversals": {"object": "list", "data": [], "has_more": False, "url": ""},
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": body.get("transfer_group"),
    }
    found["reversals"]["url"] = f"/v1/transfers/{found['id']}/reversals"
    state.transfers[found["id"]] = found
    found["balance_transaction"] = state.book(kind="transfer", cents=-cents, source=found["id"])
    account["balance"] += cents
    tell(state, "v1.transfer.created", found)
    return found


def tell(state: State, kind: str, found: Answer) -> None:
    """An event about a transfer."""
    state.emit(kind, found["id"], "transfer", f"/v1/transfers/{found['id']}")


def get_transfer(state: State, name: str) -> Answer:
    """A transfer of this platform."""
    if name not in state.transfers:
        raise missing("transfer", name)
    return state.transfers[name]


def reverse(state: State, found: Answer, body: Answer) -> Answer:
    """Take a transfer back in whole or in part, as far as the connected balance covers it."""
    left = found["amount"] - found["amount_reversed"]
    cents = body.get("amount", left)
    account = get(state, found["destination"])
    if not 0 < cents <= left:
        raise NoError(400, "amount_too_large", f"Only {left} is left to reverse", param="amount")
    if cents > account["balance"]:
        words = "The connected account has insufficient funds for this reversal."
        raise NoError(400, "balance_insufficient", words, is_kept=True)
    row = {
        "id": state.new_id("trr"),
        "object": "transfer_reversal",
        "amount": cents,
        "created": state.now(),
        "currency": "usd",
        "metadata": body.get("metadata") or {},
        "transfer": found["id"],
    }
    row["balance_transaction"] = state.book(kind="transfer_refund", cents=cents, source=row["id"])
    account["balance"] -= cents
    found["amount_reversed"] += cents
    found["reversed"] = found["amount_reversed"] == found["amount"]
    found["reversals"]["data"].insert(0, row)
    tell(state, "v1.transfer.reversed", found)
    return row


def top_up(state: State, cents: int, description: str = "", *, is_there: bool = True) -> Answer:
    """Money from the platform's bank; there at once, or after three days."""
    found = {
        "id": state.new_id("tu"),
        "object": "topup",
        "amount": cents,
        "created": state.now(),
        "currency": "usd",
        "description": description or None,
        "expected_availability_date": state.now() + (0 if is_there else 3 * 86_400),
        "livemode": False,
        "metadata": {},
        "status": "succeeded" if is_there else "pending",
    }
    state.topups[found["id"]] = found
    if is_there:
        state.book(kind="topup", cents=cents, source=found["id"])
        state.emit("v1.topup.succeeded", found["id"], "topup", f"/v1/topups/{found['id']}")
        balance_moved(state)
    else:
        state.kept["pending"] += cents
    return found


def balance_moved(state: State) -> None:
    """New money is available."""
    state.emit("v1.balance.available", "balance", "balance", "/v1/balance")


def sweep(state: State) -> list[Answer]:
    """Send every connected balance on to its bank, as Stripe does once a day."""
    made = []
    for account in state.accounts.values():
        if account["balance"] > 0 and account["bank"] and account["status"] == "active":
            made.append(pay_out(state, account))
    state.kept["swept_at"] = state.now()
    return made


def pay_out(state: State, account: Answer) -> Answer:
    """One payout of a whole connected balance."""
    found = {
        "id": state.new_id("po"),
        "object": "payout",
        "account": account["id"],
        "amount": account["balance"],
        "arrival_date": int(state.now() + state.arrives_after),
        "automatic": True,
        "created": state.now(),
        "currency": "usd",
        "destination": account["bank"]["id"],
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "in_progress",
        "source_type": "card",
        "status": "in_transit",
        "type": "bank_account",
    }
    account["balance"] = 0
    state.payouts[found["id"]] = found
    payout_tell(state, "created", found)
    return found


def payout_tell(state: State, what: str, found: Answer) -> None:
    """An event about a payout, in the account that it belongs to."""
    kind, url = f"v1.payout.{what}", f"/v1/payouts/{found['id']}"
    state.emit(kind, found["id"], "payout", url, found["account"])


def arrive(state: State, *, now: bool = False) -> list[Answer]:
    """Payouts whose day has come reach their bank, or come back."""
    due = [one for one in state.payouts.values() if one["status"] == "in_transit"]
    due = [one for one in due if now or one["arrival_date"] <= state.now()]
    for found in due:
        bank = state.accounts[found["account"]]["bank"]
        if bank and bank["fails_with"]:
            fail(state, found, bank["fails_with"])
        else:
            found["status"], found["reconciliation_status"] = "paid", "completed"
            payout_tell(state, "paid", found)
    return due


def fail(state: State, found: Answer, code: str) -> None:
    """The bank sent a payout back: its money is on the connected balance again."""
    found["status"], found["failure_code"] = "failed", code
    found["failure_message"] = f"The bank said {code}."
    state.accounts[found["account"]]["balance"] += found["amount"]
    payout_tell(state, "failed", found)


def shown(found: Answer) -> Answer:
    """A payout without our own note of whose it is."""
    return {key: value for key, value in found.items() if key != "account"}


def tick(state: State) -> None:
    """What happens by itself as time goes by."""
    with state.lock:
        if state.sweeps and state.now() - state.swept_at >= state.every:
            sweep(state)
        arrive(state)
        for one in state.topups.values():
            if one["status"] == "pending" and one["expected_availability_date"] <= state.now():
                one["status"] = "succeeded"
                state.kept["pending"] -= one["amount"]
                state.book(kind="topup", cents=one["amount"], source=one["id"])
                state.emit("v1.topup.succeeded", one["id"], "topup", f"/v1/topups/{one['id']}")
                balance_moved(state)
