"""A new card on its way: drafted, published with its effects, approved by somebody else."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from payouts.rates import access, queries, rules
from payouts.rates.actions.agreeing import MOST_CENTS, FeeOutOfRange, keep_promises
from payouts.rates.actions.telling import tell_of_change, tell_of_withdrawal
from payouts.rates.models import (
    ChangeLine,
    ChangeStatus,
    Rate,
    RateCard,
    RateChange,
    RateEffect,
    RateKind,
)
from payouts.rates.rules import Line, Problem


class MayNotDraft(Refusal):
    code = "may_not_draft_rates"
    message = _("Only people who draft pay runs may write new cards.")


class NoCard(Refusal):
    code = "no_card"
    message = _("These lines are no card.")


PROBLEMS = {
    Problem.NO_PLAIN_LINE: _("A card needs a fee for every delivered package."),
    Problem.TWICE: _("Two lines of this card are about the same packages."),
    Problem.TIERS_FALL: _("A higher tier can't pay less than a lower one."),
}


class LineToCome(Refusal):
    code = "line_to_come"
    message = _("A fee was agreed that begins on {day}. A new card can be written once it holds.")


class PublishedAlready(Refusal):
    code = "published_already"
    message = _("Shops were told of a new card, for {day}. Withdraw it before you write another.")


@transaction.atomic
def draft_change(
    *,
    shop: Shop | None = None,
    station: Station | None = None,
    lines: Sequence[Line],
    effective_on: dt.date,
    reason: str,
    at: dt.datetime,
    by: User,
) -> RateChange:
    """Write down a new version of a card, whole; it takes the place of a draft that is there.

    Nobody is told and nothing is priced by it. Refuses people who don't draft, lines that are no
    card, and a card of which another version is published or to come.
    """
    if not access.may_draft(by):
        raise MayNotDraft
    check_lines(lines, effective_on)
    card, _made = RateCard.objects.get_or_create(shop=shop, station=station)
    RateCard.objects.select_for_update().get(pk=card.pk)
    today = clock.local_day(at, card.zone)
    if coming := queries.change_to_come(card, today):
        raise PublishedAlready(day=coming.effective_on)
    check_nothing_to_come(card, today)
    change = queries.open_change_of(card) or RateChange(card=card, drafted_at=at, drafted_by=by)
    if change.status == ChangeStatus.PUBLISHED:
        raise PublishedAlready(day=change.effective_on)
    change.effective_on, change.reason = effective_on, " ".join(reason.split())
    change.drafted_at, change.drafted_by = at, by
    change.save()
    write_lines(change, lines)
    audit.record(at=at, by=by, action="draft_rates", subject=change, lines=len(lines))
    return change


def write_lines(change: RateChange, lines: Sequence[Line]) -> None:
    """The lines of a draft, in place of those it had."""
    change.lines.all().delete()
    ChangeLine.objects.bulk_create(
        [
            ChangeLine(
                change=change,
                kind=one.kind,
                outcome=one.outcome,
                size=one.size,
                day_kind=one.day_kind,
                beyond=one.beyond,
                amount_cents=one.amount_cents,
                first_on=one.first_on,
                end_on=one.end_on,
            )
            for one in lines
        ]
    )


class PeakOutOfPlace(Refusal):
    code = "peak_out_of_place"
    message = _("Busy days begin with the new card at the earliest, and last a day at least.")


def check_lines(lines: Sequence[Line], effective_on: dt.date) -> None:
    """Refuse lines that are no card."""
    if problem := rules.problem_of(lines):
        raise NoCard(PROBLEMS[problem])
    most = max(one.amount_cents for one in lines if one.kind != RateKind.MINIMUM)
    if most > MOST_CENTS or min(one.amount_cents for one in lines) < 0:
        raise FeeOutOfRange
    for one in lines:
        if one.kind == RateKind.PEAK and not effective_on <= one.first_on < one.end_on:
            raise PeakOutOfPlace


def check_nothing_to_come(card: RateCard, today: dt.date) -> None:
    """Refuse a card of which a line was agreed that does not hold yet."""
    for rate in card.rates.exclude(kind=RateKind.PEAK).order_by("valid"):
        if rate.valid.lower and rate.valid.lower > today:
            raise LineToCome(day=rate.valid.lower)


class NotADraft(Refusal):
    code = "not_a_draft"
    message = _("This card is no draft any more.")


class NoticeTooShort(Refusal):
    code = "notice_too_short"
    message = _(
        "Some shop could earn less by this card, so it needs {days} days' notice: it can hold from"
        " {first_day} on."
    )


class CardTooEarly(Refusal):
    code = "card_too_early"
    message = _("A new card can hold from {first_day} on: earlier days have begun.")


@transaction.atomic
def publish_change(*, change_id: int, at: dt.datetime, by: User) -> RateChange:
    """Count what a draft means for every shop it touches, keep that, and tell their owners.

    From here on nothing in it changes. Refuses people who don't draft, and a day before the notice
    is over when any shop could earn less. Some seconds for 10,000 shops.
    """
    if not access.may_draft(by):
        raise MayNotDraft
    change = queries.get_change(change_id, lock=True)
    if change.status != ChangeStatus.DRAFT:
        raise NotADraft
    today = clock.local_day(at, change.card.zone)
    check_nothing_to_come(change.card, today)
    effects = queries.effects_of(change, today=today)
    change.lowers = any(one.lowers or one.new_cents < one.now_cents for one in effects)
    change.notice_days = settings.RATE_NOTICE_DAYS
    first_day = rules.first_day_allowed(
        published_on=today, notice_days=change.notice_days, is_lower=change.lowers
    )
    if change.effective_on < first_day:
        if change.lowers:
            raise NoticeTooShort(days=change.notice_days, first_day=first_day)
        raise CardTooEarly(first_day=first_day)
    keep_effects(change, effects)
    change.status, change.published_on = ChangeStatus.PUBLISHED, today
    change.published_at, change.published_by = at, by
    change.save()
    tell_of_change(change, at=at)
    audit.record(
        at=at,
        by=by,
        action="publish_rates",
        subject=change,
        shops=len(effects),
        lowers=change.lowers,
        effective_on=str(change.effective_on),
    )
    return change


def keep_effects(change: RateChange, effects: Sequence[queries.Effect]) -> None:
    """What a change means for every shop, as it was counted on the day of publishing."""
    RateEffect.objects.bulk_create(
        [
            RateEffect(
                change=change,
                shop_id=one.shop_id,
                packages=one.packages,
                then_cents=one.then_cents,
                now_cents=one.now_cents,
                new_cents=one.new_cents,
            )
            for one in effects
        ],
        batch_size=5_000,
    )


class MayNotApprove(Refusal):
    code = "may_not_approve_rates"
    message = _("Only people who approve pay runs may approve new cards.")


class SamePerson(Refusal):
    code = "same_person_rates"
    message = _("You wrote this card. Another person has to approve it.")


class NotPublished(Refusal):
    code = "not_published"
    message = _("Only a card that was published can be approved.")


class TooLate(Refusal):
    code = "rates_too_late"
    message = _("Its first day has come. Withdraw this card and publish it again for a later day.")


class PeaksOverlap(Refusal):
    code = "peaks_overlap"
    message = _("Busy days of this card overlap with some that were agreed before.")


@transaction.atomic
def approve_change(*, change_id: int, at: dt.datetime, by: User) -> RateChange:
    """Let a published card hold from its day on: the lines before it end there, its own begin.

    A second click changes nothing. Refuses who wrote or published it, and a card whose day has
    come. What was earned before that day is not touched.
    """
    if not access.may_approve(by):
        raise MayNotApprove
    change = queries.get_change(change_id)
    station = change.card.station or change.card.shop.station
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    change = queries.get_change(change_id, lock=True)
    if change.status == ChangeStatus.APPROVED:
        return change
    if change.status != ChangeStatus.PUBLISHED:
        raise NotPublished
    if by.pk in {change.drafted_by_id, change.published_by_id}:
        raise SamePerson
    if change.effective_on <= clock.local_day(at, change.card.zone):
        raise TooLate
    change.status, change.approved_at, change.approved_by = ChangeStatus.APPROVED, at, by
    change.save()
    replace_lines(change, at=at)
    audit.record(at=at, by=by, action="approve_rates", subject=change)
    return change


def replace_lines(change: RateChange, *, at: dt.datetime) -> None:
    """End the lines in force on the first day of the new card, and write its own. Peaks stand."""
    card, first_day = change.card, change.effective_on
    lines = queries.lines_of(change)
    keep_extras(card, lines, first_day)
    held = card.rates.exclude(kind=RateKind.PEAK).filter(valid__contains=first_day)
    for rate in held.order_by("pk"):
        rate.valid = DateRange(rate.valid.lower, first_day)
        rate.save(update_fields=["valid"])
    for one in lines:
        is_peak = one.kind == RateKind.PEAK
        days = DateRange(one.first_on, one.end_on) if is_peak else DateRange(first_day, None)
        taken = card.rates.filter(kind=RateKind.PEAK, valid__overlap=days)
        if is_peak and taken.exists():
            raise PeaksOverlap
        Rate.objects.create(
            card=card,
            kind=one.kind,
            outcome=one.outcome,
            size=one.size,
            day_kind=one.day_kind,
            beyond=one.beyond,
            amount_cents=one.amount_cents,
            valid=days,
            agreed_at=at,
            change=change,
        )


def keep_extras(card: RateCard, lines: Sequence[Line], first_day: dt.date) -> None:
    """Refuse an extra beyond the cap that is smaller than what a shop was asked for."""
    if not card.rates.filter(kind=RateKind.OVER_CAP, valid__contains=first_day).exists():
        return
    usual = card.shop and queries.standard_on(card.shop.station_id, first_day, RateKind.OVER_CAP)
    keep_promises(
        shop=card.shop,
        station=card.station,
        amount_cents=next(
            (one.amount_cents for one in lines if one.kind == RateKind.OVER_CAP),
            usual.amount_cents if usual else 0,
        ),
        first_day=first_day,
    )


class HoldsAlready(Refusal):
    code = "holds_already"
    message = _("This card was approved; what was approved holds from its day on.")


@transaction.atomic
def withdraw_change(*, change_id: int, at: dt.datetime, by: User | None) -> RateChange:
    """Take a draft or a published card back; shops that were told hear that nothing changes. A
    second click changes nothing; an approved card stays."""
    if by is not None and not (access.may_draft(by) or access.may_approve(by)):
        raise MayNotDraft
    change = queries.get_change(change_id, lock=True)
    if change.status == ChangeStatus.APPROVED:
        raise HoldsAlready
    if change.status == ChangeStatus.WITHDRAWN:
        return change
    was_told = change.status == ChangeStatus.PUBLISHED
    change.status, change.withdrawn_at = ChangeStatus.WITHDRAWN, at
    change.save(update_fields=["status", "withdrawn_at"])
    if was_told:
        tell_of_withdrawal(change, at=at)
    audit.record(at=at, by=by, action="withdraw_rates", subject=change)
    return change


def lapse_changes(*, at: dt.datetime) -> int:
    """Withdraw published cards that nobody approved before their first day; how many."""
    waiting = RateChange.objects.filter(status=ChangeStatus.PUBLISHED).order_by("pk")
    late = [
        one.pk
        for one in waiting.select_related("card__station", "card__shop__station")
        if one.effective_on <= clock.local_day(at, one.card.zone)
    ]
    for change_id in late:
        withdraw_change(change_id=change_id, at=at, by=None)
    return len(late)
