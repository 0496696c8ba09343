"""A shop objects; we answer in time, or it is right."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from hubshops.deliveries.models import Delivery
from hubshops.shops.models import Shop
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.adjustments import access
from payouts.adjustments.actions import booking
from payouts.adjustments.actions.deciding import MayNotDecide, settle_dispute
from payouts.adjustments.actions.letters import tell_of_dispute
from payouts.adjustments.actions.proposing import SayWhy, propose_adjustment
from payouts.adjustments.models import Adjustment, AdjustmentStatus, Dispute, DisputeStatus
from payouts.adjustments.queries import granted_cents
from payouts.adjustments.rules import (
    DISPUTE_DAYS,
    MOST_A_PACKAGE_CENTS,
    MOST_OPEN_DISPUTES,
    TIME_RAN_OUT,
    Why,
)
from payouts.ledger.actions import hold_books

MOST_A_SWEEP = 200


class ClaimTooMuch(Refusal):
    code = "claim_too_much"
    message = _("Write an amount between $0.01 and {most}.")


class GrantedAlready(Refusal):
    code = "granted_already"
    message = _("You got {given} for this already, so at most {left} more can be claimed.")


class AlreadyDisputed(Refusal):
    code = "already_disputed"
    message = _("We look into this already.")


class TooManyDisputes(Refusal):
    code = "too_many_disputes"
    message = _(
        "{count} of your objections wait for our answer. Object again once some are decided."
    )


class NoSuchDispute(Refusal):
    code = "no_such_dispute"
    message = _("There is no such objection.")


class DisputeIsDecided(Refusal):
    code = "dispute_is_decided"
    message = _("This objection was decided already, so nothing was changed.")


@transaction.atomic
def open_dispute(
    *,
    shop: Shop,
    about: Delivery | Adjustment,
    cents: int,
    words: str,
    by: User,
    at: dt.datetime,
) -> Dispute:
    """A shop objects to what a delivery earned, or to a deduction; we have thirty days to answer,
    and silence grants what it claims. `about` is one of `queries.disputable_*`. Refuses a claim of
    nothing, of more than the deduction or than a package can be about, earlier grants counted, one
    without words, a second one about the same, and more at a time than somebody can answer. Holds
    the shop."""
    is_deduction = isinstance(about, Adjustment)
    most = about.size_cents if isinstance(about, Adjustment) else MOST_A_PACKAGE_CENTS
    if not 0 < cents <= most:
        raise ClaimTooMuch(most=as_dollars(most))
    if not words.strip():
        raise SayWhy
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    if (given := granted_cents(about)) and cents > most - given:
        left = max(0, most - given)
        raise GrantedAlready(given=as_dollars(given), left=as_dollars(left))
    if shop.disputes.filter(status=DisputeStatus.OPEN).count() >= MOST_OPEN_DISPUTES:
        raise TooManyDisputes(count=MOST_OPEN_DISPUTES)
    try:
        with transaction.atomic():
            return Dispute.objects.create(
                shop=shop,
                delivery=None if is_deduction else about,
                deduction=about if is_deduction else None,
                claimed_cents=cents,
                words=words.strip()[:500],
                opened_at=at,
                opened_by=by,
                due_at=at + dt.timedelta(days=DISPUTE_DAYS),
            )
    except IntegrityError as no:
        if "once" not in str(no):
            raise
        raise AlreadyDisputed from no


@transaction.atomic
def grant_dispute(
    *, dispute_id: int, cents: int, words: str, by: User, at: dt.datetime
) -> Adjustment:
    """Propose what a shop gets for its objection: small amounts are booked at once, larger ones
    wait for another person, and the dispute with them. Refuses other people, an objection that is
    decided, and a second proposal for it. Holds the books, then
    the dispute."""
    if not access.may_decide(by):
        raise MayNotDecide
    hold_books()
    dispute = locked(dispute_id)
    if dispute.adjustments.filter(status=AdjustmentStatus.PROPOSED).exists():
        raise AlreadyDisputed
    adjustment = propose_adjustment(
        shop=dispute.shop,
        cents=cents,
        why=Why.FEE_WRONG,
        words=words,
        by=by,
        at=at,
        dispute=dispute,
    )
    if adjustment.status == AdjustmentStatus.BOOKED:
        settle_dispute(adjustment, by=by, at=at)
    return adjustment


@transaction.atomic
def decline_dispute(*, dispute_id: int, words: str, by: User, at: dt.datetime) -> Dispute:
    """Say no, in words for the shop. Audited; the owners get a letter. Refuses other people, a no
    without words, and an objection that is decided. Holds the dispute."""
    if not access.may_decide(by):
        raise MayNotDecide
    if not words.strip():
        raise SayWhy
    dispute = locked(dispute_id)
    withdraw_proposals(dispute)
    close(dispute, DisputeStatus.DECLINED, words.strip()[:500], by=by, at=at)
    audit.record(at=at, by=by, action="decline_dispute", subject=dispute, reason=words)
    return dispute


def settle_disputes(*, at: dt.datetime) -> int:
    """Grant, in full, what nobody decided in time; how many. Each in a transaction of its own. Safe
    twice and side by side."""
    waiting = Dispute.objects.filter(status=DisputeStatus.OPEN, due_at__lte=at).order_by("pk")
    due = list(waiting.values_list("pk", flat=True)[:MOST_A_SWEEP])
    return sum(grant_by_silence(dispute_id, at=at) for dispute_id in due)


@transaction.atomic
def grant_by_silence(dispute_id: int, *, at: dt.datetime) -> bool:
    """Time ran out: the shop is right, whatever was proposed meanwhile."""
    hold_books()
    found = Dispute.objects.select_for_update(of=["self"], skip_locked=True)
    dispute = (
        found.filter(pk=dispute_id, status=DisputeStatus.OPEN)
        .select_related("shop__station")
        .first()
    )
    if dispute is None:
        return False
    withdraw_proposals(dispute)
    adjustment = Adjustment.objects.create(
        shop=dispute.shop,
        amount_cents=dispute.claimed_cents,
        reason=Why.FEE_WRONG.value,
        words=TIME_RAN_OUT,
        dispute=dispute,
        proposed_at=at,
    )
    booking.book(adjustment, by=None, at=at)
    close(dispute, DisputeStatus.GRANTED, adjustment.words, by=None, at=at)
    return True


def withdraw_proposals(dispute: Dispute) -> None:
    """What was proposed for an objection and not decided is not wanted any more."""
    waiting = dispute.adjustments.filter(status=AdjustmentStatus.PROPOSED)
    waiting.update(status=AdjustmentStatus.WITHDRAWN)


def close(
    dispute: Dispute, status: DisputeStatus, answer: str, *, by: User | None, at: dt.datetime
) -> None:
    """Note how an objection ended, and tell the owners."""
    dispute.status, dispute.answer = status, answer
    dispute.decided_at, dispute.decided_by = at, by
    dispute.save(update_fields=["status", "answer", "decided_at", "decided_by"])
    tell_of_dispute(dispute, at=at)


def locked(dispute_id: int) -> Dispute:
    """An objection that nobody decided yet, under lock."""
    found = Dispute.objects.select_for_update(of=["self"]).filter(pk=dispute_id)
    dispute = found.select_related("shop__station").first()
    if dispute is None:
        raise NoSuchDispute
    if dispute.status != DisputeStatus.OPEN:
        raise DisputeIsDecided
    return dispute
