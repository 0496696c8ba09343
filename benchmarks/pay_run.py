"""How fast a week of 10,000 shops is drafted: 525,000 booked fees, claimed, checked and frozen;
then approved and sent by bank file."""

import datetime as dt
import os
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Sum

from benchmarks import accrual
from benchmarks.harness import Figure, median_seconds, peak_mb, seconds
from kernel.accounts.models import User
from payouts.accruals.actions import accrue_waiting
from payouts.accruals.models import Accrual
from payouts.ledger.models import Entry
from payouts.payruns.actions import draft_run, send_run
from payouts.payruns.models import PayRun, Transfer, TransferItem
from payouts.payruns.queries import OPEN_ENTRIES
from payouts.providers.models import PaymentLine
from tests.factories import MORNING
from tests.payouts.helpers import approve, make_olga, make_pavel

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
SHOPS = max(int(10_000 * SCALE), 20)
DELIVERIES = int(525_000 * SCALE)
SAMPLE = min(500, SHOPS)  # shops that the peer pays
LAST = accrual.FIRST + dt.timedelta(days=accrual.DAYS - 1)
AT = MORNING + dt.timedelta(days=10)

# What can't be beaten: the sum a shop of what nobody paid yet, and nothing kept.
AGGREGATE = f"SELECT shop_id, sum(cents) FROM ({OPEN_ENTRIES}) e GROUP BY shop_id"


def only_add_up() -> None:
    """The pure aggregate SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(AGGREGATE, {"through": LAST, "zone": ""})
        cursor.fetchall()


def seed() -> None:
    """10,000 shops with a week of booked fees, and nothing paid."""
    accrual.SHOPS, accrual.DELIVERIES = SHOPS, DELIVERIES
    accrual.seed()
    accrue_waiting(at=MORNING)
    with connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_posting", "accrual"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def measure() -> Figure:
    """Draft, approve, send; refuses to report a run that is not the sum of its fees."""
    seed()
    olga, pavel = make_olga(), make_pavel()
    bare = median_seconds(only_add_up)
    looped = seconds(lambda: loop_of_saves(olga))
    before = peak_mb()
    ours = seconds(lambda: draft_run(through=LAST, by=olga, at=AT))
    peak, run = peak_mb(), PayRun.objects.get()
    approved = seconds(lambda: approve(run, by=pavel, at=AT, typed_cents=run.cents))
    sent = seconds(lambda: send_run(run_id=run.pk, at=AT))
    check(run)
    return Figure(
        name="pay_run_10k",
        unit="s",
        is_more_better=False,
        ours=ours,
        limit=bare,
        peers={"loop of saves": looped * SHOPS / SAMPLE},
        peak_mb=peak,
        note=(
            f"{run.shops:,} shops, {DELIVERIES:,} fees, {TransferItem.objects.count():,} entries"
            f" drafted, checked and frozen in {ours:.1f} s ({before:.0f} MB before, {peak:.0f} MB"
            f" at most); approved in {approved:.1f} s; sent by bank file in {sent:.1f} s; limit: a"
            " SELECT that only adds up the same entries; peer: a transfer and its lines saved one"
            f" by one, each shop in a transaction, on {SAMPLE:,} shops and carried forward"
        ),
    )


def check(run: PayRun) -> None:
    """Every shop was paid once, and all of it."""
    cents = Accrual.objects.aggregate(cents=Sum("amount_cents"))["cents"]
    lines = sum(PaymentLine.objects.values_list("amount_cents", flat=True))
    payments = Transfer.objects.filter(status="sent").count()
    if not run.cents == cents == lines or payments != SHOPS:
        raise SystemExit(f"{cents} cents earned, {run.cents} drafted, {lines} written")


class TakeBack(Exception):
    """Ends the peer's work and takes it back."""


def loop_of_saves(by: User) -> None:
    """What one writes first: each shop's open entries read, its transfer and lines saved. Without
    hash, checks, held shops and deductions, which ours has."""
    try:
        with transaction.atomic():
            pay_in_a_loop(by)
            raise TakeBack
    except TakeBack:
        pass


def pay_in_a_loop(by: User) -> None:
    """Sample shops, one after the other."""
    run = PayRun.objects.create(through=LAST, drafted_at=AT, drafted_by=by)
    entries = Entry.objects.earnings().filter(transfer_items=None, booked_on__lte=LAST)
    open_entries = entries.order_by("shop_id", "pk").prefetch_related("postings")
    shops = set(entries.order_by("shop_id").values_list("shop_id", flat=True).distinct()[:SAMPLE])
    for shop_id, mine in groupby(open_entries.filter(shop_id__in=shops), lambda one: one.shop_id):
        with transaction.atomic():
            found = [(one, sum(p.amount_cents for p in one.postings.all())) for one in mine]
            transfer = Transfer.objects.create(
                run=run,
                shop_id=shop_id,
                amount_cents=sum(cents for _entry, cents in found),
                gateway="bank_file",
                payee_reference=str(shop_id),
                key=f"peer:{shop_id}",
            )
            for entry, cents in found:
                TransferItem.objects.create(transfer=transfer, entry=entry, amount_cents=cents)
