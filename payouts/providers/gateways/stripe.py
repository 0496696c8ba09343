"""Stripe Connect in our words. The only file that imports the `stripe` library.

No call here opens a transaction or reads a table. Each tries three times for 3 + 20 s at most with
one key (the library's own default is no retry and 80 s); longer patience is the caller's.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings

from payouts.providers.rules.facts import (
    AccountFacts,
    BankPayoutFacts,
    Capability,
    EventFacts,
    Requirement,
    ReversalFacts,
    TransferFacts,
    capability_of,
)
from payouts.providers.rules.orders import Order, Outcome, Receipt, ReversalOrder

API_VERSION = "2026-10-28.endive"  # what we were tested with; a new one is a change of code
TIMEOUT_S = (3, 20)
RETRIES = 2
PAGE = 100
TOLERANCE_S = 300
PARTS = ["configuration.recipient", "requirements"]
NOT_PAYABLE = {
    "account_closed",
    "account_invalid",
    "insufficient_capabilities_for_transfer",
    "resource_missing",
    "transfers_not_allowed",
}

# At its own level "debug" the library logs bodies: links and bank details among them.
logging.getLogger("stripe").setLevel(logging.WARNING)
stripe.enable_telemetry = False  # it would write a file of its own under the home folder


class StripeIsSilentError(Exception):
    """Stripe could not be asked, or did not say what we can rely on. Nothing is known."""


class StripeRefusesError(Exception):
    """Stripe answered no, with its code."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def client() -> stripe.StripeClient:
    """A client for the key and the address of the settings."""
    return client_of(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=4)
def client_of(key: str, base: str) -> stripe.StripeClient:
    """One client a key and address; it may be used by several threads."""
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_S),
    )


# --- What became of a request --------------------------------------------------------------------


def verdict(problem: stripe.StripeError) -> tuple[Outcome, str]:
    """What an error means for an order, with a code of ours. What is not known for sure is
    `UNKNOWN`; a refusal we never met holds the payee, because asking again would not help."""
    code = problem.code or ""
    if isinstance(problem, stripe.RateLimitError):
        return Outcome.LATER, "rate_limited"
    if problem.http_status == 409:
        return Outcome.LATER, "conflict"
    if isinstance(problem, stripe.IdempotencyError):
        return Outcome.STOP, "key_means_another"
    if isinstance(problem, stripe.AuthenticationError | stripe.PermissionError):
        return Outcome.STOP, "key_refused"
    if isinstance(problem, stripe.APIConnectionError):
        return Outcome.UNKNOWN, "no_answer"
    if code == "balance_insufficient":
        return Outcome.STOP, code
    if isinstance(problem, stripe.InvalidRequestError):
        if code.startswith(("parameter_", "amount_")):
            return Outcome.FAILED, code
        return Outcome.HOLD, code if code in NOT_PAYABLE else "refused"
    if isinstance(problem, stripe.CardError):
        return Outcome.FAILED, code or "refused"
    return Outcome.UNKNOWN, "server_error"


def words_of(problem: stripe.StripeError) -> str:
    """What Stripe said, without what we sent."""
    return (problem.user_message or type(problem).__name__)[:200]


def refused(key: str, problem: stripe.StripeError) -> Receipt:
    """The receipt of an order that met an error."""
    outcome, code = verdict(problem)
    return Receipt(key, outcome, error=words_of(problem), code=code)


def asked(call: Any, *arguments: Any) -> Any:
    """A read, or a write that may be repeated: its answer, or one of our two errors."""
    try:
        return call(*arguments)
    except stripe.StripeError as problem:
        outcome, code = verdict(problem)
        if outcome in {Outcome.UNKNOWN, Outcome.LATER}:
            raise StripeIsSilentError(words_of(problem)) from problem
        raise StripeRefusesError(problem.code or code, words_of(problem)) from problem


# --- Payments ------------------------------------------------------------------------------------


