"""Whether packages, fees, transfers, statements and the ledger tell the same story."""

import datetime as dt
from typing import Any

from kernel.rows import one_snapshot, rows
from payouts.accruals.queries import waiting, wrong_accruals, wrong_entries
from payouts.adjustments.queries import adjustment_gaps
from payouts.ledger.queries import balance_cents, payables, trial_balance_cents
from payouts.ledger.rules import Kind
from payouts.payruns.models import RunStage
from payouts.payruns.queries import (
    long_unknown,
    on_its_way_cents,
    open_gaps,
    sent_cents,
    unchecked_runs,
    unpaid_by_shop,
    wrong_transfers,
)
from payouts.statements.models import BooksCheck
from payouts.statements.queries.replay import replay_newest

Row = dict[str, Any]
MOST_FINDINGS = 1000
STATEMENT_DUE_AFTER = dt.timedelta(hours=1)


@one_snapshot()
def check_of_books(*, at: dt.datetime) -> dict[str, Any]:
    """Everything that is off; all zero and empty when nothing is (`rules.is_clean`).

    `trial_balance_cents`: the sum of all accounts. `count_gaps`: shop-days on which packages
    received ≠ delivered + returned + on hand + missing. `accrual_gaps`: deliveries without their
    fee, fees that are not the rate, entries that are not their fees. `unpriced`: deliveries for
    which no rate is agreed. `transfer_gaps`: transfers that are not their lines. `balance_gaps`:
    accounts that are not what transfers and fees say. `adjustment_gaps`: entries that are not
    their adjustment, amounts set aside that no hold explains. `statement_gaps`: statements that
    don't chain, don't match their transfer, or are overdue at `at`. `provider_gaps`: differences
    between the provider's list and our books, as the last look at it found them. `replay_gaps`: of
    the newest statements, those that are not what deliveries, rates and decisions come to when they
    are worked out again. Reads everything, as of one moment: some 10 s a million packages.
    """
    open_days = waiting()
    return {
        "trial_balance_cents": trial_balance_cents(),
        "count_gaps": count_gaps(),
        "accrual_gaps": [
            {
                "shop": row["shop"],
                "day": row["day"],
                "code": "not_accrued",
                "packages": row["packages"],
            }
            for row in open_days
            if row["has_rate"]
        ]
        + wrong_accruals()
        + [row | {"code": "entry_is_not_its_fees"} for row in wrong_entries()],
        "unpriced": [
            {"shop": row["shop"], "day": row["day"], "packages": row["packages"]}
            for row in open_days
            if not row["has_rate"]
        ],
        "transfer_gaps": wrong_transfers(),
        "balance_gaps": balance_gaps(),
        "adjustment_gaps": adjustment_gaps(),
        "statement_gaps": statement_gaps(at=at),
        "provider_gaps": open_gaps() + long_unknown(at=at),
        "replay_gaps": replay_newest(),
    }


def last_check() -> BooksCheck | None:
    """The newest recorded check of the books."""
    return BooksCheck.objects.first()


def has_unchecked_run() -> bool:
    """Whether a run was drafted, left or arrived since the books were checked last."""
    if unchecked_runs():
        return True
    moments = RunStage.objects.filter(name__in=["confirming", "done"])
    check = last_check()
    if check is not None:
        moments = moments.filter(reached_at__gt=check.checked_at)
    return moments.exists()


def last_checks(limit: int = 30) -> list[BooksCheck]:
    """The newest recorded checks of the books."""
    return list(BooksCheck.objects.all()[:limit])


