"""A second person decides what was proposed."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from payouts.adjustments import access
from payouts.adjustments.actions import booking
from payouts.adjustments.actions.letters import tell_of_decision
from payouts.adjustments.actions.proposing import SayWhy, locked
from payouts.adjustments.models import Adjustment, AdjustmentStatus, Dispute, DisputeStatus
from payouts.adjustments.rules import may_be_decided
from payouts.ledger.actions import hold_books


class MayNotDecide(Refusal):
    code = "may_not_decide"
    message = _("Only people of finance may decide this.")


class NeedsAnotherPerson(Refusal):
    code = "needs_another_person"
    message = _("You proposed this, so somebody else has to decide it.")


class ShopWasNotHeard(Refusal):
    code = "shop_was_not_heard"
    message = _("The shop has not answered yet and may do so until {until}. Decide after that.")


@transaction.atomic
def decide_adjustment(
    *, adjustment_id: int, is_granted: bool, words: str, by: User, at: dt.datetime
) -> Adjustment:
    """Book what was proposed, or decline it. A deduction needs words, and that the shop was heard.
    Audited; the owners get a letter. Refuses other people, its proposer, who could not book it
    alone, and one that is decided. Holds the books, then the objection behind it, then the
    adjustment."""
    if not access.may_decide(by):
        raise MayNotDecide
    hold_books()
    Dispute.objects.select_for_update().filter(adjustments=adjustment_id).first()
    adjustment = locked(adjustment_id)
    check(adjustment, is_granted=is_granted, words=words, by=by, at=at)
    audit.record(
        at=at,
        by=by,
        action="book_adjustment" if is_granted else "decline_adjustment",
        subject=adjustment,
        reason=words,
        cents=adjustment.amount_cents,
    )
    if is_granted:
        booking.book(adjustment, by=by, at=at, words=words)
        settle_dispute(adjustment, by=by, at=at)
        return adjustment
    adjustment.status, adjustment.decision = AdjustmentStatus.DECLINED, words.strip()[:500]
    adjustment.decided_at, adjustment.decided_by = at, by
    adjustment.save(update_fields=["status", "decision", "decided_at", "decided_by"])
    if adjustment.is_deduction:
        tell_of_decision(adjustment, at=at)
    return adjustment


def check(
    adjustment: Adjustment, *, is_granted: bool, words: str, by: User, at: dt.datetime
) -> None:
    """Refuse what may not be decided so, now, or by this person."""
    cents = adjustment.amount_cents
    if is_granted and adjustment.proposed_by_id == by.pk:
        raise NeedsAnotherPerson
    if (cents < 0 or not is_granted) and not words.strip():
        raise SayWhy
    heard = may_be_decided(
        cents=cents,
        answer_until=adjustment.answer_until,
        answered=adjustment.answered_at is not None,
        at=at,
    )
    if is_granted and not heard:
        raise ShopWasNotHeard(until=f"{adjustment.answer_until:%B %-d}")


def settle_dispute(adjustment: Adjustment, *, by: User, at: dt.datetime) -> None:
    """The objection behind a booked adjustment was right."""
    dispute = adjustment.dispute
    if dispute is None or dispute.status != DisputeStatus.OPEN:
        return
    dispute.status, dispute.decided_at, dispute.decided_by = DisputeStatus.GRANTED, at, by
    dispute.answer = adjustment.words
    dispute.save(update_fields=["status", "decided_at", "decided_by", "answer"])
