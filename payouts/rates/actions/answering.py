"""What a shop says to a new card, and the pauses that begin with it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.shops.actions import ask_to_leave, pause_shop
from hubshops.shops.models import LeavingReason, Shop, ShopStatus
from hubshops.shops.queries import leaving_of
from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from payouts.rates import queries
from payouts.rates.models import AnswerKind, ChangeStatus, RateAnswer, RateChange


class NothingToAnswer(Refusal):
    code = "nothing_to_answer"
    message = _("This new card was withdrawn. Your fees stay as they are.")


class AnswerTooLate(Refusal):
    code = "answer_too_late"
    message = _(
        "This card holds since {day}. Call us if you want to pause or leave; it costs nothing."
    )


@transaction.atomic
def answer_change(
    *, change: RateChange, shop: Shop, answer: str, at: dt.datetime, by: User
) -> RateAnswer:
    """Keep what a shop says to a new card: it accepts, pauses or leaves, free of charge.

    Until the card's first day it may say something else; the last word counts. A pause or a leaving
    begins with that day: from then on the shop gets no packages.
    """
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    change.refresh_from_db()
    if change.status == ChangeStatus.WITHDRAWN:
        raise NothingToAnswer
    if change.effective_on <= clock.local_day(at, shop.zone):
        raise AnswerTooLate(day=change.effective_on)
    last = queries.answer_of(change, shop)
    if last and last.answer == answer:
        return last
    said = RateAnswer.objects.create(
        change=change, shop=shop, answer=AnswerKind(answer), answered_at=at, answered_by=by
    )
    audit.record(at=at, by=by, action="answer_rates", subject=shop, answer=answer, change=change.pk)
    return said


def begin_pauses(*, at: dt.datetime) -> int:
    """Begin the pauses and leavings of cards whose first day can't be changed any more (after the
    station's cut-off of the evening before); how many. Safe twice: an answer is done once."""
    asked = RateAnswer.objects.filter(done_at=None, change__status=ChangeStatus.APPROVED).exclude(
        answer=AnswerKind.ACCEPTED
    )
    due = [
        one.pk
        for one in asked.select_related("change", "shop__station").order_by("shop", "pk")
        if at >= one.shop.station.cut_off(one.change.effective_on)
    ]
    return sum(begin_pause(answer_id=pk, at=at) for pk in due)


@transaction.atomic
def begin_pause(*, answer_id: int, at: dt.datetime) -> bool:
    """Pause one shop as it asked, unless it said something else later; False when that was so, or
    when it was done before. It is done once a pause or a leaving stands; until then, as of a shop
    that still gets ready, it is tried again."""
    said = RateAnswer.objects.select_related("change", "shop").get(pk=answer_id)
    said.shop = Shop.objects.select_for_update(no_key=True).get(pk=said.shop_id)
    said.refresh_from_db(fields=["done_at"])
    last = queries.answer_of(said.change, said.shop)
    if said.done_at:
        return False
    is_last_word = last.pk == said.pk
    if is_last_word and not follow(said, at=at):
        return False
    RateAnswer.objects.filter(pk=said.pk).update(done_at=at)
    return is_last_word


def follow(said: RateAnswer, *, at: dt.datetime) -> bool:
    """Do what a shop said; whether it gets no packages any more."""
    shop = said.shop
    if shop.status in (ShopStatus.OFFBOARDING, ShopStatus.CLOSED):
        return True
    if said.answer == AnswerKind.PAUSES:
        return pause_shop(shop=shop, reason=f"rate_change:{said.change_id}", at=at, by=None)
    if leaving_of(shop) is None:
        last_day = said.change.effective_on - dt.timedelta(days=1)
        ask_to_leave(shop=shop, last_day=last_day, at=at, by=None, reason=LeavingReason.PAY)
    return True
