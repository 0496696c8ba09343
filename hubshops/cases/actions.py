"""Opening cases from facts, talking about them, and settling them. No case costs a shop anything by
itself, and silence beyond its clock settles it in the shop's favour."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hubshops.cases import queries, rules
from hubshops.cases.models import STANDING, Case, CaseEntry, CaseKind, CaseStatus
from hubshops.cases.rules import TIME_RAN_OUT, Deed, Effect, Status
from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.rules import Act, ActKind, Refused
from hubshops.drops.actions import resolve_handover
from hubshops.shops.models import Membership
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.notifications.actions import letter_for, send_mails
from kernel.notifications.models import Mail
from kernel.refusals import Refusal

MOST_A_LAPSE = 500
FOUND_BY_STAFF = uuid.UUID("6f5b5c38-5e0b-4a4e-9a55-3c8f0a9a7d10")


class NoSuchCase(Refusal):
    code = "no_such_case"
    message = _("There is no such case.")


class CaseIsSettled(Refusal):
    code = "case_is_settled"
    message = _("This case is settled already, so nothing was changed.")


class SomebodyElseHasIt(Refusal):
    code = "somebody_else_has_it"
    message = _("{person} looks after this case.")


class SayItInWords(Refusal):
    code = "say_it_in_words"
    message = _("Write a sentence, so that the other side knows what you mean.")


class CouldNotCountIn(Refusal):
    code = "could_not_count_in"
    message = _(
        "A package of this case is not on the shop's list any more, so it can't be counted in."
    )


class NoSuchEffect(Refusal):
    code = "no_such_effect"
    message = _("This can't follow from such a case. Choose one from the list.")


@transaction.atomic
def open_cases(*, at: dt.datetime, finders: Sequence[queries.Finder] = queries.FINDERS) -> int:
    """Open a case for each fact that `finders` know, that needs one and has none; how many are new.

    Safe twice and side by side: a cause is one case. Each shop's people get one letter, whatever
    the number of its new cases. A few statements a kind, at most 500 facts of each at once.
    """
    found = queries.facts_without_case(at, finders)
    if not found:
        return 0
    Case.objects.bulk_create([case_from(one, at) for one in found], ignore_conflicts=True)
    causes = [one.cause for one in found]
    # Who opened a case wrote its first line in the same transaction: one without is ours.
    new = list(
        Case.objects.filter(cause__in=causes, entries=None)
        .select_related("shop__station")
        .order_by("pk")
    )
    for case in new:
        case.due_at = queries.due_at(at, case.shop.zone)
    Case.objects.bulk_update(new, ["due_at"])
    CaseEntry.objects.bulk_create(
        [CaseEntry(case=case, said_at=at, status=CaseStatus.OPEN) for case in new]
    )
    tell_shops(new, "opened", opened_subject, at=at)
    return len(new)


def case_from(found: queries.Found, at: dt.datetime) -> Case:
    """A case that is not saved yet; its clock is set once its shop is known."""
    return Case(
        shop_id=found.shop_id,
        kind=found.kind,
        cause=found.cause,
        service_day=found.service_day,
        package_id=found.package_id,
        facts=found.facts,
        opened_at=at,
        due_at=at,
    )


@transaction.atomic
def claim_case(*, case_id: int, by: User, at: dt.datetime) -> Case:
    """A member of staff takes a case; again by herself changes nothing. Refuses one that another
    has. Holds the case."""
    case = locked(case_id, Deed.CLAIM)
    if case.claimed_by_id == by.pk:
        return case
    if case.claimed_by_id:
        raise SomebodyElseHasIt(person=case.claimed_by)
    case.claimed_by = by
    write(case, Deed.CLAIM, by=by, at=at)
    return case


@transaction.atomic
def answer_case(*, case_id: int, shop_id: int, by: User, text: str, at: dt.datetime) -> Case:
    """The shop says its side; from then on the operator has to answer, in five working days.
    The same words again, right after, are one answer. Refuses a case that is not the shop's or is
    settled, and an answer without words. Holds the case."""
    case = locked(case_id, Deed.ANSWER)
    if case.shop_id != shop_id:
        raise NoSuchCase
    words = needed(text)
    if not is_said_again(case, Deed.ANSWER, by=by, text=words):
        write(case, Deed.ANSWER, by=by, text=words, is_from_shop=True, at=at)
    return case


@transaction.atomic
def reply_to_case(
    *, case_id: int, by: User, text: str, at: dt.datetime, is_question: bool = False
) -> Case:
    """Staff say something, or ask the shop, which then has five working days of its own. The shop's
    people get a letter. The same words again, right after, are one reply and one letter. Refuses a
    case that is settled, and a reply without words. Holds the case."""
    deed = Deed.ASK if is_question else Deed.REPLY
    case = locked(case_id, deed)
    words = needed(text)
    if is_said_again(case, deed, by=by, text=words):
        return case
    write(case, deed, by=by, text=words, at=at)
    tell_shops([case], "answered", asked_subject if is_question else answered_subject, at=at)
    return case


@transaction.atomic
def resolve_case(
    *, case_id: int, by: User, words: str, at: dt.datetime, effect: Effect = Effect.NOTHING
) -> Case:
    """Settle a case with written words and, if chosen, what follows from them. The shop's people
    get a letter. Audited. Refuses a case that is settled, and one without words. Holds the case,
    then what its effect holds."""
    case = locked(case_id, Deed.RESOLVE)
    if effect not in rules.effects_of(case.kind):
        raise NoSuchEffect
    text = needed(words)[:500]
    case.facts = case.facts | ({"effect": effect.value} if effect else {})
    case.resolution, case.resolved_at, case.resolved_by = text, at, by
    write(case, Deed.RESOLVE, by=by, text=text, at=at)
    carry_out(case, effect, by=by, at=at)
    settle_cause(case, at=at)
    audit.record(
        at=at, by=by, action="resolve_case", subject=case, reason=text, effect=effect.value
    )
    tell_shops([case], "resolved", resolved_subject, at=at)
    return case


@transaction.atomic
def close_case(*, case_id: int, by: User, at: dt.datetime) -> Case:
    """Put a settled case away. Audited. Refuses one that still stands. Holds the case."""
    case = locked(case_id, Deed.CLOSE)
    write(case, Deed.CLOSE, by=by, at=at)
    audit.record(at=at, by=by, action="close_case", subject=case)
    return case


@transaction.atomic
def lapse_cases(*, at: dt.datetime) -> int:
    """Settle, in the shop's favour, what nobody answered in time; how many. Safe twice and side by
    side."""
    due = list(
        Case.objects.filter(status__in=STANDING, due_at__lte=at)
        .select_for_update(of=["self"], skip_locked=True)
        .select_related("shop__station")
        .order_by("pk")[:MOST_A_LAPSE]
    )
    for case in due:
        case.resolution, case.resolved_at = TIME_RAN_OUT, at
        write(case, Deed.LAPSE, by=None, at=at)
    for case in due:
        settle_cause(case, at=at)
    tell_shops(due, "resolved", resolved_subject, at=at)
    return len(due)


# --- What the actions share ----------------------------------------------------------------------


def locked(case_id: int, deed: Deed) -> Case:
    """A case under lock, in a status in which this may be done."""
    found = Case.objects.filter(pk=case_id).select_for_update(of=["self"])
    case = found.select_related("shop__station", "claimed_by").first()
    if case is None:
        raise NoSuchCase
    if not rules.may(deed, Status(case.status)):
        raise CaseIsSettled
    return case


def needed(text: str) -> str:
    """What was said, without blanks around it. Refuses nothing at all."""
    text = text.strip()[:1000]
    if not text:
        raise SayItInWords
    return text


def is_said_again(case: Case, deed: Deed, *, by: User, text: str) -> bool:
    """Whether this is the case's last line once more: a second tap on the button."""
    last = case.entries.order_by("pk").last()
    status = rules.status_after(deed, Status(case.status)).value
    return last is not None and (last.by_id, last.status, last.text) == (by.pk, status, text)


