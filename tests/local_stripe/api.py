"""The calls that the local Stripe answers, by path and method."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.local_stripe import accounts, money
from tests.local_stripe.answers import missing, page_v1, page_v2
from tests.local_stripe.state import State

Answer = dict[str, Any]


@dataclass
class Call:
    """One request that was read and found in order."""

    state: State
    base: str
    ids: list[str]
    query: Answer
    body: Answer
    account: str = ""


def v2_create(call: Call) -> Answer:
    account = accounts.create(call.state, call.body, 2)
    return accounts.as_v2(account, call.body.get("include", []))


def v2_get(call: Call) -> Answer:
    account = accounts.get(call.state, call.ids[0])
    return accounts.as_v2(account, call.query.get("include", []))


def v2_update(call: Call) -> Answer:
    account = accounts.get(call.state, call.ids[0])
    account["email"] = call.body.get("contact_email", account["email"])
    account["metadata"] |= call.body.get("metadata") or {}
    return accounts.as_v2(account, call.body.get("include", []))


def v2_close(call: Call) -> Answer:
    account = accounts.get(call.state, call.ids[0])
    accounts.close(call.state, account)
    return accounts.as_v2(account, [])


def v2_link(call: Call) -> Answer:
    account = accounts.get(call.state, call.body["account"])
    use = call.body["use_case"]
    page = use[use["type"]]
    made = accounts.link(
        call.state, call.base, account, page["refresh_url"], page.get("return_url", "")
    )
    return {
        "object": "v2.core.account_link",
        "account": account["id"],
        "created": accounts.iso(call.state.now()),
        "expires_at": accounts.iso(made["ends"]),
        "livemode": False,
        "url": made["url"],
        "use_case": use,
    }


def v1_create(call: Call) -> Answer:
    return accounts.as_v1(accounts.create(call.state, call.body, 1))


def v1_get(call: Call) -> Answer:
    return accounts.as_v1(accounts.get(call.state, call.ids[0]))


def v1_link(call: Call) -> Answer:
    account = accounts.get(call.state, call.body["account"])
    made = accounts.link(
        call.state,
        call.base,
        account,
        call.body.get("refresh_url", ""),
        call.body.get("return_url", ""),
    )
    return {
        "object": "account_link",
        "created": call.state.now(),
        "expires_at": made["ends"],
        "url": made["url"],
    }


def login_link(call: Call) -> Answer:
    account = accounts.get(call.state, call.ids[0])
    url = f"{call.base}/express/{account['id']}"
    return {"object": "login_link", "created": call.state.now(), "url": url}


def external_accounts(call: Call) -> Answer:
    return accounts.banks(accounts.get(call.state, call.ids[0]))


def transfer_create(call: Call) -> Answer:
    return money.transfer(call.state, call.body)


def transfer_list(call: Call) -> Answer:
    rows = list(call.state.transfers.values())
    for name in ("destination", "transfer_group"):
        if name in call.query:
            rows = [row for row in rows if row[name] == call.query[name]]
    return page_v1(rows, call.query, "/v1/transfers")


def transfer_get(call: Call) -> Answer:
    return money.get_transfer(call.state, call.ids[0])


def reversal_create(call: Call) -> Answer:
    return money.reverse(call.state, money.get_transfer(call.state, call.ids[0]), call.body)


def reversal_list(call: Call) -> Answer:
    found = money.get_transfer(call.state, call.ids[0])["reversals"]
    return page_v1(list(reversed(found["data"])), call.query, found["url"])


def balance(call: Call) -> Answer:
    cents, pending = call.state.balance, call.state.pending
    if call.account:
        cents, pending = accounts.get(call.state, call.account)["balance"], 0
    return {
        "object": "balance",
        "available": [{"amount": cents, "currency": "usd", "source_types": {"card": cents}}],
        "pending": [{"amount": pending, "currency": "usd", "source_types": {"card": pending}}],
        "livemode": False,
    }


def balance_lines(call: Call) -> Answer:
    rows = call.state.lines
    for name in ("type", "source", "currency"):
        if name in call.query:
            rows = [row for row in rows if row[name] == call.query[name]]
    return page_v1(rows, call.query, "/v1/balance_transactions")


def balance_settings(call: Call) -> Answer:
    kept = call.state.settings.setdefault(call.account or "platform", {"interval": "daily"})
    wanted = (call.body.get("payments") or {}).get("payouts") or {}
    kept |= wanted.get("schedule") or {}
    return {
        "object": "balance_settings",
        "payments": {
            "debit_negative_balances": True,
            "payouts": {
                "minimum_balance_by_currency": wanted.get("minimum_balance_by_currency"),
                "schedule": {"interval": kept["interval"]},
                "statement_descriptor": None,
                "status": "enabled",
            },
            "settlement_timing": {"delay_days": 2},
        },
    }


def payout_list(call: Call) -> Answer:
    rows = [one for one in call.state.payouts.values() if one["account"] == call.account]
    if "status" in call.query:
        rows = [row for row in rows if row["status"] == call.query["status"]]
    page = page_v1(rows, call.query, "/v1/payouts")
    return page | {"data": [money.shown(row) for row in page["data"]]}


def payout_get(call: Call) -> Answer:
    found = call.state.payouts.get(call.ids[0])
    if found is None or found["account"] != call.account:
        raise missing("payout", call.ids[0])
    return money.shown(found)


def top_up_create(call: Call) -> Answer:
    words = call.body.get("description") or ""
    return money.top_up(call.state, call.body["amount"], words, is_there=False)


def top_up_list(call: Call) -> Answer:
    return page_v1(list(call.state.topups.values()), call.query, "/v1/topups")


def event_list(call: Call) -> Answer:
    rows = call.state.events
    wanted = call.query.get("created") or {}
    rows = [row for row in rows if row["created"] >= wanted.get("gte", "")]
    rows = [row for row in rows if row["created"] > wanted.get("gt", "")]
    if name := call.query.get("object_id"):
        rows = [row for row in rows if row["related_object"]["id"] == name]
    return page_v2(reversed(rows), call.query, "/v2/core/events")


def event_get(call: Call) -> Answer:
    for event in call.state.events:
        if event["id"] == call.ids[0]:
            return event
    raise missing("event", call.ids[0])


def destination_create(call: Call) -> Answer:
    body, name = call.body, call.state.new_id("ed")
    found = {
        "id": name,
        "object": "v2.core.event_destination",
        "created": accounts.iso(call.state.now()),
        "updated": accounts.iso(call.state.now()),
        "description": body.get("description", ""),
        "enabled_events": body["enabled_events"],
        "event_payload": body["event_payload"],
        "events_from": body.get("events_from", ["@self"]),
        "livemode": False,
        "name": body["name"],
        "status": "enabled",
        "type": body["type"],
        "webhook_endpoint": {
            "url": body["webhook_endpoint"]["url"],
            "signing_secret": f"whsec_{name}",
        },
    }
    call.state.destinations[name] = found
    return found


def destination_list(call: Call) -> Answer:
    return page_v2(call.state.destinations.values(), call.query, "/v2/core/event_destinations")


CALLS: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("POST", "/v2/core/accounts"): v2_create,
    ("GET", "/v2/core/accounts/{id}"): v2_get,
    ("POST", "/v2/core/accounts/{id}"): v2_update,
    ("POST", "/v2/core/accounts/{id}/close"): v2_close,
    ("POST", "/v2/core/account_links"): v2_link,
    ("POST", "/v1/accounts"): v1_create,
    ("GET", "/v1/accounts/{account}"): v1_get,
    ("POST", "/v1/account_links"): v1_link,
    ("POST", "/v1/accounts/{account}/login_links"): login_link,
    ("GET", "/v1/accounts/{account}/external_accounts"): external_accounts,
    ("POST", "/v1/transfers"): transfer_create,
    ("GET", "/v1/transfers"): transfer_list,
    ("GET", "/v1/transfers/{transfer}"): transfer_get,
    ("POST", "/v1/transfers/{id}/reversals"): reversal_create,
    ("GET", "/v1/transfers/{id}/reversals"): reversal_list,
    ("GET", "/v1/balance"): balance,
    ("GET", "/v1/balance_transactions"): balance_lines,
    ("GET", "/v1/balance_settings"): balance_settings,
    ("POST", "/v1/balance_settings"): balance_settings,
    ("GET", "/v1/payouts"): payout_list,
    ("GET", "/v1/payouts/{payout}"): payout_get,
    ("POST", "/v1/topups"): top_up_create,
    ("GET", "/v1/topups"): top_up_list,
    ("GET", "/v2/core/events"): event_list,
    ("GET", "/v2/core/events/{id}"): event_get,
    ("GET", "/v2/core/event_destinations"): destination_list,
    ("POST", "/v2/core/event_destinations"): destination_create,
}
