"""Handing orders to whoever moves the money, and noting what banks and Stripe answered."""

from payouts.providers.actions.accounts import (
    StripeIsOff,
    StripeIsSilent,
    StripeSaysNo,
    connect_shop,
    dashboard_link,
    list_events,
    onboarding_link,
    open_payout_accounts,
    refresh_account,
    refresh_bank_payout,
    refresh_shop,
)
from payouts.providers.actions.bank_accounts import (
    bank_format,
    confirm_bank_details,
    decide_notice,
    set_bank_details,
)
from payouts.providers.actions.bank_answers import keep_notice
from payouts.providers.actions.bank_files import (
    BankFile,
    FileIsConfirmed,
    FileIsNotComplete,
    NoBankReference,
    SameKeyOtherPayment,
    close_file,
    note_download,
    open_file,
    record_bank_reference,
    write_lines,
)
from payouts.providers.actions.holds import (
    hold_payouts,
    let_payouts_go_on,
    ring_about_holds,
)
from payouts.providers.actions.stopping import (
    PaymentsAreStopped,
    let_payments_go_on,
    refuse_while_stopped,
    stop_payments,
)
from payouts.providers.actions.stripe_orders import (
    StripeConnect,
    list_transfers,
    read_transfer,
    take_back,
)
from payouts.providers.models import GatewayName
from payouts.providers.rules import Gateway

gateways: dict[str, Gateway] = {
    GatewayName.BANK_FILE: BankFile(),
    GatewayName.STRIPE: StripeConnect(),
}

__all__ = [
    "PaymentsAreStopped",
    "let_payments_go_on",
    "refuse_while_stopped",
    "stop_payments",
    "keep_notice",
    "bank_format",
    "decide_notice",
    "confirm_bank_details",
    "set_bank_details",
    "BankFile",
    "FileIsConfirmed",
    "FileIsNotComplete",
    "NoBankReference",
    "SameKeyOtherPayment",
    "StripeConnect",
    "StripeIsOff",
    "StripeIsSilent",
    "StripeSaysNo",
    "close_file",
    "connect_shop",
    "dashboard_link",
    "gateways",
    "hold_payouts",
    "let_payouts_go_on",
    "ring_about_holds",
    "list_events",
    "list_transfers",
    "note_download",
    "onboarding_link",
    "open_file",
    "open_payout_accounts",
    "read_transfer",
    "record_bank_reference",
    "refresh_account",
    "refresh_bank_payout",
    "refresh_shop",
    "take_back",
    "write_lines",
]
