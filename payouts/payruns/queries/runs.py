"""What may be paid, what a run holds, and whether transfers and books agree."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubshops.stations.queries import station_zones
from kernel import clock
from kernel.refusals import Refusal
from kernel.rows import hashed_joins, rows
from payouts.accruals.queries import lines_of_entries
from payouts.ledger.models import Entry, SourceType
from payouts.ledger.queries import EARNING_CENTS, IS_EARNING, listed, other_lines_of_entries
from payouts.ledger.rules import OF_DELIVERIES, Source
from payouts.payruns.models import (
    ON_THEIR_WAY,
    PayRun,
    ProviderGap,
    RunStage,
    RunStatus,
    RunStop,
    StageName,
    Transfer,
)
from payouts.payruns.rules import Due, week_end

Row = dict[str, Any]
MOST_FINDINGS = 1000

# What counts for the next payment whatever its day: a run through last Sunday pays nothing that was
# set aside on Tuesday, and a deduction that a cancelled run took is not taken again.
AT_ONCE = (Source.HELD, Source.HOLD_RELEASED, Source.RECOVERED)

# What shops (of one zone, or of all when it is empty) earned up to a day and no live transfer has
# claimed, with its sign.
OPEN_ENTRIES = f"""
    SELECT e.id AS entry_id, e.shop_id, e.source_type, coalesce({EARNING_CENTS}, 0) AS cents
    FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
    WHERE {IS_EARNING}
      AND (e.booked_on <= %(through)s OR e.source_type IN {listed(AT_ONCE)})
      AND NOT EXISTS (
          SELECT FROM transfer_item i WHERE i.entry_id = e.id AND i.released_at IS NULL
      )
      AND (%(zone)s = '' OR EXISTS (
          SELECT FROM shop h JOIN station n ON n.id = h.station_id
          WHERE h.id = e.shop_id AND n.zone = %(zone)s
      ))
"""


class UnknownRun(Refusal):
    code = "unknown_run"
    message = _("There is no pay run with the number {number}.")


def get_run(run_id: int, *, lock: bool = False) -> PayRun:
    """One pay run, locked until the end of the transaction when asked."""
    runs = PayRun.objects.select_for_update() if lock else PayRun.objects.all()
    run = runs.filter(pk=run_id).first()
    if run is None:
        raise UnknownRun(number=run_id)
    return run


def dues(*, through: dt.date, zone: str = "", unpriced: set[int], at: dt.datetime) -> list[Due]:
    """What each shop of a zone could be paid now, up to a day; shops with `unpriced` deliveries
    included. No zone: all."""
    found = rows(
        f"""
        SELECT s.id AS shop_id, coalesce(o.cents, 0)::bigint AS cents,
               coalesce(o.recovered, 0)::bigint AS recovered_cents,
               s.id = ANY(%(unpriced)s) AS has_unpriced,
               coalesce(a.hold_reason, '') <> '' AS is_on_hold,
               coalesce(a.bank_waits_until > %(at)s, false) AS is_new_bank,
               a.gateway = 'stripe' AND a.capability <> 'active' AS is_not_ready,
               s.status IN ('offboarding', 'closed') AS is_closed
        FROM shop s
        LEFT JOIN (
            SELECT shop_id, sum(cents) AS cents,
                   -sum(cents) FILTER (WHERE source_type = 'recovered') AS recovered
            FROM ({OPEN_ENTRIES}) e GROUP BY shop_id
        ) o ON o.shop_id = s.id
        LEFT JOIN payout_account a ON a.shop_id = s.id
        JOIN station n ON n.id = s.station_id AND %(zone)s IN ('', n.zone)
        WHERE o.shop_id IS NOT NULL OR s.id = ANY(%(unpriced)s)
        ORDER BY s.id
        """,
        {"through": through, "zone": zone, "unpriced": sorted(unpriced), "at": at},
    )
    return [Due(**row) for row in found]


def entries_off(*, through: dt.date, zone: str = "") -> int:
    """How many entries of deliveries that a run would claim differ from the fees behind them."""
    with hashed_joins(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH open_entry AS MATERIALIZED ({OPEN_ENTRIES})
            SELECT count(*) FROM open_entry o
            LEFT JOIN (
                SELECT entry_id, sum(amount_cents) AS cents FROM accrual
                WHERE entry_id >= (SELECT coalesce(min(entry_id), 0) FROM open_entry)
                GROUP BY entry_id
            ) a ON a.entry_id = o.entry_id
            WHERE o.source_type IN {listed(OF_DELIVERIES)} AND a.cents IS DISTINCT FROM o.cents
            """,
            {"through": through, "zone": zone},
        )
        return cursor.fetchone()[0]