def pay(order: Order) -> Receipt:
    """Make one transfer under the order's key; everything sent is frozen with the order."""
    try:
        made = client().v1.transfers.create(
            {
                "amount": order.amount_cents,
                "currency": "usd",
                "destination": order.payee_reference,
                "transfer_group": order.batch_key,
                "description": f"Pay {order.batch_key}".replace(":", " "),
                "metadata": {"transfer": order.key, "run": order.batch_key},
            },
            {"idempotency_key": order.idempotency_key},
        )
    except stripe.StripeError as problem:
        return refused(order.key, problem)
    return Receipt(order.key, Outcome.SENT, made.id)


def reverse(order: ReversalOrder) -> Receipt:
    """Take money back from one transfer under the reversal's own key."""
    try:
        made = client().v1.transfers.reversals.create(
            order.transfer_reference,
            {"amount": order.amount_cents, "metadata": {"reversal": order.key}},
            {"idempotency_key": order.idempotency_key},
        )
    except stripe.StripeError as problem:
        return refused(order.key, problem)
    return Receipt(order.key, Outcome.SENT, made.id)


def transfers_of(batch_key: str) -> Iterator[TransferFacts]:
    """Every transfer of one group, the newest first."""
    return listed_transfers({"transfer_group": batch_key})


def transfers_since(moment: dt.datetime) -> Iterator[TransferFacts]:
    """Every transfer made since a moment, the newest first."""
    return listed_transfers({"created": {"gte": int(moment.timestamp())}})


def listed_transfers(wanted: dict[str, Any]) -> Iterator[TransferFacts]:
    """Every transfer that fits, page after page."""
    page = asked(client().v1.transfers.list, wanted | {"limit": PAGE})
    while page.data:
        yield from (transfer_facts(one.to_dict()) for one in page.data)
        if not page.has_more:
            return
        after = {"starting_after": page.data[-1].id}
        page = asked(client().v1.transfers.list, wanted | {"limit": PAGE} | after)


def read_transfer(reference: str) -> TransferFacts:
    """One transfer with all its reversals."""
    found = asked(client().v1.transfers.retrieve, reference).to_dict()
    if found["reversals"]["has_more"]:
        more = asked(client().v1.transfers.reversals.list, reference, {"limit": PAGE})
        found["reversals"] = more.to_dict()
    return transfer_facts(found)


def transfer_facts(found: dict[str, Any]) -> TransferFacts:
    """A transfer in our words."""
    return TransferFacts(
        reference=found["id"],
        key=found["metadata"].get("transfer", ""),
        batch_key=found.get("transfer_group") or "",
        payee_reference=found.get("destination") or "",
        amount_cents=found["amount"],
        made_at=moment(found["created"]),
        reversals=[
            ReversalFacts(
                reference=one["id"],
                amount_cents=one["amount"],
                made_at=moment(one["created"]),
                key=(one.get("metadata") or {}).get("reversal", ""),
            )
            for one in found["reversals"]["data"]
        ],
    )


def available_cents() -> int:
    """What the platform could transfer now."""
    found = asked(client().v1.balance.retrieve).to_dict()
    return sum(one["amount"] for one in found["available"] if one["currency"] == "usd")


# --- Connected accounts --------------------------------------------------------------------------


def create_account(*, shop_id: int, name: str, email: str, key: str) -> str:
    """A connected account for a shop, under a key made before: its reference."""
    options: Any = {"idempotency_key": key}
    whose = {"shop": str(shop_id)}
    if settings.STRIPE_ACCOUNTS == "v1":
        words: Any = v1_account(name, email, whose)
        return str(asked(client().v1.accounts.create, words, options).id)
    words = v2_account(name, email, whose)
    return str(asked(client().v2.core.accounts.create, words, options).id)


def v2_account(name: str, email: str, whose: dict[str, str]) -> dict[str, Any]:
    """A recipient of transfers with Stripe's own dashboard; we answer for fees and losses."""
    wish = {"stripe_balance": {"stripe_transfers": {"requested": True}}}
    found = {
        "display_name": name,
        "dashboard": "express",
        "identity": {"country": "us"},
        "defaults": {
            "currency": "usd",
            "responsibilities": {
                "fees_collector": "application",
                "losses_collector": "application",
            },
        },
        "configuration": {"recipient": {"capabilities": wish}},
        "metadata": whose,
    }
    return found | ({"contact_email": email} if email else {})


