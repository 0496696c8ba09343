"""What an approver looks at before money leaves: what is unusual, who is new, and five samples."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kernel.rows import rows
from payouts.accruals.queries import lines_of_entries
from payouts.adjustments.models import Hold
from payouts.ledger.models import Entry, SourceType
from payouts.payruns.models import PayRun, RunStage, RunStatus, StageName, Transfer, TransferItem
from payouts.payruns.queries.runs import amounts_of, run_before, runs_before
from payouts.payruns.rules import Mover, biggest_movers, median_cents

Row = dict[str, Any]
RUNS_THAT_ARE_USUAL = 4
NEW_FOR = dt.timedelta(days=7)
SAMPLES = 5

# What mends each reason for which a shop is not paid, in a sentence.
FIXES = {
    "unpriced_deliveries": _("Agree a fee for those days; the next run pays them."),
    "negative_balance": _("Nothing to do: what it earns next goes against it."),
    "payout_on_hold": _("Look at why it is on hold, and take the hold off."),
    "new_bank_account": _("Nothing to do: the next run after those days pays it."),
    "payout_account_not_ready": _("The shop has to finish at Stripe; write to it."),
    "shop_suspended": _("Nothing to do: the next run pays it, suspended or not."),
    "below_minimum": _("Nothing to do: it grows until it is enough."),
}


def stages_of(run: PayRun) -> list[RunStage]:
    """The stages a run reached, in their order."""
    return list(run.stages.select_related("by").order_by("pk"))


def unchecked_runs() -> list[int]:
    """Drafted runs after whose draft the books were not checked yet."""
    drafted = PayRun.objects.filter(status=RunStatus.DRAFTED)
    unchecked = drafted.exclude(stages__name=StageName.BOOKS)
    return list(unchecked.order_by("pk").values_list("pk", flat=True))


def are_books_checked(run: PayRun) -> bool:
    """Whether the books were checked after a run was drafted."""
    return run.stages.filter(name=StageName.BOOKS).exists()


def usual_cents(run: PayRun) -> int:
    """The median total of the last four runs of the same zone; 0 when there was none."""
    return median_cents([one.cents for one in runs_before(run)[:RUNS_THAT_ARE_USUAL]])


def usual_amounts(run: PayRun) -> dict[int, int]:
    """Shop → the median of what the last four runs of the same zone paid it, nothing counted as
    0."""
    runs = [amounts_of(one) for one in runs_before(run)[:RUNS_THAT_ARE_USUAL]]
    shops = {shop for amounts in runs for shop in amounts}
    return {shop: median_cents([one.get(shop, 0) for one in runs]) for shop in shops}


def movers_of(run: PayRun, *, limit: int = 5) -> list[Mover]:
    """The shops whose amounts differ most from the run before, beside what they usually get."""
    now, before, usual = amounts_of(run), amounts_of(run_before(run)), usual_amounts(run)
    return biggest_movers(now, before, usual, limit=limit)


def news_of(run: PayRun) -> list[Row]:
    """Shops of a run that are paid to a bank of less than a week, or whose last payment did not go
    through: `name`, `slug`, `cents`, `bank_since_at`, `has_failed`."""
    before = run_before(run)
    return rows(
        """
        SELECT s.name, s.slug, t.amount_cents AS cents, a.bank_since_at,
               f.id IS NOT NULL AS has_failed
        FROM transfer t JOIN shop s ON s.id = t.shop_id
        JOIN payout_account a ON a.shop_id = t.shop_id
        LEFT JOIN transfer f ON f.run_id = %(before)s AND f.shop_id = t.shop_id
            AND f.status = 'failed'
        WHERE t.run_id = %(run)s AND (a.bank_since_at > %(since)s OR f.id IS NOT NULL)
        ORDER BY t.amount_cents DESC, s.name LIMIT 50
        """,
        {
            "run": run.pk,
            "before": before.pk if before else None,
            "since": run.drafted_at - NEW_FOR,
        },
    )


def samples_of(run: PayRun) -> list[Row]:
    """Five fees of a run, each with the package and the event that earned it, its rate in words and
    its shop. Always the same ones for the same draft; nobody chooses them."""
    picked = rows(
        """
        SELECT x.entry_id, s.name, s.slug FROM (
            SELECT DISTINCT ON (t.id) t.id, t.shop_id, i.entry_id
            FROM (
                SELECT id, shop_id FROM transfer WHERE run_id = %(run)s
                ORDER BY md5(%(seed)s || id) LIMIT %(most)s
            ) t
            JOIN transfer_item i ON i.transfer_id = t.id
            JOIN ledger_entry e ON e.id = i.entry_id AND e.source_type = 'fee'
            ORDER BY t.id, md5(%(seed)s || i.entry_id)
        ) x JOIN shop s ON s.id = x.shop_id ORDER BY x.entry_id
        """,
        {"run": run.pk, "seed": run.snapshot, "most": SAMPLES},
    )
    shops = {row["entry_id"]: row for row in picked}
    found: dict[int, Row] = {}
    for line in lines_of_entries(sorted(shops)):
        if line["delivery_id"] is not None:
            found.setdefault(line["entry_id"], line)
    events = events_of([line["delivery_id"] for line in found.values()])
    return [
        line
        | {"shop": shops[entry]["name"], "slug": shops[entry]["slug"]}
        | events[line["delivery_id"]]
        for entry, line in sorted(found.items())
    ]


def events_of(delivery_ids: list[int]) -> dict[int, Row]:
    """Delivery → the event behind it (`event_id`), by whom (`by_name`), and how many photos show
    it (`photos`)."""
    found = rows(
        """
        SELECT d.id, d.event_id, coalesce(p.name, '') AS by_name,
               (SELECT count(*) FROM proof f WHERE f.act_id = coalesce(e.proof_id, e.act_id))::int
               AS photos
        FROM delivery d JOIN package_event e ON e.id = d.event_id
        LEFT JOIN person p ON p.id = e.by_id WHERE d.id = ANY(%s)
        """,
        [delivery_ids],
    )
    return {row.pop("id"): row for row in found}


def canary_of(run: PayRun) -> int:
    """How many payments of a run are sent before all others."""
    return Transfer.objects.filter(run=run, is_canary=True).count()


def set_aside_since(run: PayRun) -> Hold | None:
    """Something that was set aside of a shop in this run, or taken for a deduction, after the run
    had claimed what it pays."""
    given_back = Q(ended_at__isnull=False, taken_cents=0)
    found = Hold.objects.filter(shop__transfers__run=run).exclude(given_back)
    holds = {f"hold:{hold.pk}": hold for hold in found.select_related("shop").order_by("pk")}
    booked = Entry.objects.filter(source_type=SourceType.HELD, source_key__in=list(holds))
    claimed = TransferItem.objects.filter(entry=OuterRef("pk"), released_at=None)
    fresh = booked.filter(~Exists(claimed)).order_by("pk").first()
    return holds[fresh.source_key] if fresh else None
