"""Checking applications, and deciding about them."""

import datetime as dt

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from hubshops.applications import queries, rules
from hubshops.applications.actions.sending import note, write_to_applicant
from hubshops.applications.models import (
    UNDECIDED,
    Application,
    ApplicationEventKind,
    ApplicationPerson,
    ApplicationStatus,
)
from hubshops.documents.actions import close_dossier, hand_over, reopen_dossier
from hubshops.shops.actions import open_shop
from hubshops.shops.models import ShopStatus
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.actions import known_language
from kernel.accounts.models import User
from kernel.audit.actions import record
from kernel.refusals import Refusal

MOVING = [
    ApplicationStatus.DRAFT,
    *UNDECIDED,
    ApplicationStatus.WAITLISTED,
    ApplicationStatus.REPEATED,
]


@transaction.atomic
def screen_application(*, application_id: int, at: dt.datetime) -> Application:
    """Look for what a reviewer should know, and put the nearest station in reach on the
    application. Done once; a second call changes nothing. One that repeats another stays so."""
    application = Application.objects.select_for_update().get(pk=application_id)
    is_repeated = application.status == ApplicationStatus.REPEATED
    if application.screened_at or not (
        is_repeated or application.status == ApplicationStatus.SUBMITTED
    ):
        return application
    nearest = next(iter(queries.stations_by_distance(application)), None)
    findings = rules.screen(queries.screening_facts(application, nearest))
    if nearest and nearest.distance_m <= rules.AREA_M:
        application.station = nearest.station
    application.findings += [finding.as_dict() for finding in findings]
    if not is_repeated:
        application.status = ApplicationStatus.SCREENING
    application.screened_at = at
    application.save(update_fields=["station", "findings", "status", "screened_at"])
    note(application, ApplicationEventKind.SCREENED, at=at)
    return application


class NoSuchApplication(Refusal):
    code = "no_such_application"
    message = _("There is no such application.")


class NotFromHere(Refusal):
    code = "not_from_here"
    message = _("That can't be done now: the application is “{status}”. Nothing was changed.")


class AlreadyDecided(Refusal):
    code = "already_decided"
    message = _("This application was decided already: {what}, by {who}. Nothing was changed.")


class ChangedMeanwhile(Refusal):
    code = "changed_meanwhile"
    message = _(
        "While you were reading, something happened: {what}, by {who}. "
        "Nothing was changed. Read the page again, then decide."
    )


def take_up(*, application_id: int, seen: int | None, target: str) -> Application:
    """Lock an application that may go to `target` from where it is. `seen` is the last step that
    the person who decides has read; a later one blocks her, with the name of who made it."""
    application = Application.objects.select_for_update().filter(pk=application_id).first()
    if application is None:
        raise NoSuchApplication
    last = queries.last_event(application)
    details = {"what": last.get_kind_display(), "who": queries.who(last)} if last else {}
    if application.status not in MOVING:
        raise AlreadyDecided(**details)
    if seen is not None and last is not None and last.pk != seen:
        raise ChangedMeanwhile(**details)
    if target not in rules.MOVES[application.status]:
        raise NotFromHere(status=application.get_status_display())
    return application