def v1_account(name: str, email: str, whose: dict[str, str]) -> dict[str, Any]:
    """The same for platforms that Stripe has not moved to its second version."""
    found = {
        "country": "US",
        "controller": {
            "stripe_dashboard": {"type": "express"},
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
        },
        "capabilities": {"transfers": {"requested": True}},
        "business_profile": {"name": name},
        "metadata": whose,
    }
    return found | ({"email": email} if email else {})


def onboarding_link(reference: str, *, refresh_url: str, return_url: str) -> str:
    """A fresh single-use address of Stripe's hosted pages. It is a key in itself: redirect to it
    at once, never keep, log or send it."""
    fields = {"fields": "eventually_due"}
    there = {"refresh_url": refresh_url, "return_url": return_url, "collection_options": fields}
    if settings.STRIPE_ACCOUNTS == "v1":
        words: Any = {"account": reference, "type": "account_onboarding"} | there
        return str(asked(client().v1.account_links.create, words).url)
    words = {
        "account": reference,
        "use_case": {"type": "account_onboarding", "account_onboarding": there},
    }
    return str(asked(client().v2.core.account_links.create, words).url)


def dashboard_link(reference: str) -> str:
    """A fresh address of a shop's own dashboard at Stripe; as secret as the one above."""
    return str(asked(client().v1.accounts.login_links.create, reference).url)


def read_account(reference: str, *, with_bank: bool = True) -> AccountFacts:
    """An account as it is now."""
    try:
        facts = (v1_facts if settings.STRIPE_ACCOUNTS == "v1" else v2_facts)(reference)
    except StripeRefusesError as no:
        if no.code in {"resource_missing", "account_invalid"}:
            return AccountFacts(reference=reference, capability=Capability.CLOSED)
        raise
    if not with_bank or facts.capability == Capability.CLOSED:
        return facts
    return AccountFacts(**vars(facts) | bank_of(reference))


def v2_facts(reference: str) -> AccountFacts:
    """From the second version: parts come only when they are asked for."""
    found = asked(client().v2.core.accounts.retrieve, reference, {"include": PARTS}).to_dict()
    wanted = found.get("requirements") or {}
    requirements = [
        Requirement(
            code=one["description"],
            is_past_due=one["minimum_deadline"]["status"] == "past_due",
            is_theirs=one["awaiting_action_from"] == "stripe",
        )
        for one in wanted.get("entries") or []
    ]
    status, reason = v2_status(found)
    soonest = ((wanted.get("summary") or {}).get("minimum_deadline") or {}).get("time")
    return AccountFacts(
        reference=reference,
        capability=capability_of(
            status, is_closed=bool(found.get("closed")), requirements=requirements, reason=reason
        ),
        requirements=requirements,
        deadline_at=moment(soonest) if soonest else None,
        disabled_reason=reason,
    )


