"""Issuing statements and checking the books."""

import datetime as dt
from decimal import Decimal

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.refusals import Refusal
from payouts.accruals.actions import accrue_waiting
from payouts.ledger.actions import take_numbers
from payouts.ledger.rules import number
from payouts.payruns.actions import note_books_checked
from payouts.payruns.queries import unchecked_runs
from payouts.providers.actions import stop_payments
from payouts.statements import queries, rules
from payouts.statements.models import BooksCheck, OwnCosts, Statement, TaxThreshold

BOOKS_ARE_OFF = "The check of the books found money that does not add up."

log = structlog.get_logger(__name__)


@transaction.atomic
def issue_statements(*, at: dt.datetime) -> int:
    """Give every sent transfer its numbered statement; how many were issued.

    Numbers have no gaps; two calls at once issue each statement once. A shop's statements chain:
    each opens with what the one before left. About 0.2 ms a statement.
    """
    if not queries.has_unissued():
        return 0
    series = f"{rules.SERIES}-{at.year}"
    take_numbers(name=series, count=0)  # whoever issues waits here, so nobody issues twice
    waiting = queries.settled_without_statement()
    if not waiting:
        return 0
    first = take_numbers(name=series, count=len(waiting))
    closings = queries.last_closings([settled.shop_id for settled in waiting])
    issued = []
    for place, settled in enumerate(waiting, first):
        opening = closings.get(settled.shop_id, 0)
        left = closings[settled.shop_id] = rules.closing(settled, opening_cents=opening)
        issued.append(
            Statement(
                number=number(rules.SERIES, at.year, place, rules.WIDTH),
                opening_cents=opening,
                closing_cents=left,
                issued_at=at,
                **vars(settled),
            )
        )
    Statement.objects.bulk_create(issued, batch_size=1000)
    failpoint("statements_written")
    return len(issued)


def keep_own_costs(
    *, shop: Shop, minutes_a_day: int, miles_a_day: Decimal, cents_a_mile: Decimal
) -> OwnCosts:
    """Keep what an owner says her day takes and costs. Hers alone: not audited, since staff read
    the audit trail."""
    told = {
        "minutes_a_day": minutes_a_day,
        "miles_a_day": miles_a_day,
        "cents_a_mile": cents_a_mile,
    }
    return OwnCosts.objects.update_or_create(shop=shop, defaults=told)[0]


def forget_own_costs(*, shop: Shop) -> None:
    """Forget what an owner said of her day."""
    OwnCosts.objects.filter(shop=shop).delete()


class NoThreshold(Refusal):
    code = "no_threshold"
    message = _("Give an amount above zero, and where you have it from.")


@transaction.atomic
def set_threshold(
    *, first_year: int, cents: int, note: str, by: User, at: dt.datetime
) -> TaxThreshold:
    """Enter from which tax year on how much makes a form due; an amount entered before for the same
    year is replaced. Audited. Refuses an amount that
    is none, and one without its source."""
    if cents <= 0 or not note.strip():
        raise NoThreshold
    known = TaxThreshold.objects.select_for_update().filter(first_year=first_year).first()
    before = known.cents if known else None
    told = {"cents": cents, "note": note.strip()[:200], "set_at": at, "set_by": by}
    threshold = TaxThreshold.objects.update_or_create(first_year=first_year, defaults=told)[0]
    audit.record(
        at=at,
        by=by,
        action="set_tax_threshold",
        subject=threshold,
        reason=note,
        year=first_year,
        cents=cents,
        before_cents=before,
    )
    return threshold


def note_filing(*, year: int, by: User | None, at: dt.datetime) -> None:
    """Write down who took the list of a year's payments, beside the amount that held for it."""
    held = TaxThreshold.objects.filter(first_year__lte=year).last()
    if held is not None:
        audit.record(at=at, by=by, action="download_tax_list", subject=held, year=year)


def check_books(*, at: dt.datetime) -> BooksCheck:
    """Book and issue what waits, look at everything, and keep what was found.

    Books that are off are an error in the log, so that monitoring rings; when money may be wrong,
    every payment stops until a person lets them go on. Runs that were drafted before may be
    approved from then on.
    """
    drafted = unchecked_runs()
    accrue_waiting(at=at, is_full=True)
    issue_statements(at=at)
    findings = queries.check_of_books(at=at)
    is_clean = rules.is_clean(findings)
    if not is_clean:
        counts = {
            name: found if isinstance(found, int) else len(found)
            for name, found in findings.items()
        }
        log.error("books_are_off", **counts)
    if rules.stops_payments(findings):
        stop_payments(reason=BOOKS_ARE_OFF, by=None, at=at)
    check = BooksCheck.objects.create(
        checked_at=at, is_clean=is_clean, findings={} if is_clean else findings
    )
    kinds = sum(1 for found in findings.values() if found)
    note_books_checked(run_ids=drafted, findings=kinds, at=at)
    return check


def check_books_for_runs(*, at: dt.datetime) -> BooksCheck | None:
    """Check the books once a run was drafted, and again once all of it left or arrived; None when
    the last check is younger than that."""
    return check_books(at=at) if queries.has_unchecked_run() else None