def count_gaps() -> list[Row]:
    """Shop-days whose packages don't add up: `shop`, `day`, `received`, `delivered`, `returned`,
    `on_hand`, `missing`, and `wrong_state`: packages whose state is not what their events say."""
    return rows(
        f"""
        WITH heard AS (
            SELECT package_id, max(id) AS last_id, bool_or(kind = 'received') AS was_received
            FROM package_event GROUP BY package_id
        ), standing AS (
            SELECT package_id, count(*) AS deliveries, min(shop_id) AS shop_id
            FROM delivery WHERE voided_by_id IS NULL GROUP BY package_id
        ), counted AS (
            SELECT p.shop_id, p.service_day AS day,
                count(*) FILTER (WHERE h.was_received AND l.to_state NOT IN
                    ('ANNOUNCED', 'ASSIGNED', 'MANIFESTED', 'SHORT', 'REJECTED_AT_DROP',
                     'CANCELLED')) AS received,
                coalesce(sum(d.deliveries) FILTER (WHERE d.shop_id = p.shop_id), 0)::int
                    AS delivered,
                count(*) FILTER (WHERE p.state = 'RETURNED_TO_STATION') AS returned,
                count(*) FILTER (WHERE p.state IN
                    ('AT_SHOP', 'OUT_FOR_DELIVERY', 'ATTEMPTED', 'RETURN_PENDING')) AS on_hand,
                count(*) FILTER (WHERE p.state = 'MISSING' AND h.was_received) AS missing,
                count(*) FILTER (WHERE l.to_state IS DISTINCT FROM p.state
                    OR (p.state = 'DELIVERED') <> (d.package_id IS NOT NULL)
                    OR d.shop_id <> p.shop_id) AS wrong_state
            FROM package p
            LEFT JOIN heard h ON h.package_id = p.id
            LEFT JOIN package_event l ON l.id = h.last_id
            LEFT JOIN standing d ON d.package_id = p.id
            GROUP BY p.shop_id, p.service_day
        )
        SELECT s.slug AS shop, c.day, c.received, c.delivered, c.returned, c.on_hand, c.missing,
               c.wrong_state
        FROM counted c LEFT JOIN shop s ON s.id = c.shop_id
        WHERE c.received <> c.delivered + c.returned + c.on_hand + c.missing OR c.wrong_state > 0
        ORDER BY c.day, s.slug LIMIT {MOST_FINDINGS}
        """
    )


def balance_gaps() -> list[Row]:
    """Accounts that don't hold what they should: `account`, `booked_cents`, `expected_cents`; a
    shop's payable account also tells `shop_id`."""
    expected = {Kind.PAYOUT_CLEARING: on_its_way_cents(), Kind.BANK: sent_cents()}
    gaps: list[Row] = [
        {"account": str(kind), "booked_cents": booked, "expected_cents": cents}
        for kind, cents in expected.items()
        if (booked := balance_cents(kind)) != cents
    ]
    booked_by_shop, unpaid = payables(), unpaid_by_shop()
    for shop_id in sorted(booked_by_shop.keys() | unpaid.keys()):
        booked, cents = booked_by_shop.get(shop_id, 0), unpaid.get(shop_id, 0)
        if booked != cents and len(gaps) < MOST_FINDINGS:
            gaps.append(
                {
                    "account": str(Kind.SHOP_PAYABLE),
                    "shop_id": shop_id,
                    "booked_cents": booked,
                    "expected_cents": cents,
                }
            )
    return gaps


def statement_gaps(*, at: dt.datetime) -> list[Row]:
    """Statements that don't tell the truth: `statement` or `transfer`, `shop`, `code`.

    `does_not_chain`: its opening is not the closing before; `is_not_its_transfer`: its sums are not
    those of what was paid; `not_issued`: sent an hour ago, and no statement; `number_missing`.
    """
    return rows(
        f"""
        SELECT x.* FROM (
            SELECT c.number AS statement, '' AS transfer, s.slug AS shop, CASE
                WHEN c.opening_cents <> coalesce(
                    lag(c.closing_cents) OVER (PARTITION BY c.shop_id ORDER BY c.id), 0)
                    THEN 'does_not_chain'
                WHEN c.paid_cents <> t.amount_cents OR c.shop_id <> t.shop_id
                    OR c.earned_cents IS DISTINCT FROM i.earned
                    OR c.corrections_cents IS DISTINCT FROM i.corrections
                    THEN 'is_not_its_transfer'
            END AS code
            FROM statement c JOIN transfer t ON t.id = c.transfer_id JOIN shop s ON s.id = c.shop_id
            LEFT JOIN (
                SELECT i.transfer_id,
                       coalesce(sum(i.amount_cents) FILTER (WHERE e.source_type = 'fee'), 0)
                           AS earned,
                       coalesce(sum(i.amount_cents) FILTER (WHERE e.source_type <> 'fee'), 0)
                           AS corrections
                FROM transfer_item i JOIN ledger_entry e ON e.id = i.entry_id
                WHERE i.released_at IS NULL GROUP BY i.transfer_id
            ) i ON i.transfer_id = t.id
            UNION ALL
            SELECT '', t.key, s.slug, 'not_issued'
            FROM transfer t JOIN shop s ON s.id = t.shop_id
            WHERE t.status IN ('sent', 'settled') AND t.sent_at < %(due)s
              AND NOT EXISTS (SELECT FROM statement c WHERE c.transfer_id = t.id)
            UNION ALL
            SELECT n.name, '', '', 'number_missing' FROM number_series n
            WHERE n.name LIKE 'HD-%%' AND n.last <> (
                SELECT count(*) FROM statement c WHERE c.number LIKE n.name || '-%%')
        ) x WHERE x.code IS NOT NULL ORDER BY 1, 2 LIMIT {MOST_FINDINGS}
        """,
        {"due": at - STATEMENT_DUE_AFTER},
    )
