"""Proposing an adjustment, answering it, taking it back."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.cases.models import Case
from hubshops.shops.models import Shop, ShopStatus
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from payouts.adjustments import access, queries
from payouts.adjustments.actions import booking
from payouts.adjustments.actions.letters import tell_of_proposal
from payouts.adjustments.models import Adjustment, AdjustmentStatus, Dispute, Hold
from payouts.adjustments.rules import (
    ALONE_TIME,
    ANSWER_TIME,
    MOST_CENTS,
    Why,
    may_book_alone,
    takes_two_people,
)
from payouts.ledger.actions import hold_books
from payouts.ledger.queries import payable_cents


class MayNotPropose(Refusal):
    code = "may_not_propose"
    message = _("Only people of support and finance may propose an adjustment.")


class NoSuchAdjustment(Refusal):
    code = "no_such_adjustment"
    message = _("There is no such adjustment.")


class AlreadyDecided(Refusal):
    code = "already_decided"
    message = _("This was decided already, so nothing was changed.")


class WrongAmount(Refusal):
    code = "wrong_amount"
    message = _("Write an amount between $0.01 and $10,000.00.")


class SayWhy(Refusal):
    code = "say_why"
    message = _("Write a sentence for the shop: what this is for.")


class SetAsideForAnother(Refusal):
    code = "set_aside_for_another"
    message = _("This amount is set aside for another deduction, or was given free.")


class OnlyItsProposer(Refusal):
    code = "only_its_proposer"
    message = _("Only {person}, who proposed this, can take it back. You can decline it.")


class NothingToGiveUp(Refusal):
    code = "nothing_to_give_up"
    message = _("This shop owes nothing that could be given up.")


class ShopIsNotClosed(Refusal):
    code = "shop_is_not_closed"
    message = _(
        "Only the balance of a closed shop is written off. A live shop's later pay nets it."
    )


@transaction.atomic
def propose_adjustment(
    *,
    shop: Shop,
    cents: int,
    why: Why,
    words: str,
    by: User,
    at: dt.datetime,
    evidence: str = "",
    case: Case | None = None,
    dispute: Dispute | None = None,
    hold: Hold | None = None,
) -> Adjustment:
    """Propose money for a shop, or a deduction (negative cents). What a person may grant alone is
    booked at once, a limited sum a shop and week; anything else waits for another person. Of a
    deduction the shop's owners read at once, and have seven days to answer. `hold`: what was
    set aside for this deduction; it takes that first, and nothing else that is set aside. Audited.
    Refuses other people, an amount that is none, one without words, and a hold that is for
    something else."""
    if not access.may_propose(by):
        raise MayNotPropose
    if not 0 < abs(cents) <= MOST_CENTS:
        raise WrongAmount
    if not words.strip():
        raise SayWhy
    is_booked_now = is_for_one_person(shop=shop, cents=cents, why=why, by=by, at=at)
    adjustment = Adjustment.objects.create(
        shop=shop,
        amount_cents=cents,
        reason=why.value,
        words=words.strip()[:200],
        evidence=evidence.strip()[:1000],
        case=case,
        dispute=dispute,
        proposed_at=at,
        proposed_by=by,
        answer_until=at + ANSWER_TIME if cents < 0 else None,
    )
    if hold is not None:
        set_aside_for(adjustment, hold)
    audit.record(
        at=at, by=by, action="propose_adjustment", subject=adjustment, reason=words, cents=cents
    )
    if adjustment.is_deduction:
        tell_of_proposal(adjustment, at=at)
    elif is_booked_now:
        booking.book(adjustment, by=by, at=at)
    return adjustment


def set_aside_for(adjustment: Adjustment, hold: Hold) -> None:
    """What stands aside is for this deduction from now on."""
    standing = queries.free_holds(adjustment.shop).select_for_update(of=["self"])
    found = standing.filter(pk=hold.pk).first()
    if found is None or not adjustment.is_deduction:
        raise SetAsideForAnother
    found.deduction = adjustment
    found.save(update_fields=["deduction"])


def is_for_one_person(*, shop: Shop, cents: int, why: Why, by: User, at: dt.datetime) -> bool:
    """Whether this person may book this alone. Where it may be so, the books are held from here
    on: two small amounts at once are counted one after the other."""
    if not access.may_decide(by) or takes_two_people(why, cents):
        return False
    hold_books()
    before = queries.booked_alone_cents(shop, by=by, since=at - ALONE_TIME)
    return may_book_alone(why, cents, before_cents=before)


@transaction.atomic
def answer_deduction(
    *, adjustment_id: int, shop: Shop, by: User, text: str, at: dt.datetime
) -> Adjustment:
    """The shop says its side of a proposed deduction; a later answer takes the place of an earlier
    one until it is decided. Refuses another shop's, one without words, and one that is decided."""
    adjustment = locked(adjustment_id)
    if adjustment.shop_id != shop.pk or not adjustment.is_deduction:
        raise NoSuchAdjustment
    if not text.strip():
        raise SayWhy
    adjustment.answer, adjustment.answered_at, adjustment.answered_by = text.strip()[:1000], at, by
    adjustment.save(update_fields=["answer", "answered_at", "answered_by"])
    return adjustment


@transaction.atomic
def withdraw_adjustment(*, adjustment_id: int, by: User, at: dt.datetime) -> Adjustment:
    """Who proposed it takes it back. Audited. Refuses anybody else, and one that is decided."""
    adjustment = locked(adjustment_id)
    if adjustment.proposed_by_id != by.pk:
        raise OnlyItsProposer(person=adjustment.proposed_by)
    adjustment.status = AdjustmentStatus.WITHDRAWN
    adjustment.save(update_fields=["status"])
    audit.record(at=at, by=by, action="withdraw_adjustment", subject=adjustment)
    return adjustment


@transaction.atomic
def give_up_balance(*, shop: Shop, words: str, by: User, at: dt.datetime) -> Adjustment:
    """Propose to write off what a closed shop's balance is below zero; another person decides.
    Refuses a shop that is not closed or whose balance is not below zero."""
    if shop.status != ShopStatus.CLOSED:
        raise ShopIsNotClosed
    owed = -payable_cents(shop.pk)
    if owed <= 0:
        raise NothingToGiveUp
    return propose_adjustment(shop=shop, cents=owed, why=Why.WRITE_OFF, words=words, by=by, at=at)


@transaction.atomic
def give_up_deduction(*, shop: Shop, words: str, by: User, at: dt.datetime) -> Adjustment:
    """Propose to give up what is left of a shop's deductions; another person decides. Refuses a
    shop from which nothing is left to be taken."""
    owed = queries.owed_by(shop)
    if owed <= 0:
        raise NothingToGiveUp
    return propose_adjustment(shop=shop, cents=owed, why=Why.FORGIVEN, words=words, by=by, at=at)


def locked(adjustment_id: int) -> Adjustment:
    """An adjustment that nobody decided yet, under lock."""
    found = Adjustment.objects.select_for_update(of=["self"]).filter(pk=adjustment_id)
    adjustment = found.select_related("shop__station", "proposed_by", "dispute").first()
    if adjustment is None:
        raise NoSuchAdjustment
    if not adjustment.is_open:
        raise AlreadyDecided
    return adjustment
