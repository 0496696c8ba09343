"""Drafting: claim what shops earned and nobody paid yet, and freeze it."""

import datetime as dt
from collections import Counter

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from hubshops.stations.queries import station_zones
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.refusals import Refusal
from kernel.rows import hashed_joins
from payouts.accruals.actions import accrue_waiting, top_up_weeks
from payouts.accruals.queries import settled_id, unpriced_shops
from payouts.adjustments.actions import recover
from payouts.ledger.actions import hold_books
from payouts.payruns import access, queries
from payouts.payruns.actions.staging import note_stage
from payouts.payruns.models import HeldShop, PayRun, StageName
from payouts.payruns.rules import Held, canary_size, judge
from payouts.providers.actions import open_payout_accounts
from payouts.providers.models import PayoutAccount


class MayNotDraft(Refusal):
    code = "may_not_draft"
    message = _("Only people who draft pay runs may do this.")


class UnknownZone(Refusal):
    code = "unknown_zone"
    message = _("No station is in the time zone {zone}. There are: {known}.")


class NothingToPay(Refusal):
    code = "nothing_to_pay"
    message = _("Nothing is due up to {through}: no run was drafted. Shops held back: {held}.")


class BooksAreOff(Refusal):
    code = "books_are_off"
    message = _(
        "The books differ from the fees behind them in {count} entries. Run check_books first;"
        " no run was drafted."
    )


def draft_run(*, through: dt.date, by: User | None, at: dt.datetime, zone: str = "") -> PayRun:
    """Book what waits, then claim everything that shops of a zone (all, without one) earned up to
    `through` and no run has, and freeze it.

    A part of what was decided against a shop is taken first, a quarter of what it is due at most.
    Shops that can't be paid now are listed with a reason and keep what they are owed. Refuses
    people who don't draft, a zone without a station, books that are off, and an empty run. Some 3 s
    for 10,000 shops.
    """
    if not access.may_draft(by):
        raise MayNotDraft
    if zone and zone not in (known := station_zones()):
        raise UnknownZone(zone=zone, known=", ".join(known))
    accrue_waiting(at=at)
    top_up_weeks(at=at)
    return freeze_run(through=through, zone=zone, by=by, at=at)


def draft_weekly(*, at: dt.datetime) -> list[PayRun]:
    """Draft the week of each zone in which it is over, in nobody's name: any approver may approve
    it. Once a zone and week, however many ask at once; none where it is drafted, or nothing is due.
    Refuses books that are off, once the other zones are drafted."""
    weeks = queries.weeks_to_draft(at=at)
    if not weeks:
        return []
    accrue_waiting(at=at)
    top_up_weeks(at=at)
    drafted, refusals = [], []
    for zone, through in weeks.items():
        try:
            drafted.append(freeze_run(through=through, zone=zone, by=None, at=at))
        except NothingToPay:
            continue
        except BooksAreOff as no:
            refusals.append(no)
        except IntegrityError as no:
            if "pay_run_of_the_calendar_once_a_zone_and_week" not in str(no):
                raise  # else another scheduler was faster
    if refusals:
        raise refusals[0]
    return drafted


@transaction.atomic
def freeze_run(*, through: dt.date, zone: str, by: User | None, at: dt.datetime) -> PayRun:
    """Write one run with its transfers, lines, held shops and hash, while the books stand still."""
    hold_books()
    open_payout_accounts()
    if off := queries.entries_off(through=through, zone=zone):
        raise BooksAreOff(count=off)
    unpriced = unpriced_shops(through=through, after=settled_id())
    run = PayRun.objects.create(
        through=through, zone=zone, drafted_at=at, drafted_by=by, is_weekly=by is None
    )
    due = queries.dues(through=through, zone=zone, unpriced=unpriced, at=at)
    before = {one.shop_id: (one.cents, one.recovered_cents) for one in due}
    if recover(run_id=run.pk, due=before, booked_on=through, at=at):
        due = queries.dues(through=through, zone=zone, unpriced=unpriced, at=at)
    paid, held = judge(due, minimum_cents=settings.LEAST_PAYOUT_CENTS)
    if not paid:
        raise NothingToPay(through=through, held=len(held))
    write_transfers(run=run, paid=paid)
    claim_entries(run=run)
    write_held(run=run, held=held)
    run.shops, run.cents = len(paid), sum(cents for _shop, cents in paid)
    run.snapshot = queries.snapshot_of(run)
    run.save(update_fields=["shops", "cents", "snapshot"])
    note_draft(run=run, held=len(held), at=at, by=by)
    audit.record(at=at, by=by, action="draft_run", subject=run, shops=run.shops, cents=run.cents)
    failpoint("run_drafted")
    return run


