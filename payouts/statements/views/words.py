"""Where a payment is, as its shop reads it."""

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel import clock
from payouts.payruns.models import TransferStatus
from payouts.statements import queries

# Icon and tone beside the words; what is not named here is on its way.
LOOKS = {
    TransferStatus.READY: ("clock", "info"),
    TransferStatus.ON_HOLD: ("circle-pause", "warn"),
    TransferStatus.SENT: ("send", "info"),
    TransferStatus.SETTLED: ("circle-check", "good"),
    TransferStatus.FAILED: ("circle-alert", "bad"),
}


def look_of(status: str) -> tuple[str, str]:
    """The icon and the tone of a payment's status."""
    return LOOKS.get(TransferStatus(status), ("send", "info"))


def payout_row(row: dict[str, Any], zone: str) -> dict[str, Any]:
    """One payment with its status in words, an icon and a tone."""
    icon, tone = look_of(row["status"])
    error = row["error"] if row["status"] == TransferStatus.FAILED else ""
    words = payout_words(row, zone)
    return row | {"words": words, "icon": icon, "tone": tone, "error": error}


def payout_words(row: dict[str, Any], zone: str) -> str:
    """Where a payment is, in a sentence's words; while it is on its way, with the day by which it
    is at the bank."""
    status = row["status"]
    if status in {TransferStatus.SENT, TransferStatus.SETTLED} and row["gateway"] == "stripe":
        arrives = queries.arrival_of(row["sent_at"], gateway=row["gateway"], zone=zone)
        days = {"day": on_day(row["sent_at"], zone), "arrives": date_format(arrives, "D M j")}
        return _("At Stripe since %(day)s; it goes on to your bank, by %(arrives)s") % days
    if status == TransferStatus.ON_HOLD:
        return _("Waiting: Stripe cannot pay you now. “Get paid” says why")
    if status == TransferStatus.SETTLED:
        days = {"day": on_day(row["sent_at"], zone), "came": on_day(row["settled_at"], zone)}
        return _("Sent on %(day)s, at your bank on %(came)s") % days
    if status == TransferStatus.SENT:
        arrives = queries.arrival_of(row["sent_at"], gateway=row["gateway"], zone=zone)
        days = {"day": on_day(row["sent_at"], zone), "arrives": date_format(arrives, "D M j")}
        return _("Sent on %(day)s, at your bank by %(arrives)s") % days
    if status == TransferStatus.FAILED:
        return _("Did not go through; it joins your next payout")
    return _("Approved, on its way to the bank")


def on_day(moment: dt.datetime, zone: str) -> str:
    """The local day of a moment: “Fri Nov 20”."""
    return date_format(clock.local_day(moment, zone), "D M j")
