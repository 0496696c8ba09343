"""A dispatcher asks a shop to take more than its cap, and the shop answers."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hubshops.assignment import rules
from hubshops.assignment.models import Answer, OverflowOffer
from hubshops.assignment.queries import askable
from hubshops.shops.models import MemberRole, Membership, Shop
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.notifications.actions import letter_for, send_mails
from kernel.notifications.models import Mail
from kernel.refusals import Refusal

MOST_IN_A_SWEEP = 1_000


class CannotBeAsked(Refusal):
    code = "cannot_be_asked"
    message = _(
        "{shop} can't be asked: it must be live, open on that day and let us ask, and a package"
        " near it must have found every shop full. Look at the list again."
    )


class AlreadyAsked(Refusal):
    code = "already_asked"
    message = _("{shop} was asked for this day already.")


class AskForLess(Refusal):
    code = "ask_for_less"
    message = _("{shop} reaches {most} of the packages that found no room. Ask for 1 to {most}.")


class TooLateToAsk(Refusal):
    code = "too_late_to_ask"
    message = _("It is too late to ask for this day: shops answer until 6 am.")


class OfferIsClosed(Refusal):
    code = "offer_is_closed"
    message = _("This question is closed: it was answered, withdrawn, or not answered in time.")


class AnswerTooLate(Refusal):
    code = "answer_too_late"
    message = _("You could answer until 6 am on that day. Call us if you still want to help.")


@transaction.atomic
def offer_overflow(
    *, shop: Shop, service_day: dt.date, extra: int, at: dt.datetime, by: User | None
) -> OverflowOffer:
    """Ask a shop to take `extra` packages beyond its cap on one day; its owners get a letter.

    Refuses a shop that may not be asked (`queries.askable`) or was asked already, more packages
    than it could get, and a day whose drop has begun. Audited. Holds the station and the shop.
    """
    station = Station.objects.select_for_update(no_key=True).get(pk=shop.station_id)
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    if at >= rules.answer_by(service_day, station.zone):
        raise TooLateToAsk
    found = askable(station, service_day)
    if any(one.shop_id == shop.pk and one.answer in {"", Answer.YES} for one in found.offers):
        raise AlreadyAsked(shop=shop.name)
    candidate = next((one for one in found.candidates if one.shop == shop), None)
    if candidate is None:
        raise CannotBeAsked(shop=shop.name)
    if not 1 <= extra <= candidate.reaches:
        raise AskForLess(shop=shop.name, most=candidate.reaches)
    offer = OverflowOffer.objects.create(
        shop=shop, service_day=service_day, extra=extra, offered_at=at, offered_by=by
    )
    audit.record(
        at=at, by=by, action="offer_overflow", subject=shop, day=str(service_day), extra=extra
    )
    tell_owners(offer, at=at)
    return offer


@transaction.atomic
def answer_overflow(
    *, shop: Shop, offer_id: int, is_yes: bool, at: dt.datetime, by: User
) -> OverflowOffer:
    """The shop's recorded yes or no; the same answer again changes nothing.

    After a yes the next planning of the day gives it up to `extra` packages beyond its cap. Refuses
    an offer that ended, and any answer from six in the morning of the day on. Audited. Holds the
    shop and the offer.
    """
    offer = locked_offer(shop, offer_id)
    answer = Answer.YES if is_yes else Answer.NO
    if offer.answer == answer:
        return offer
    if offer.answer not in {"", Answer.LAPSED}:
        raise OfferIsClosed
    if offer.answer or at >= rules.answer_by(offer.service_day, shop.zone):
        raise AnswerTooLate
    end(offer, answer, at=at, by=by)
    audit_end(offer, "answer_overflow", at=at, by=by)
    return offer


@transaction.atomic
def withdraw_offer(*, shop: Shop, offer_id: int, at: dt.datetime, by: User) -> OverflowOffer:
    """The station no longer asks. Refuses when the shop answered first. Audited."""
    offer = locked_offer(shop, offer_id)
    if offer.answer == Answer.WITHDRAWN:
        return offer
    if offer.answer:
        raise OfferIsClosed
    end(offer, Answer.WITHDRAWN, at=at, by=by)
    audit_end(offer, "withdraw_offer", at=at, by=by)
    return offer


@transaction.atomic
def lapse_offers(*, at: dt.datetime) -> int:
    """End what no shop answered in time; how many. Safe twice and side by side."""
    found = (
        OverflowOffer.objects.filter(answer="", service_day__lte=at.date() + dt.timedelta(days=1))
        .select_related("shop__station")
        .select_for_update(of=["self"], skip_locked=True)
        .order_by("pk")[:MOST_IN_A_SWEEP]
    )
    due = [one for one in found if at >= rules.answer_by(one.service_day, one.shop.zone)]
    for offer in due:
        end(offer, Answer.LAPSED, at=at, by=None)
    return len(due)


def locked_offer(shop: Shop, offer_id: int) -> OverflowOffer:
    """This shop's offer under lock, the shop's lock first: planning reads offers under it."""
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    found = OverflowOffer.objects.select_for_update(no_key=True).filter(shop=shop, pk=offer_id)
    offer = found.first()
    if offer is None:
        raise OfferIsClosed
    return offer


def end(offer: OverflowOffer, answer: Answer, *, at: dt.datetime, by: User | None) -> None:
    """Write how it ended."""
    offer.answer, offer.answered_at, offer.answered_by = answer, at, by
    offer.save(update_fields=["answer", "answered_at", "answered_by"])


def audit_end(offer: OverflowOffer, action: str, *, at: dt.datetime, by: User) -> None:
    """Keep who ended it, and how."""
    audit.record(
        at=at,
        by=by,
        action=action,
        subject=offer.shop,
        day=str(offer.service_day),
        extra=offer.extra,
        answer=offer.answer,
    )


def tell_owners(offer: OverflowOffer, *, at: dt.datetime) -> None:
    """A letter to each owner: how many, for which day, and where to answer. It names nobody."""
    owners = Membership.objects.current().filter(
        shop=offer.shop_id, role=MemberRole.OWNER, user__is_active=True
    )
    people = [one.user for one in owners.select_related("user").order_by("pk")]
    send_mails(mails=[letter_to(person, offer) for person in people], at=at)


def letter_to(person: User, offer: OverflowOffer) -> Mail:
    """One owner's letter."""
    return letter_for(
        person,
        subject=lambda: subject_of(offer),
        template="assignment/mail/asked.txt",
        facts={"person": person, "offer": offer, "path": reverse("home:today")},
    )


def subject_of(offer: OverflowOffer) -> str:
    """What it is about, with the day."""
    day = date_format(offer.service_day, "D M j")
    return gettext("Can you take more packages on %(day)s?") % {"day": day}
