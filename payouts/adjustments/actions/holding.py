"""Setting an amount aside: one entry moves it, a second gives it free or takes it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.adjustments import access
from payouts.adjustments.actions.booking import end_hold, post_one
from payouts.adjustments.actions.deciding import MayNotDecide
from payouts.adjustments.actions.letters import tell_of_hold
from payouts.adjustments.actions.proposing import (
    NoSuchAdjustment,
    SayWhy,
    WrongAmount,
    locked,
)
from payouts.adjustments.models import Adjustment, Hold
from payouts.adjustments.rules import HOLD_TIME
from payouts.ledger.actions import hold_books
from payouts.ledger.queries import payable_cents
from payouts.ledger.rules import Source


class MoreThanIsOwed(Refusal):
    code = "more_than_is_owed"
    message = _("{owed} is owed to this shop, so no more can be set aside.")


class HoldIsOver(Refusal):
    code = "hold_is_over"
    message = _("This amount was given free already.")


@transaction.atomic
def place_hold(
    *,
    shop: Shop,
    cents: int,
    words: str,
    by: User,
    at: dt.datetime,
    deduction: Adjustment | None = None,
) -> Hold:
    """Set an amount aside while something is looked into, or for a deduction that is proposed;
    after thirty days it is the shop's again by itself. Audited; the owners get a letter. Refuses
    other people, an amount without words, more than is owed to the shop, and a deduction that is
    another shop's or decided. Takes the lock of the books."""
    if not access.may_decide(by):
        raise MayNotDecide
    if cents <= 0:
        raise WrongAmount
    if not words.strip():
        raise SayWhy
    hold_books()
    owed = payable_cents(shop.pk)
    if cents > owed:
        raise MoreThanIsOwed(owed=as_dollars(max(0, owed)))
    if deduction is not None and locked(deduction.pk).shop_id != shop.pk:
        raise NoSuchAdjustment
    hold = Hold.objects.create(
        shop=shop,
        amount_cents=cents,
        deduction=deduction,
        words=words.strip()[:200],
        placed_at=at,
        placed_by=by,
        until=at + HOLD_TIME,
    )
    post_one(Source.HELD, f"hold:{hold.pk}", shop, cents, hold.words, by=by, at=at)
    audit.record(at=at, by=by, action="place_hold", subject=hold, reason=words, cents=cents)
    tell_of_hold(hold, at=at)
    return hold


@transaction.atomic
def release_hold(*, hold_id: int, by: User, at: dt.datetime) -> Hold:
    """Give an amount free. Audited. Refuses other people, and one that is free already. Takes the
    lock of the books, then the hold."""
    if not access.may_decide(by):
        raise MayNotDecide
    hold_books()
    hold = (
        Hold.objects.select_for_update(of=["self"])
        .select_related("shop__station")
        .filter(pk=hold_id, ended_at=None)
        .first()
    )
    if hold is None:
        raise HoldIsOver
    end_hold(hold, by=by, at=at)
    audit.record(at=at, by=by, action="release_hold", subject=hold, cents=hold.amount_cents)
    return hold


@transaction.atomic
def end_holds(*, at: dt.datetime) -> int:
    """Give free what was set aside for its whole time; how many. Safe twice and side by side."""
    over = Hold.objects.filter(ended_at=None, until__lte=at)
    if not over.exists():
        return 0
    hold_books()
    due = list(over.select_for_update(of=["self"]).select_related("shop__station").order_by("pk"))
    for hold in due:
        end_hold(hold, by=None, at=at)
    return len(due)