def snapshot_of(run: PayRun) -> str:
    """SHA-256 over the run's last day and zone, every transfer with its lines, and every held
    shop."""
    head = f"{run.through.isoformat()}|{run.zone}" if run.zone else run.through.isoformat()
    with hashed_joins(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH paper AS (
                SELECT 1 AS part, t.id, concat_ws('|', t.key, t.shop_id, t.amount_cents, t.gateway,
                       t.payee_reference, string_agg(i.entry_id || ':' || i.amount_cents, ','
                                                     ORDER BY i.entry_id)) AS line
                FROM transfer t LEFT JOIN transfer_item i
                    ON i.transfer_id = t.id AND i.released_at IS NULL
                WHERE t.run_id = %(run)s GROUP BY t.id
                UNION ALL
                SELECT 2, h.shop_id, concat_ws('|', 'held', h.shop_id, h.cents, h.reason)
                FROM held_shop h WHERE h.run_id = %(run)s
            )
            SELECT encode(sha256(convert_to(
                %(head)s || E'\n' || string_agg(line, E'\n' ORDER BY part, id), 'UTF8')), 'hex')
            FROM paper
            """,
            {"run": run.pk, "head": head},
        )
        return cursor.fetchone()[0] or ""


def held_of(run: PayRun) -> list[Row]:
    """The shops a run does not pay: `shop` (slug), `name`, `shop_id`, `cents`, `reason`."""
    return rows(
        """
        SELECT s.slug AS shop, s.name, s.id AS shop_id, h.cents, h.reason
        FROM held_shop h JOIN shop s ON s.id = h.shop_id
        WHERE h.run_id = %s ORDER BY s.slug
        """,
        [run.pk],
    )


def transfers_of(run: PayRun, *, start: int = 0, limit: int = 100) -> list[Row]:
    """Some of a run's transfers by shop: name, amount, status, error, packages, reference."""
    found = rows(
        """
        SELECT t.id, s.name, s.slug, t.amount_cents, t.status, t.error, t.error_code,
               t.provider_reference
        FROM transfer t JOIN shop s ON s.id = t.shop_id
        WHERE t.run_id = %s ORDER BY s.name, t.id LIMIT %s OFFSET %s
        """,
        [run.pk, limit, start],
    )
    counts = rows(
        """
        SELECT i.transfer_id, count(*) AS packages FROM transfer_item i
        JOIN accrual a ON a.entry_id = i.entry_id AND a.kind = 'fee'
        WHERE i.transfer_id = ANY(%s) GROUP BY i.transfer_id
        """,
        [[row["id"] for row in found]],
    )
    packages = {row["transfer_id"]: row["packages"] for row in counts}
    return [row | {"packages": packages.get(row["id"], 0)} for row in found]


def standing_stops(run_id: int) -> dict[str, RunStop]:
    """Gateway → why it takes no payment of a run now."""
    stops = RunStop.objects.filter(run_id=run_id, ended_at=None)
    return {stop.gateway: stop for stop in stops.order_by("gateway")}


def gateways_moving(run_id: int) -> set[str]:
    """The gateways of a run that have a payment without an end that is not on hold."""
    moving = Transfer.objects.filter(
        run_id=run_id, status__in=["pending", "ready", "sending", "unknown"]
    )
    return set(moving.order_by().values_list("gateway", flat=True).distinct())


def gateways_of(run: PayRun) -> set[str]:
    """By which gateways a run pays."""
    return set(run.transfers.order_by().values_list("gateway", flat=True).distinct())


def gaps() -> models.QuerySet[ProviderGap]:
    """Differences from the provider's list, the open ones first."""
    found = ProviderGap.objects.select_related("transfer__shop", "noted_by", "closed_by")
    return found.order_by(models.F("closed_at").asc(nulls_first=True), "-pk")


def payment_to(run_id: int, slug: str) -> Transfer | None:
    """What one run pays to one shop."""
    found = Transfer.objects.filter(run_id=run_id, shop__slug=slug)
    return found.select_related("run", "shop__station").first()


def lines_of_payment(transfer: Transfer) -> list[Row]:
    """Every fee and correction in one payment, released claims included. Two queries."""
    entries = transfer.items.order_by("entry_id").values_list("entry_id", flat=True)
    return lines_of_entries(list(entries))


def others_of_payment(transfer: Transfer) -> list[Row]:
    """What a payment holds beside fees: adjustments, parts of a deduction, amounts set aside."""
    entries = transfer.items.order_by("entry_id").values_list("entry_id", flat=True)
    return other_lines_of_entries(list(entries))


def packages_of(run: PayRun) -> int:
    """How many delivered packages a run pays for."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM transfer t JOIN transfer_item i ON i.transfer_id = t.id
            JOIN accrual a ON a.entry_id = i.entry_id AND a.kind = 'fee' WHERE t.run_id = %s
            """,
            [run.pk],
        )
        return cursor.fetchone()[0]


