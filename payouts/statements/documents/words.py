"""What lines and sums of a paper say in words."""

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import clock
from kernel.money import as_dollars
from payouts.statements.models import Statement

# What is paid beside the fee, as short as a column is.
EXTRAS = {
    "premium": gettext_lazy("Extra beyond the cap"),
    "peak": gettext_lazy("Extra on a busy day"),
    "tier": gettext_lazy("Extra for many packages"),
    "top_up": gettext_lazy("Up to the minimum"),
}


def what_happened(one: dict[str, Any]) -> str:
    """What this line is for, in a few words."""
    if not one["is_earned"]:
        return taken_back(one["reason"])
    return str(EXTRAS.get(one["kind"], "")) or _("Delivered")


def taken_back(reason: str) -> str:
    """Why a fee was taken back, by its reason code."""
    if not reason:
        return _("Taken back")
    return _("Taken back: %(reason)s") % {"reason": reason.replace("_", " ").lower()}


def why_it_differs(statement: Statement, sent_at: dt.datetime) -> str:
    """Why a statement and the deposits of a month are not the same sum, in two or three plain
    sentences."""
    sent_on = clock.local_day(sent_at, statement.zone)
    facts = {
        "sent": date_format(sent_on, "M j"),
        "first": date_format(statement.first_day, "M j"),
        "last": date_format(statement.last_day, "M j"),
    }
    if statement.first_day == statement.last_day:
        said = [_("Sent on %(sent)s for what was booked on %(last)s.") % facts]
    else:
        said = [_("Sent on %(sent)s for what was booked from %(first)s through %(last)s.") % facts]
    if (sent_on.year, sent_on.month) != (statement.first_day.year, statement.first_day.month):
        month = {"month": date_format(sent_on, "F")}
        said.append(_("So it is a deposit of %(month)s for work done before.") % month)
    return " ".join([*said, *carried(statement), *corrected(statement)])


def carried(statement: Statement) -> list[str]:
    """What was left open before, and what is left open now."""
    said = []
    if statement.opening_cents:
        cents = {"cents": as_dollars(statement.opening_cents)}
        said.append(_("%(cents)s was carried over from the statement before.") % cents)
    if statement.closing_cents:
        cents = {"cents": as_dollars(statement.closing_cents)}
        said.append(_("%(cents)s is carried over to the next one.") % cents)
    return said


def corrected(statement: Statement) -> list[str]:
    """That corrections may be about days that earlier statements paid."""
    if not statement.corrections_cents:
        return []
    cents = {"cents": as_dollars(statement.corrections_cents)}
    return [_("%(cents)s of it are corrections, also of days that were paid before.") % cents]
