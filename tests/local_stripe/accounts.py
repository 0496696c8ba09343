"""Connected accounts: made, onboarded on a page of this server, closed."""

import hashlib
import secrets
import time
from typing import Any

from tests.local_stripe.answers import NoError, missing
from tests.local_stripe.state import State

Answer = dict[str, Any]
WANTED = [
    ("identity.individual.id_number", "user", "individual.id_number"),
    ("recipient.default_outbound_destination", "user", "external_account"),
]
LINK_LIFE_S = 600
TRANSFERS = "stripe_balance.stripe_transfers"


def create(state: State, body: Answer, version: int) -> Answer:
    """A new account, without a bank and without the capability."""
    account = {
        "id": state.new_id("acct"),
        "version": version,
        "created": state.now(),
        "email": body.get("contact_email") or body.get("email"),
        "name": body.get("display_name") or (body.get("business_profile") or {}).get("name"),
        "metadata": body.get("metadata") or {},
        "status": "restricted",
        "wanted": [list(one) for one in WANTED],
        "deadline": None,
        "disabled_reason": "requirements.past_due",
        "closed": False,
        "bank": None,
        "balance": 0,
    }
    state.accounts[account["id"]] = account
    return account


def get(state: State, name: str) -> Answer:
    """An account of this platform."""
    if name not in state.accounts:
        raise missing("account", name)
    return state.accounts[name]


def iso(moment: float) -> str:
    """A moment as v2 writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(moment))


def as_v2(account: Answer, include: list[str]) -> Answer:
    """An account as the second version shows it; parts only when asked for."""
    found: Answer = {
        "id": account["id"],
        "object": "v2.core.account",
        "applied_configurations": ["recipient"],
        "closed": account["closed"],
        "created": iso(account["created"]),
        "contact_email": account["email"],
        "display_name": account["name"],
        "dashboard": "express",
        "livemode": False,
        "metadata": account["metadata"],
    }
    if "configuration.recipient" in include:
        status = account["status"]
        details = [] if status == "active" else [status_detail(account)]
        one = {"status": status, "status_details": details}
        found["configuration"] = {
            "recipient": {
                "applied": True,
                "capabilities": {"stripe_balance": {"stripe_transfers": one}},
            }
        }
    if "requirements" in include:
        found["requirements"] = requirements_v2(account)
    return found


def status_detail(account: Answer) -> Answer:
    """Why the capability is not active."""
    if account["status"] == "pending":
        return {"code": "requirements_pending_verification", "resolution": "no_resolution"}
    if account["wanted"]:
        return {"code": "requirements_past_due", "resolution": "provide_info"}
    return {"code": "restricted_other", "resolution": "contact_stripe"}


def requirements_v2(account: Answer) -> Answer:
    """What is missing, with its deadline."""
    due = "past_due" if account["status"] == "restricted" else "currently_due"
    soonest: Answer = {"status": due}
    if account["deadline"]:
        soonest["time"] = iso(account["deadline"])
    entries = [
        {
            "awaiting_action_from": who,
            "description": words,
            "errors": [],
            "impact": {
                "restricts_capabilities": [
                    {
                        "capability": TRANSFERS,
                        "configuration": "recipient",
                        "deadline": {"status": due},
                    }
                ]
            },
            "minimum_deadline": {"status": due},
            "requested_reasons": [{"code": "routine_onboarding"}],
        }
        for words, who, _old in account["wanted"]
    ]
    return {"entries": entries} | ({"summary": {"minimum_deadline": soonest}} if entries else {})


def as_v1(account: Answer) -> Answer:
    """The same account as the first version shows it."""
    past = [old for _new, _who, old in account["wanted"]]
    is_active = account["status"] == "active"
    status = "active" if is_active else "pending" if account["status"] == "pending" else "inactive"
    return {
        "id": account["id"],
        "object": "account",
        "created": int(account["created"]),
        "email": account["email"],
        "country": "US",
        "default_currency": "usd",
        "charges_enabled": False,
        "payouts_enabled": is_active,
        "details_submitted": account["bank"] is not None,
        "capabilities": {"transfers": status},
        "external_accounts": banks(account),
        "metadata": account["metadata"],
        "requirements": {
            "alternatives": [],
            "current_deadline": int(account["deadline"]) if account["deadline"] else None,
            "currently_due": past,
            "disabled_reason": None if is_active else account["disabled_reason"],
            "errors": [],
            "eventually_due": past,
            "past_due": past,
            "pending_verification": [],
        },
        "type": "none",
    }


def banks(account: Answer) -> Answer:
    """The bank account that a shop gave on the hosted page, by its last four."""
    bank, url = account["bank"], f"/v1/accounts/{account['id']}/external_accounts"
    data = []
    if bank:
        data.append(
            {
                "id": bank["id"],
                "object": "bank_account",
                "account": account["id"],
                "bank_name": bank["name"],
                "country": "US",
                "currency": "usd",
                "default_for_currency": True,
                "fingerprint": bank["fingerprint"],
                "last4": bank["last4"],
                "routing_number": bank["routing"],
                "status": "new",
            }
        )
    return {"object": "list", "data": data, "has_more": False, "url": url}


def link(state: State, base: str, account: Answer, refresh: str, back: str) -> Answer:
    """A single-use address of the hosted page."""
    if account["closed"]:
        raise NoError(400, "account_closed", "This account is closed.")
    token = secrets.token_urlsafe(18)
    ends = state.now() + LINK_LIFE_S
    state.links[token] = {
        "account": account["id"],
        "refresh": refresh,
        "back": back,
        "ends": ends,
        "used": False,
    }
    return {"url": f"{base}/onboarding/{token}", "ends": ends}


def finish(state: State, account: Answer, *, routing: str, number: str) -> None:
    """The shop gave its bank on the hosted page: the capability turns active."""
    account["bank"] = {
        "id": state.new_id("ba"),
        "routing": routing,
        "last4": number[-4:],
        "fingerprint": hashlib.sha256(f"{routing}:{number}".encode()).hexdigest()[:16],
        "name": "Local Test Bank",
        "fails_with": "account_closed" if number.endswith("0002") else None,
    }
    state.emit(
        "v1.account.external_account.updated",
        account["bank"]["id"],
        "bank_account",
        f"/v1/accounts/{account['id']}/external_accounts/{account['bank']['id']}",
        account["id"],
    )
    set_capability(state, account, "active", wanted=[])


def set_capability(
    state: State, account: Answer, status: str, *, wanted: list | None = None, reason: str = ""
) -> None:
    """Turn the capability on or off, and tell it."""
    account["status"] = status
    account["disabled_reason"] = None if status == "active" else reason or "rejected.other"
    if wanted is not None:
        account["wanted"] = wanted
    name, url = account["id"], f"/v2/core/accounts/{account['id']}"
    state.emit(
        "v2.core.account[configuration.recipient].capability_status_updated",
        name,
        "v2.core.account",
        url,
        name,
    )
    state.emit("v2.core.account[requirements].updated", name, "v2.core.account", url, name)


def close(state: State, account: Answer) -> None:
    """Close an account for good."""
    account["closed"], account["status"] = True, "restricted"
    url = f"/v2/core/accounts/{account['id']}"
    state.emit("v2.core.account.closed", account["id"], "v2.core.account", url, account["id"])