def write(
    case: Case,
    deed: Deed,
    *,
    by: User | None,
    at: dt.datetime,
    text: str = "",
    is_from_shop: bool = False,
) -> None:
    """Bring a case to where a deed leads, and keep a line about it."""
    case.status = CaseStatus(rules.status_after(deed, Status(case.status)).value)
    if deed in rules.RENEWS_THE_CLOCK:
        case.due_at = queries.due_at(at, case.shop.zone)
    case.save()
    CaseEntry.objects.create(
        case=case, said_at=at, by=by, is_from_shop=is_from_shop, status=case.status, text=text
    )


def carry_out(case: Case, effect: Effect, *, by: User, at: dt.datetime) -> None:
    """What follows from a resolution: packages that were found at the shop are counted in."""
    if effect != Effect.FOUND:
        return
    acts = [
        Act(
            id=uuid.uuid5(FOUND_BY_STAFF, f"{case.pk} {tracking_id}"),
            act=ActKind.RECEIVE,
            tracking_id=tracking_id,
            happened_at=at,
        )
        for tracking_id in case.facts.get("shorts", [])
    ]
    receipts = record_acts(shop=case.shop, by=by, acts=acts, at=at)
    for receipt in receipts:
        if receipt.reason not in ("", Refused.ALREADY_RECEIVED):
            raise CouldNotCountIn


def settle_cause(case: Case, *, at: dt.datetime) -> None:
    """Mark the fact behind a case as settled, where it knows such a thing."""
    if case.kind == CaseKind.DROP:
        resolve_handover(handover_id=case.facts["handover"], at=at)


def tell_shops(
    cases: Sequence[Case], template: str, subject: Callable[[int], str], *, at: dt.datetime
) -> None:
    """One letter to each of a shop's people about some of its cases: no recipient's name or address
    is in it. Two statements and two reads, whatever the number of shops."""
    by_shop: dict[int, list[Case]] = {}
    for case in cases:
        by_shop.setdefault(case.shop_id, []).append(case)
    people = Membership.objects.current().filter(shop__in=by_shop, user__is_active=True)
    letters = [
        letter_to(one.user, by_shop[one.shop_id], template, subject)
        for one in people.select_related("user").order_by("pk")
    ]
    send_mails(mails=letters, at=at)


def letter_to(
    person: User, cases: Sequence[Case], template: str, subject: Callable[[int], str]
) -> Mail:
    """One person's letter."""
    paths: Iterable[tuple[Case, str]] = [
        (case, reverse("cases:case", args=[case.pk])) for case in cases
    ]
    facts: dict[str, Any] = {"person": person, "cases": paths, "shop": cases[0].shop}
    return letter_for(
        person,
        subject=lambda: subject(len(cases)),
        template=f"cases/mail/{template}.txt",
        facts=facts,
    )


def opened_subject(number: int) -> str:
    """What a letter about new cases is about."""
    return ngettext(
        "We look into %(count)s thing for you", "We look into %(count)s things for you", number
    ) % {"count": number}


def asked_subject(number: int) -> str:
    """What a letter with a question is about."""
    return gettext("We have a question for you")


def answered_subject(number: int) -> str:
    """What a letter with a reply is about."""
    return gettext("We have news about your case")


def resolved_subject(number: int) -> str:
    """What a letter about settled cases is about."""
    return ngettext("%(count)s case is settled", "%(count)s cases are settled", number) % {
        "count": number
    }