@dataclass(frozen=True)
class Check:
    """One thing that must agree: what it is, both figures, and whether they do."""

    name: Any
    found: int
    expected: int
    is_money: bool = True

    @property
    def is_good(self) -> bool:
        """Whether both figures agree."""
        return self.found == self.expected


def checks_of(run: PayRun) -> list[Check]:
    """What an approver wants to see agree: total and transfers, transfers and lines, lines and
    books, and that nothing changed since the freeze."""
    (sums,) = rows(
        f"""
        SELECT coalesce(sum(t.amount_cents), 0)::bigint AS transfers, count(*) AS shops,
               coalesce(sum(i.lines), 0)::bigint AS lines,
               coalesce(sum(i.booked), 0)::bigint AS booked
        FROM transfer t LEFT JOIN (
            SELECT x.transfer_id, sum(x.amount_cents) AS lines, sum(coalesce(
                {EARNING_CENTS}, 0))
                AS booked
            FROM transfer_item x JOIN transfer o ON o.id = x.transfer_id AND o.run_id = %(run)s
            JOIN ledger_entry e ON e.id = x.entry_id
            LEFT JOIN ledger_posting p ON p.entry_id = e.id GROUP BY x.transfer_id
        ) i ON i.transfer_id = t.id
        WHERE t.run_id = %(run)s
        """,
        {"run": run.pk},
    )
    checks = [
        Check(_("Payments add up to the total"), sums["transfers"], run.cents),
        Check(_("Lines add up to the payments"), sums["lines"], sums["transfers"]),
        Check(_("The books hold the same"), sums["booked"], sums["lines"]),
        Check(_("Shops in the run"), sums["shops"], run.shops, is_money=False),
    ]
    if run.status in {RunStatus.DRAFTED, RunStatus.APPROVED}:
        changed = int(snapshot_of(run) != run.snapshot)
        checks.append(Check(_("Changes since it was drafted"), changed, 0, is_money=False))
    return checks


@dataclass(frozen=True)
class Progress:
    """How far the sending is."""

    sent: int
    failed: int
    held: int
    total: int


def progress_of(run: PayRun) -> Progress:
    """How many transfers left, failed, and exist."""
    counts = dict(run.transfers.order_by().values_list("status").annotate(count=models.Count("pk")))
    return Progress(
        sent=counts.get("sent", 0) + counts.get("settled", 0),
        failed=counts.get("failed", 0),
        held=counts.get("on_hold", 0),
        total=sum(counts.values()),
    )