def note_draft(*, run: PayRun, held: int, at: dt.datetime, by: User | None) -> None:
    """The stages that a draft passes in its one transaction. Refuses a run whose checks differ:
    then nothing of it is kept."""
    checks = queries.checks_of(run)
    differing = [check for check in checks if not check.is_good]
    if differing:
        raise BooksAreOff(count=len(differing))
    lines = {"through": str(run.through), "zone": run.zone, "snapshot": run.snapshot}
    note_stage(run=run, name=StageName.FROZEN, figures=lines, at=at, by=by)
    sums = {"shops": run.shops, "cents": run.cents, "held": held}
    note_stage(run=run, name=StageName.COMPUTED, figures=sums, at=at, by=by)
    note_stage(run=run, name=StageName.CHECKED, figures={"checks": len(checks)}, at=at, by=by)


def write_transfers(*, run: PayRun, paid: list[tuple[int, int]]) -> None:
    """One pending transfer a shop, by payee, each with a key of its own. Some of each gateway's are
    its canary, spread over its payees."""
    shops = [shop for shop, _cents in paid]
    accounts = PayoutAccount.objects.filter(shop__in=shops).values_list("gateway", flat=True)
    canaries = {name: canary_size(count) for name, count in Counter(accounts).items()}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO transfer (id, run_id, shop_id, amount_cents, gateway, payee_reference, key,
                                  status, attempts, provider_reference, error, is_canary)
            SELECT z.id, %s, z.shop_id, z.cents, z.gateway, z.payee_reference,
                   'transfer:' || z.id, 'pending', 0, '', '',
                   z.place * z.first %% z.payments < z.first
            FROM (
                SELECT nextval((SELECT pg_get_serial_sequence('transfer', 'id'))) AS id, o.* FROM (
                    SELECT p.shop_id, p.cents, a.gateway, a.payee_reference,
                           row_number() OVER (w ORDER BY a.payee_reference) - 1 AS place,
                           count(*) OVER w AS payments, c.first
                    FROM unnest(%s::bigint[], %s::bigint[]) AS p (shop_id, cents)
                    JOIN payout_account a ON a.shop_id = p.shop_id
                    JOIN unnest(%s::text[], %s::bigint[]) AS c (gateway, first)
                        ON c.gateway = a.gateway
                    WINDOW w AS (PARTITION BY a.gateway) ORDER BY a.payee_reference
                ) o
            ) z
            """,
            [
                run.pk,
                shops,
                [cents for _shop, cents in paid],
                list(canaries),
                list(canaries.values()),
            ],
        )


def claim_entries(*, run: PayRun) -> None:
    """Claim every open entry of the run's shops for their transfers."""
    with hashed_joins(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO transfer_item (transfer_id, entry_id, amount_cents)
            SELECT t.id, o.entry_id, o.cents FROM ({queries.OPEN_ENTRIES}) o
            JOIN transfer t ON t.run_id = %(run)s AND t.shop_id = o.shop_id
            """,
            {"through": run.through, "zone": run.zone, "run": run.pk},
        )


def write_held(*, run: PayRun, held: list[tuple[int, int, Held]]) -> None:
    """The shops this run does not pay, and why."""
    HeldShop.objects.bulk_create(
        [
            HeldShop(run=run, shop_id=shop, cents=cents, reason=reason)
            for shop, cents, reason in held
        ],
        batch_size=1000,
    )
