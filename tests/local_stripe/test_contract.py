"""The kept cut of Stripe's description says what the `stripe` library says, and its keeper is
strict."""

import importlib

import pytest
from stripe import RequestOptions

from tests.local_stripe.contract import description, typed, wrong

# The library's types of what a call takes, and the call.
TAKEN = [
    ("_account_create_params.AccountCreateParams", "/v1/accounts", "body"),
    ("_account_link_create_params.AccountLinkCreateParams", "/v1/account_links", "body"),
    ("_transfer_create_params.TransferCreateParams", "/v1/transfers", "body"),
    ("_transfer_list_params.TransferListParams", "/v1/transfers", "query"),
    (
        "_transfer_reversal_create_params.TransferReversalCreateParams",
        "/v1/transfers/{id}/reversals",
        "body",
    ),
    ("_payout_list_params.PayoutListParams", "/v1/payouts", "query"),
    ("_topup_create_params.TopupCreateParams", "/v1/topups", "body"),
    (
        "_balance_settings_update_params.BalanceSettingsUpdateParams",
        "/v1/balance_settings",
        "body",
    ),
    (
        "_balance_transaction_list_params.BalanceTransactionListParams",
        "/v1/balance_transactions",
        "query",
    ),
    ("v2.core._account_create_params.AccountCreateParams", "/v2/core/accounts", "body"),
    ("v2.core._account_retrieve_params.AccountRetrieveParams", "/v2/core/accounts/{id}", "query"),
    (
        "v2.core._account_link_create_params.AccountLinkCreateParams",
        "/v2/core/account_links",
        "body",
    ),
    ("v2.core._event_list_params.EventListParams", "/v2/core/events", "query"),
    (
        "v2.core._event_destination_create_params.EventDestinationCreateParams",
        "/v2/core/event_destinations",
        "body",
    ),
]
# What the library gained (and lost) since the cut, all optional; a bump that moves more fails here.
GAINED = {
    "/v2/core/accounts.configuration.recipient.capabilities": {"bank_accounts", "cards"},
    "/v1/accounts.business_profile": {"specified_commercial_transactions_act_url"},
    "/v1/topups": {"payment_method", "payment_method_options"},
}
LOST = {"/v1/accounts": {"bank_account"}, "/v2/core/events": {"page"}}
# Ways for shops to be paid by customers, and facts of a business that Stripe asks for on its own
# page: both grow with every version, and we ask for none.
UNUSED = {
    "/v1/accounts.capabilities",
    "/v1/accounts.company",
    "/v1/accounts.documents",
    "/v1/accounts.individual",
    "/v1/accounts.settings",
    "/v2/core/accounts.configuration.customer",
    "/v2/core/accounts.configuration.merchant",
    "/v2/core/accounts.identity.business_details",
    "/v2/core/accounts.identity.individual",
}
# Where the module style puts a request's options beside its parameters.
OPTIONS = RequestOptions.__required_keys__ | RequestOptions.__optional_keys__


compared: list[str] = []


def schema_of(path: str, part: str) -> dict:
    """What a call takes, as one schema."""
    methods = description()["paths"][path]
    if part == "query":
        return {"properties": methods["get"]["query"]}
    return methods["post"]["body"]


@pytest.mark.parametrize(("name", "path", "part"), TAKEN)
def test_the_library_and_the_cut_know_the_same_parameters(name, path, part):
    module, kind = name.rsplit(".", 1)
    params = getattr(importlib.import_module(f"stripe.params.{module}"), kind)
    compare(params, schema_of(path, part), path)


def compare(params: type, schema: dict, where: str) -> None:
    """Keys of a TypedDict against a schema's, and so on below."""
    if where in UNUSED:
        return
    known = set(schema["properties"]) - LOST.get(where, set())
    ours = params.__required_keys__ | params.__optional_keys__
    if RequestOptions in getattr(params, "__orig_bases__", ()):
        ours -= OPTIONS
    ours -= GAINED.get(where, set())
    assert ours == known, f"{where}: {sorted(ours ^ known)}"
    compared.append(where)
    required = set(schema.get("required", []))
    assert set(params.__required_keys__) == required, f"{where}: {required}"
    for key, hint in hints(params).items():
        below = schema["properties"].get(key, {})
        below = next(
            (one for one in below.get("anyOf", [below]) if one.get("properties")),
            below.get("items", below),
        )
        if is_keyed(hint) and below.get("properties"):
            compare(hint, below, f"{where}.{key}")


def test_the_comparison_goes_down_into_what_lies_below():
    compared.clear()
    module = importlib.import_module("stripe.params.v2.core._account_create_params")
    call = "/v2/core/accounts"
    compare(module.AccountCreateParams, schema_of(call, "body"), call)
    recipient = call + ".configuration.recipient.capabilities.stripe_balance.stripe_transfers"
    assert recipient in compared
    assert call + ".defaults.responsibilities" in compared


def is_keyed(one: object) -> bool:
    """Whether this is a dictionary's type with named keys."""
    return isinstance(one, type) and hasattr(one, "__required_keys__")


def hints(params: type) -> dict[str, object]:
    """Key → the TypedDict behind it, where there is one."""
    module = vars(importlib.import_module(params.__module__))
    found = {}
    for key, hint in params.__annotations__.items():
        words = getattr(hint, "__forward_arg__", str(hint))
        for name, one in module.items():
            if is_keyed(one) and f"'{name}'" in words.replace('"', "'"):
                found[key] = one
    return found


def test_unknown_missing_and_misshapen_fields_are_named():
    schema = description()["schemas"]["transfer_reversal"]
    found = wrong(schema, {"id": 5, "object": "transfer", "extra": 1})
    assert ".id: not a string" in found
    assert ".object: 'transfer' is none of its words" in found
    assert ".extra: unknown" in found
    assert ".amount: missing" in found


def test_forms_are_read_in_their_types():
    body = description()["paths"]["/v1/transfers"]["post"]["body"]
    assert typed(body, {"amount": "12", "metadata": {"a": "1"}}) == {
        "amount": 12,
        "metadata": {"a": "1"},
    }
    assert wrong(body, {"amount": "much", "currency": "usd", "destination": "x"}) == [
        ".amount: not a integer"
    ]