def amounts_of(run: PayRun | None) -> dict[int, int]:
    """Shop → cents of one run."""
    if run is None:
        return {}
    return dict(run.transfers.exclude(status="failed").values_list("shop_id", "amount_cents"))


def sending_stages(run_id: int, gateway: str) -> set[str]:
    """The stages that one gateway of a run reached; stages of runs from before gateways went on
    their own count for each."""
    stages = RunStage.objects.filter(run_id=run_id, gateway__in=["", gateway])
    names = set(stages.values_list("name", flat=True))
    return names & {StageName.CANARY, StageName.SENDING}


def is_in_canary(run_id: int, gateway: str) -> bool:
    """Whether a gateway may only send its canary yet."""
    return sending_stages(run_id, gateway) == {StageName.CANARY}


def canary_statuses(run_id: int, gateway: str) -> dict[str, int]:
    """Status → how many of a gateway's first payments are there."""
    found = Transfer.objects.filter(run_id=run_id, gateway=gateway, is_canary=True).order_by()
    return dict(found.values_list("status").annotate(count=models.Count("pk")))


def runs_before(run: PayRun) -> models.QuerySet[PayRun]:
    """The runs of the same zone before this one that were not cancelled, the newest first."""
    found = PayRun.objects.exclude(status=RunStatus.CANCELLED)
    return found.filter(zone=run.zone, pk__lt=run.pk).order_by("-pk")


def run_before(run: PayRun) -> PayRun | None:
    """The run of the same zone before this one that was not cancelled."""
    return runs_before(run).first()


def approval_entries(keys: list[str]) -> dict[str, int]:
    """Transfer's key → the entry that booked its approval."""
    entries = Entry.objects.filter(source_type=SourceType.TRANSFER_APPROVED, source_key__in=keys)
    return dict(entries.values_list("source_key", "pk"))


def weeks_to_draft(*, at: dt.datetime) -> dict[str, dt.date]:
    """Zone of stations → the last day of its week that is over, where no run pays that yet; what
    the calendar drafted and people cancelled is theirs to draft again."""
    weeks = {zone: week_end(clock.local_day(at, zone)) for zone in station_zones()}
    return {zone: day for zone, day in weeks.items() if not is_week_drafted(zone=zone, through=day)}


def is_week_drafted(*, zone: str, through: dt.date) -> bool:
    """Whether some run pays a zone's week, or the calendar once drafted it. Two queries at most."""
    runs = PayRun.objects.filter(zone__in=["", zone])
    standing = runs.filter(through__gte=through).exclude(status=RunStatus.CANCELLED)
    by_calendar = runs.filter(through=through, is_weekly=True)
    return standing.exists() or by_calendar.exists()


