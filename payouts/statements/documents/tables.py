"""Statements for other programs: CSV and JSON, the same lines in both."""

import csv
import datetime as dt
import io
from typing import Any

from kernel.money import as_decimal
from kernel.sheets import safe_cell
from payouts.statements.documents.words import why_it_differs
from payouts.statements.queries import Paper

CSV_COLUMNS = [
    "statement",
    "booked_on",
    "delivered_at",
    "tracking_id",
    "kind",
    "rate",
    "amount",
    "reason",
]


def statement_csv(paper: Paper) -> bytes:
    """Every line of the statement as CSV: amounts in dollars, moments in UTC; the amounts add up to
    what was earned and corrected. No cell starts a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for one in lines_of(paper):
        rate = "" if one["rate_cents"] is None else as_decimal(one["rate_cents"])
        cells = [one["booked_on"], one["delivered_at"], safe_cell(one["tracking_id"]), one["kind"]]
        amount, reason = as_decimal(one["amount_cents"]), safe_cell(one["reason"])
        writer.writerow([paper.statement.number, *cells, rate, amount, reason])
    return text.getvalue().encode()


def lines_of(paper: Paper) -> list[dict[str, Any]]:
    """Every line as plain values: fees, extras and what was taken back, then what no package
    explains."""
    fees = [
        {
            "booked_on": one["booked_on"].isoformat(),
            "delivered_at": in_utc(one["delivered_at"]),
            "tracking_id": one["tracking_id"],
            "kind": one["kind"] if one["is_earned"] else "correction",
            "rate_cents": one["rate_cents"],
            "amount_cents": one["amount_cents"],
            "reason": one["reason"],
        }
        for one in paper.lines
    ]
    others = [
        {
            "booked_on": one["booked_on"].isoformat(),
            "delivered_at": "",
            "tracking_id": "",
            "kind": one["source_type"],
            "rate_cents": None,
            "amount_cents": one["cents"],
            "reason": one["memo"],
        }
        for one in paper.others
    ]
    return fees + others


def in_utc(moment: dt.datetime) -> str:
    """A moment as programs read it: `2026-11-20T15:00:00Z`."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


SUMS = ["opening_cents", "earned_cents", "corrections_cents", "paid_cents", "closing_cents"]


def statement_facts(paper: Paper) -> dict[str, Any]:
    """The whole statement as plain values, whole cents, the same lines as its CSV."""
    statement = paper.statement
    return {
        "number": statement.number,
        "shop": statement.shop_name,
        "address": statement.shop_address,
        "zone": statement.zone,
        "currency": "USD",
        "first_day": statement.first_day,
        "last_day": statement.last_day,
        "packages": statement.packages,
        **{name: getattr(statement, name) for name in SUMS},
        "issued_at": statement.issued_at,
        "sent_at": paper.sent_at,
        "payment_reference": paper.reference,
        "pay_run": paper.run_id,
        "why_it_differs": why_it_differs(statement, paper.sent_at),
        "earned_by_line": paper.by_line,
        "lines": lines_of(paper),
    }