@transaction.atomic
def approve_application(
    *,
    application_id: int,
    station: Station,
    radius_m: int,
    daily_cap: int,
    weekdays: str,
    by: User,
    at: dt.datetime,
    seen: int | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Application:
    """Approve, and open the shop in the same transaction with what was agreed: it gets ready from
    then on, and gets no packages before it is live. Two letters leave:
    the yes with its terms, and the owner's invitation. Audited.

    Refuses what was decided before or changed since `seen`, and a shop that nobody placed on the
    map (then give coordinates).
    """
    application = take_up(
        application_id=application_id, seen=seen, target=ApplicationStatus.APPROVED
    )
    if latitude is not None:
        application.latitude, application.longitude = latitude, longitude
    if application.latitude is None:
        raise NotOnTheMap
    with translation.override(application.language):
        shop = open_shop(
            station=station,
            name=application.name,
            trade=application.trade,
            contact_name=application.contact_name,
            email=application.email,
            phone=application.phone,
            address1=application.address1,
            city=application.city,
            state=application.state,
            postal_code=application.postal_code,
            latitude=application.latitude,
            longitude=application.longitude,
            radius_m=radius_m,
            daily_cap=daily_cap,
            weekdays=weekdays,
            travel_mode=application.travel,
            status=ShopStatus.PREPARING,
            at=at,
            by=by,
        )
    hand_over(reference=application.reference, shop=shop, at=at)
    application.shop, application.station = shop, station
    close(application, ApplicationStatus.APPROVED, at=at, by=by)
    write_to_applicant(application, "approved", _("Yes: you are a partner shop"), at=at)
    record(at=at, by=by, action="approve_application", subject=application, shop=shop.slug)
    return application


class NotOnTheMap(Refusal):
    code = "not_on_the_map"
    message = _("We don't know where this shop is. Give its latitude and longitude first.")


STEPS = {
    ApplicationStatus.AGREEMENT_SENT: ApplicationEventKind.SENT,
    ApplicationStatus.AGREEMENT_SIGNED: ApplicationEventKind.SIGNED,
    ApplicationStatus.PRACTICE: ApplicationEventKind.PRACTICE,
    ApplicationStatus.LIVE: ApplicationEventKind.LIVE,
}


def move_on(
    application: Application,
    status: ApplicationStatus,
    *,
    at: dt.datetime,
    by: User | None = None,
    words: str = "",
) -> None:
    """An approved application takes its next step towards its shop's first packages. The caller
    holds the row; PostgreSQL refuses a step that is not the next one."""
    application.status = status
    application.save(update_fields=["status"])
    note(application, STEPS[status], at=at, by=by, words=words)


def close(
    application: Application,
    status: ApplicationStatus,
    *,
    at: dt.datetime,
    by: User | None,
    reason: str = "",
) -> None:
    """Write down how an application ended."""
    application.status = status
    application.decided_at, application.decided_by = at, by
    application.decision_reason = reason
    application.save()
    close_dossier(reference=application.reference, at=at)
    note(application, ApplicationEventKind(status.value), at=at, by=by, words=reason)


DECLINE_SUBJECT = _("Our answer to your application")


class ReasonIsMissing(Refusal):
    code = "reason_is_missing"
    message = _("Say why. The applicant reads it.")


@transaction.atomic
def decline_application(
    *, application_id: int, reason: str, by: User, at: dt.datetime, seen: int | None = None
) -> Application:
    """Decline with a reason that the applicant reads in her letter and on her page. Audited.

    Refuses an empty reason, what was decided before, and what changed since `seen`.
    """
    if not reason.strip():
        raise ReasonIsMissing
    application = take_up(
        application_id=application_id, seen=seen, target=ApplicationStatus.DECLINED
    )
    close(application, ApplicationStatus.DECLINED, at=at, by=by, reason=reason.strip())
    write_to_applicant(application, "declined", DECLINE_SUBJECT, at=at, words=reason.strip())
    record(at=at, by=by, action="decline_application", subject=application)
    return application


ASK_SUBJECT = _("A question about your application")


class QuestionIsMissing(Refusal):
    code = "question_is_missing"
    message = _("Write the question that the applicant should answer.")


@transaction.atomic
def ask_applicant(
    *, application_id: int, question: str, by: User, at: dt.datetime, seen: int | None = None
) -> Application:
    """Ask the applicant something by mail; she answers on her page. Audited.

    Refuses an empty question, what was decided before, and what changed since `seen`.
    """
    if not question.strip():
        raise QuestionIsMissing
    application = take_up(
        application_id=application_id, seen=seen, target=ApplicationStatus.INFO_NEEDED
    )
    application.status = ApplicationStatus.INFO_NEEDED
    application.save(update_fields=["status"])
    note(application, ApplicationEventKind.ASKED, at=at, by=by, words=question.strip())
    write_to_applicant(application, "asked", ASK_SUBJECT, at=at, words=question.strip())
    record(at=at, by=by, action="ask_applicant", subject=application)
    return application


class NothingWasAsked(Refusal):
    code = "nothing_was_asked"
    message = _("There is no open question. We have all we need from you.")


@transaction.atomic
def answer_question(*, reference: str, words: str, at: dt.datetime) -> Application:
    """Keep the applicant's answer and put the application back in front of staff."""
    application = applicants_own(reference)
    if application.status != ApplicationStatus.INFO_NEEDED:
        raise NothingWasAsked
    application.status = ApplicationStatus.SCREENING
    application.save(update_fields=["status"])
    note(application, ApplicationEventKind.ANSWERED, at=at, words=words.strip())
    return application


def applicants_own(reference: str) -> Application:
    """Lock the application that its applicant's page shows."""
    application = Application.objects.select_for_update().filter(reference=reference).first()
    if application is None:
        raise NoSuchApplication
    return application


class TooLateToWithdraw(Refusal):
    code = "too_late_to_withdraw"
    message = _("This application is decided, so it can't be taken back. Please call us.")


@transaction.atomic
def withdraw_application(*, reference: str, at: dt.datetime) -> Application:
    """Take an undecided application back, for its applicant. Again changes nothing."""
    application = applicants_own(reference)
    if application.status == ApplicationStatus.WITHDRAWN:
        return application
    if application.status not in MOVING:
        raise TooLateToWithdraw
    close(application, ApplicationStatus.WITHDRAWN, at=at, by=None)
    write_to_applicant(application, "withdrawn", _("You took your application back"), at=at)
    return application


def word_reason(*, sentence: object, words: str, language: str) -> str:
    """A reason or a question in a language: our sentence, then the reviewer's own words."""
    with translation.override(language):
        return " ".join(part for part in (str(sentence), words.strip()) if part)


class TooLateToAppeal(Refusal):
    code = "too_late_to_appeal"
    message = _("This answer can't be looked at again. Please call us: a person listens.")


class AppealIsMissing(Refusal):
    code = "appeal_is_missing"
    message = _("Write what we got wrong, or what has changed.")


@transaction.atomic
def appeal_decision(*, reference: str, words: str, at: dt.datetime) -> Application:
    """A declined applicant asks us to look again, in her words: another reviewer than the one who
    declined decides. Refuses a second time, after 30 days, and without words."""
    application = applicants_own(reference)
    if not queries.may_appeal(application, at):
        raise TooLateToAppeal
    if not words.strip():
        raise AppealIsMissing
    application.appeal_against = application.decided_by
    application.status = ApplicationStatus.SCREENING
    application.decided_at = application.decided_by = None
    application.decision_reason = ""
    application.save()
    reopen_dossier(reference=reference)
    note(application, ApplicationEventKind.APPEALED, at=at, words=words.strip())
    write_to_applicant(application, "appealed", _("Another person looks at it"), at=at)
    return application


class PersonIsNamed(Refusal):
    code = "person_is_named"
    message = _("Somebody with this e-mail address is named already.")


@transaction.atomic
def name_person(
    *, application_id: int, name: str, email: str, language: str = ""
) -> ApplicationPerson:
    """Keep one more person who will deliver; she reads letters in the applicant's language unless
    another is given. Refuses an e-mail address that is named already."""
    application = Application.objects.select_for_update().get(pk=application_id)
    if application.people.filter(email=email.lower()).exists():
        raise PersonIsNamed
    return application.people.create(
        name=name, email=email.lower(), language=known_language(language or application.language)
    )


@transaction.atomic
def chase_answer(*, application_id: int, at: dt.datetime) -> rules.Chase:
    """Remind an applicant once of our question, or end an application whose question nobody
    answered for a month; each with a letter and a step."""
    application = Application.objects.select_for_update().get(pk=application_id)
    if application.status != ApplicationStatus.INFO_NEEDED:
        return rules.Chase.WAIT
    today = clock.local_day(at, queries.zone_of(application))
    step = rules.chase(application.promised_on, queries.reminded_on(application), today)
    if step == rules.Chase.REMIND:
        question = application.events.filter(kind=ApplicationEventKind.ASKED).order_by("pk").last()
        words = question.words if question else ""
        note(application, ApplicationEventKind.REMINDED, at=at)
        subject = _("We still have a question about your application")
        write_to_applicant(application, "asked_again", subject, at=at, words=words)
    elif step == rules.Chase.END:
        close(application, ApplicationStatus.EXPIRED, at=at, by=None)
        write_to_applicant(application, "ran_out", _("Your application ran out"), at=at)
    return step


@transaction.atomic
def apologise(*, application_id: int, at: dt.datetime) -> bool:
    """Say first that a promised date has passed, with a new one: a letter and a step. Once a lapse,
    since the new date lies ahead; False when nothing is late."""
    application = Application.objects.select_for_update().get(pk=application_id)
    if not queries.is_late(application, at):
        return False
    note(application, ApplicationEventKind.LATE, at=at)
    write_to_applicant(application, "late", _("We are late with your application"), at=at)
    return True