def v2_status(found: dict[str, Any]) -> tuple[str, str]:
    """The status of the one capability we ask for, and why it is not active."""
    recipient = (found.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    one = balance.get("stripe_transfers") or {}
    details = one.get("status_details") or []
    return one.get("status") or "restricted", details[0]["code"] if details else ""


def v1_facts(reference: str) -> AccountFacts:
    """From the first version."""
    found = asked(client().v1.accounts.retrieve, reference).to_dict()
    wanted = found.get("requirements") or {}
    past = set(wanted.get("past_due") or [])
    due = dict.fromkeys([*past, *(wanted.get("currently_due") or [])])
    requirements = [Requirement(code, is_past_due=code in past) for code in due]
    for code in wanted.get("pending_verification") or []:
        requirements.append(Requirement(code, is_theirs=True))
    status = (found.get("capabilities") or {}).get("transfers") or "inactive"
    reason, soonest = wanted.get("disabled_reason") or "", wanted.get("current_deadline")
    return AccountFacts(
        reference=reference,
        capability=capability_of(status, is_closed=False, requirements=requirements, reason=reason),
        requirements=requirements,
        deadline_at=moment(soonest) if soonest else None,
        disabled_reason=reason,
    )


def bank_of(reference: str) -> dict[str, str]:
    """The bank account that a shop gave to Stripe: name, last four, and Stripe's mark of the whole
    number (the same for the same account); nothing when there is none."""
    page = asked(client().v1.accounts.external_accounts.list, reference, {"limit": PAGE})
    banks = [one.to_dict() for one in page.data]
    banks.sort(key=lambda one: not one.get("default_for_currency"))
    if not banks:
        return {}
    bank = banks[0]
    return {
        "bank_name": (bank.get("bank_name") or "")[:80],
        "bank_last4": bank.get("last4") or "",
        "bank_mark": (bank.get("fingerprint") or bank["id"])[:80],
    }


def bank_payouts(reference: str, *, most: int = 20) -> list[BankPayoutFacts]:
    """The newest payouts from an account to its bank."""
    page = asked(client().v1.payouts.list, {"limit": most}, {"stripe_account": reference})
    return [bank_payout_facts(one.to_dict()) for one in page.data]


def read_bank_payout(reference: str, *, account_reference: str) -> BankPayoutFacts:
    """One payout as it is now."""
    options = {"stripe_account": account_reference}
    return bank_payout_facts(asked(client().v1.payouts.retrieve, reference, {}, options).to_dict())


def bank_payout_facts(found: dict[str, Any]) -> BankPayoutFacts:
    """A payout in our words."""
    return BankPayoutFacts(
        reference=found["id"],
        amount_cents=found["amount"],
        status=found["status"],
        arrives_at=moment(found["arrival_date"]),
        made_at=moment(found["created"]),
        failure_code=found.get("failure_code") or "",
    )


# --- News ----------------------------------------------------------------------------------------


def is_signed(body: bytes, header: str, *, at: dt.datetime) -> bool:
    """Whether one of our secrets signed this very body, at most five minutes ago and at most five
    ahead of us. The library alone would take a signature from any future."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        return False
    if abs(at.timestamp() - int(stamp)) > TOLERANCE_S:
        return False
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, header, secret)
        except (stripe.SignatureVerificationError, UnicodeError):
            continue
        return True
    return False


def events_since(since: dt.datetime) -> Iterator[dict[str, Any]]:
    """Every event since a moment, the newest first, as it would have been told."""
    after = since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    wanted: Any = {"created": {"gte": after}, "limit": PAGE}
    page = asked(client().v2.core.events.list, wanted)
    try:
        for event in page.auto_paging_iter():
            yield event.to_dict()
    except stripe.StripeError as problem:
        raise StripeIsSilentError(words_of(problem)) from problem


def event_facts(found: dict[str, Any]) -> EventFacts:
    """An event in our words, be it thin or with a snapshot; raises KeyError, TypeError or
    ValueError when it is neither."""
    if found["object"] == "event":
        told, account = found["data"]["object"], found.get("account") or ""
        reference = told.get("id") or told["object"]
    else:
        related = found.get("related_object") or {}
        reference, account = related.get("id") or "", found.get("context") or ""
    if not found["id"].startswith("evt_"):
        raise ValueError("no event")
    return EventFacts(
        reference=found["id"][:80],
        kind=str(found["type"]).removeprefix("v1.")[:120],
        object_reference=str(reference)[:80],
        account_reference=str(account).rsplit("/", 1)[-1][:80],
        is_live=bool(found["livemode"]),
        made_at=moment(found["created"]),
    )


def moment(given: int | str) -> dt.datetime:
    """A moment as Stripe writes it: seconds in the first version, a text in the second."""
    if isinstance(given, int):
        return dt.datetime.fromtimestamp(given, dt.UTC)
    return dt.datetime.fromisoformat(given)
