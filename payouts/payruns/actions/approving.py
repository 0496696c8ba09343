"""Approving and cancelling: a second person looks, and the books follow."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.ledger.actions import hold_books, post
from payouts.ledger.rules import Source
from payouts.payruns import access, queries
from payouts.payruns.actions.booking import (
    MayNotHandle,
    bookings_of,
    moved_on,
    release,
    transfers_to_book,
)
from payouts.payruns.actions.staging import note_stage
from payouts.payruns.models import AFTER_APPROVAL, PayRun, RunStatus, StageName, TransferStatus
from payouts.providers.actions import refuse_while_stopped


class MayNotApprove(Refusal):
    code = "may_not_approve"
    message = _("Only people who approve pay runs may do this.")


class OwnDraft(Refusal):
    code = "own_draft"
    message = _("You drafted this run, so another person must approve it.")


class TotalDiffers(Refusal):
    code = "total_differs"
    message = _("You typed {typed}, and the run’s total is {total}. Look again before you approve.")


class RunWasChanged(Refusal):
    code = "run_was_changed"
    message = _("This run is not what was drafted. Cancel it and draft a new one.")


class SetAsideSince(Refusal):
    code = "set_aside_since"
    message = _(
        "{amount} of {shop} was set aside since this run was drafted. Cancel it and draft a new"
        " one, which leaves that out."
    )


class BooksNotChecked(Refusal):
    code = "books_not_checked"
    message = _("The books are being checked; that takes a minute. Then approve.")


@transaction.atomic
def approve_run(
    *, run_id: int, by: User | None, at: dt.datetime, typed_cents: int | None = None
) -> PayRun:
    """Let a frozen run go out: every transfer is ready, and its money is booked as on its way.

    Refuses people who don't approve, the drafter, a run that is not drafted any more, one that is
    not what was frozen, of which something was set aside since, a typed total that is not the
    run's, one after whose draft the books were not checked yet, and any run while payments are
    stopped. The same person's second click changes nothing.
    Holds the books, so that nothing is set aside meanwhile.
    """
    if not access.may_approve(by):
        raise MayNotApprove
    hold_books()
    run = queries.get_run(run_id, lock=True)
    if run.status in AFTER_APPROVAL and run.approved_by_id == by.pk:
        return run
    if run.drafted_by_id == by.pk:
        raise OwnDraft
    if run.status != RunStatus.DRAFTED:
        raise moved_on(run)
    if typed_cents is not None and typed_cents != run.cents:
        raise TotalDiffers(typed=as_dollars(typed_cents), total=as_dollars(run.cents))
    refuse_while_stopped()
    if not queries.are_books_checked(run):
        raise BooksNotChecked
    if queries.snapshot_of(run) != run.snapshot:
        raise RunWasChanged
    if hold := queries.set_aside_since(run):
        raise SetAsideSince(amount=as_dollars(hold.amount_cents), shop=hold.shop.name)
    run.status, run.approved_at, run.approved_by = RunStatus.APPROVED, at, by
    run.approved_snapshot = run.snapshot
    run.save(update_fields=["status", "approved_at", "approved_by", "approved_snapshot"])
    note_stage(run=run, name=StageName.APPROVED, figures={"cents": run.cents}, at=at, by=by)
    run.transfers.update(status=TransferStatus.READY)
    post(
        source=Source.TRANSFER_APPROVED,
        bookings=bookings_of(transfers_to_book(run), at=at),
        at=at,
        by=by,
    )
    audit.record(
        at=at, by=by, action="approve_run", subject=run, cents=run.cents, snapshot=run.snapshot
    )
    failpoint("run_approved")
    return run


@transaction.atomic
def cancel_run(*, run_id: int, by: User | None, at: dt.datetime, reason: str = "") -> PayRun:
    """Take a run back before it is sent: what it claimed is owed again and joins the next run.

    Refuses a run whose sending began. A second call changes nothing.
    """
    if not access.may_handle(by):
        raise MayNotHandle
    run = queries.get_run(run_id, lock=True)
    if run.status == RunStatus.CANCELLED:
        return run
    if run.status not in {RunStatus.DRAFTED, RunStatus.APPROVED}:
        raise moved_on(run)
    transfers = transfers_to_book(run)
    was_approved = run.status == RunStatus.APPROVED
    run.status = RunStatus.CANCELLED
    run.save(update_fields=["status"])
    note_stage(run=run, name=StageName.CANCELLED, figures={"reason": reason}, at=at, by=by)
    run.transfers.update(status=TransferStatus.CANCELLED)
    release(transfers=transfers, was_booked=was_approved, at=at, by=by)
    audit.record(at=at, by=by, action="cancel_run", subject=run, reason=reason, cents=run.cents)
    return run