def still_due_cents(*, shop_id: int, through: dt.date) -> int:
    """What a run through a day would claim for one shop now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(cents), 0)::bigint FROM ({OPEN_ENTRIES}) o"
            " WHERE shop_id = %(shop)s",
            {"shop": shop_id, "through": through, "zone": ""},
        )
        return cursor.fetchone()[0]


def runs_being_sent() -> list[int]:
    """Runs whose sending began and has not ended, and those that wait for the bank and have a
    payment that may be sent after all."""
    begun = PayRun.objects.filter(status__in=[RunStatus.SENDING, RunStatus.CONFIRMING])
    workable = Q(transfers__status__in=["ready", "sending", "unknown"])
    found = begun.filter(Q(status=RunStatus.SENDING) | workable)
    return list(found.order_by("pk").values_list("pk", flat=True).distinct())


def left_to_send(run_id: int) -> dict[str, int]:
    """Gateway → cents of a run that have not left yet and may."""
    waiting = Transfer.objects.filter(
        run_id=run_id, status__in=["pending", "ready", "sending", "unknown"]
    )
    sums = waiting.order_by().values_list("gateway").annotate(cents=models.Sum("amount_cents"))
    return dict(sums)


def open_gaps() -> list[Row]:
    """Differences between the provider's list and our books that nobody saw to: `code`, `shop`,
    `transfer` (key), `reference`, `cents`, `provider_cents`."""
    return rows(
        f"""
        SELECT g.code, coalesce(s.slug, '') AS shop, coalesce(t.key, '') AS transfer,
               g.provider_reference AS reference, g.cents, g.provider_cents
        FROM provider_gap g LEFT JOIN transfer t ON t.id = g.transfer_id
        LEFT JOIN shop s ON s.id = t.shop_id
        WHERE g.closed_at IS NULL ORDER BY g.id LIMIT {MOST_FINDINGS}
        """
    )


def long_unknown(*, at: dt.datetime) -> list[Row]:
    """Payments of which nobody has known for an hour what became of them."""
    return rows(
        f"""
        SELECT 'unknown_for_an_hour' AS code, s.slug AS shop, t.key AS transfer, '' AS reference,
               t.amount_cents AS cents, 0 AS provider_cents
        FROM transfer t JOIN shop s ON s.id = t.shop_id
        WHERE t.status = 'unknown' AND t.first_sent_at < %s ORDER BY t.id LIMIT {MOST_FINDINGS}
        """,
        [at - dt.timedelta(hours=1)],
    )


def wrong_transfers() -> list[Row]:
    """Live transfers that are not the sum of their lines, or whose lines are not what was booked:
    `transfer` (key), `shop`, `cents`, `lines_cents`, `booked_cents`."""
    return rows(
        f"""
        SELECT t.key AS transfer, s.slug AS shop, t.amount_cents AS cents,
               coalesce(i.cents, 0)::bigint AS lines_cents, coalesce(i.booked, 0)::bigint
               AS booked_cents
        FROM transfer t JOIN shop s ON s.id = t.shop_id
        LEFT JOIN (
            SELECT i.transfer_id, sum(i.amount_cents) AS cents, sum(coalesce(
                {EARNING_CENTS}, 0))
                AS booked
            FROM transfer_item i JOIN ledger_entry e ON e.id = i.entry_id
            LEFT JOIN ledger_posting p ON p.entry_id = e.id
            WHERE i.released_at IS NULL GROUP BY i.transfer_id
        ) i ON i.transfer_id = t.id
        WHERE t.status NOT IN ('failed', 'cancelled')
          AND (t.amount_cents IS DISTINCT FROM i.cents OR i.cents IS DISTINCT FROM i.booked)
        ORDER BY t.id LIMIT {MOST_FINDINGS}
        """
    )


def on_its_way_cents() -> int:
    """What transfers say is approved and not yet sent: the clearing account must hold as much."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(amount_cents), 0)::bigint FROM transfer WHERE status = ANY(%s)",
            [ON_THEIR_WAY],
        )
        return cursor.fetchone()[0]


def sent_cents() -> int:
    """What transfers say has left, less what was taken back: the bank account must have given as
    much."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT coalesce(sum(amount_cents), 0) FROM transfer
                    WHERE status IN ('sent', 'settled'))::bigint
                 - (SELECT coalesce(sum(amount_cents), 0) FROM transfer_reversal
                    WHERE status = 'done')::bigint
            """
        )
        return cursor.fetchone()[0]


def unpaid_by_shop() -> dict[int, int]:
    """Shop → what it earned, or was taken back, and no approved transfer pays: its payable account
    must hold that."""
    found = rows(
        f"""
        SELECT e.shop_id, sum(
            {EARNING_CENTS})::bigint
            AS cents
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
        WHERE {IS_EARNING} AND NOT EXISTS (
            SELECT FROM transfer_item i JOIN transfer t ON t.id = i.transfer_id
            WHERE i.entry_id = e.id AND i.released_at IS NULL AND t.status <> 'pending'
        )
        GROUP BY e.shop_id
        """
    )
    return {row["shop_id"]: row["cents"] for row in found}
