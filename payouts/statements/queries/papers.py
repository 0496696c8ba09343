"""Statements: what they are made from and what they show."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.shops.models import Shop
from kernel.refusals import Refusal
from kernel.rows import rows
from payouts.accruals.queries import lines_of_entries
from payouts.ledger.queries import other_lines_of_entries
from payouts.payruns.models import Transfer, TransferStatus
from payouts.statements.models import Statement
from payouts.statements.rules import Settled

Row = dict[str, Any]


class UnknownStatement(Refusal):
    code = "unknown_statement"
    message = gettext_lazy("There is no statement with this number.")


SETTLED = """
SELECT t.id AS transfer_id, t.shop_id, min(e.booked_on) AS first_day,
       max(e.booked_on) AS last_day,
       coalesce(sum(f.packages), 0)::int AS packages,
       coalesce(sum(i.amount_cents) FILTER (WHERE e.source_type = 'fee'), 0)::bigint
           AS earned_cents,
       coalesce(sum(i.amount_cents) FILTER (WHERE e.source_type <> 'fee'), 0)::bigint
           AS corrections_cents,
       t.amount_cents AS paid_cents, s.name AS shop_name,
       concat_ws(', ', s.address1, s.city, s.state || ' ' || s.postal_code)
           AS shop_address, c.zone
FROM transfer t
JOIN shop s ON s.id = t.shop_id
JOIN station c ON c.id = s.station_id
JOIN transfer_item i ON i.transfer_id = t.id AND i.released_at IS NULL
JOIN ledger_entry e ON e.id = i.entry_id
LEFT JOIN LATERAL (
    SELECT count(*) AS packages FROM accrual a
    WHERE a.entry_id = e.id AND a.kind = 'fee'
) f ON true
WHERE t.status IN ('sent', 'settled')
  AND NOT EXISTS (SELECT FROM statement x WHERE x.transfer_id = t.id)
GROUP BY t.id, s.id, c.id ORDER BY t.run_id, t.id
"""


def settled_without_statement() -> list[Settled]:
    """Every transfer that was sent and has no statement, in the order in which they were sent."""
    return [Settled(**row) for row in rows(SETTLED)]


def has_unissued() -> bool:
    """Whether a transfer was sent and has no statement yet."""
    sent = Transfer.objects.filter(status__in=[TransferStatus.SENT, TransferStatus.SETTLED])
    return sent.filter(statement=None).exists()


def last_closings(shop_ids: list[int]) -> dict[int, int]:
    """Shop → what its latest statement left open."""
    latest = (
        Statement.objects.filter(shop_id__in=shop_ids)
        .order_by("shop_id", "-pk")
        .distinct("shop_id")
        .values_list("shop_id", "closing_cents")
    )
    return dict(latest)


def statements_of(shop: Shop) -> QuerySet[Statement]:
    """A shop's statements, the newest first."""
    return shop.statements.select_related("transfer").order_by("-pk")


def statements_of_run(run_id: int) -> QuerySet[Statement]:
    """The statements of one pay run by shop."""
    return Statement.objects.filter(transfer__run_id=run_id).order_by("shop_name", "pk")


def get_statement(number: str, *, shop: Shop | None = None) -> Statement:
    """One statement, of this shop when one is named. Refuses a number nobody (or another shop)
    has."""
    found = Statement.objects.filter(number=number)
    if shop is not None:
        found = found.filter(shop=shop)
    statement = found.select_related("transfer").first()
    if statement is None:
        raise UnknownStatement
    return statement


@dataclass(frozen=True)
class Paper:
    """A statement as it is printed: its own row, the days and the lines behind it; `others` are
    what no delivery explains by itself: adjustments, parts of a deduction, amounts set aside."""

    statement: Statement
    run_id: int
    reference: str
    sent_at: dt.datetime
    days: list[Row]
    lines: list[Row]
    others: list[Row]

    @property
    def by_line(self) -> list[Row]:
        """What was earned and corrected by line of the card: `kind`, `words`, `rate_cents` (None
        for what has no rate), `number`, `cents`; they add up to what was earned and corrected."""
        return by_line(self.lines, self.others)


def by_line(lines: list[Row], others: list[Row]) -> list[Row]:
    """Lines gathered by what they are for and by their rate, earned ones first, in the order in
    which they first come."""
    sums: dict[tuple[Any, ...], Row] = {}
    for line in sorted(lines, key=lambda one: not one["is_earned"]):
        words = line["rate_words"]
        if not line["is_earned"]:
            words = _("Taken back: %(what)s") % {"what": words}
        add(sums, line["kind"], words, line["rate_cents"], line["amount_cents"])
    for line in others:
        add(sums, line["source_type"], str(line["words"]), None, line["cents"])
    return list(sums.values())


def add(
    sums: dict[tuple[Any, ...], Row], kind: str, words: str, rate_cents: int | None, cents: int
) -> None:
    """One more line of a sort."""
    key = kind, words, rate_cents
    nothing = {"kind": kind, "words": words, "rate_cents": rate_cents, "number": 0, "cents": 0}
    row = sums.setdefault(key, nothing)
    row["number"] += 1
    row["cents"] += cents


def paper_of(statement: Statement) -> Paper:
    """All that a statement prints; nothing in it ever changes."""
    transfer = statement.transfer
    claimed = transfer.items.filter(released_at=None).order_by("entry_id")
    entries = list(claimed.values_list("entry_id", flat=True))
    lines, others = lines_of_entries(entries), other_lines_of_entries(entries)
    return Paper(
        statement=statement,
        run_id=transfer.run_id,
        reference=transfer.provider_reference,
        sent_at=transfer.sent_at,
        days=days_of(lines, others),
        lines=lines,
        others=others,
    )


def days_of(lines: list[Row], others: list[Row]) -> list[Row]:
    """What was booked on each day: packages, cents earned, cents of corrections."""
    days: dict[dt.date, Row] = {}

    def day_of(line: Row) -> Row:
        booked_on = line["booked_on"]
        nothing = {"day": booked_on, "packages": 0, "earned": 0, "corrections": 0}
        return days.setdefault(booked_on, nothing)

    for line in lines:
        day = day_of(line)
        day["packages"] += line["kind"] == "fee"
        day["earned" if line["is_earned"] else "corrections"] += line["amount_cents"]
    for line in others:
        day_of(line)["corrections"] += line["cents"]
    return [days[booked_on] for booked_on in sorted(days)]
