"""Background checks: each step in the order that the law asks for, each with its letter."""

import datetime as dt
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hubshops.applications.actions import name_person, new_reference, note
from hubshops.applications.models import (
    CHECKING,
    Application,
    ApplicationEventKind,
    ApplicationPerson,
    ApplicationStatus,
)
from hubshops.applications.queries import people_of, zone_of
from hubshops.reviews import queries, rules
from hubshops.reviews.actions.claims import hold, hold_to_decide
from hubshops.reviews.actions.deciding import move
from hubshops.reviews.models import BackgroundCheck, CheckEvent, CheckStatus, CheckStep
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.actions import record
from kernel.notifications.actions import send_letter
from kernel.refusals import Refusal
from kernel.sealed import seal

# Step → the subject of the letter that tells its person; other steps are ours alone.
SUBJECTS = {
    "asked": _("Please say yes to a background check"),
    "consented": _("You agreed to a background check"),
    "clear": _("Your background check is done"),
    "pre_adverse": _("Please read your background report"),
    "cleared": _("Your background check is done"),
    "adverse": _("Our answer about your background report"),
    "excused": _("You need no background check"),
}


@transaction.atomic
def start_checks(
    *, application_id: int, by: User, at: dt.datetime, seen: int | None = None
) -> Application:
    """Ask everybody who will deliver for her consent; who applied without naming anybody delivers
    herself. Audited."""
    target = ApplicationStatus.CHECKS_RUNNING
    application = hold_to_decide(
        application_id=application_id, by=by, at=at, seen=seen, target=target
    )
    if not application.people.exists():
        name_person(
            application_id=application_id, name=application.contact_name, email=application.email
        )
    move(application, target, ApplicationEventKind.CHECKS_STARTED, at=at, by=by)
    for person in people_of(application):
        ask_consent(person, by=by, at=at)
    tell_when_done(application, at=at)
    record(at=at, by=by, action="start_checks", subject=application)
    return application


@transaction.atomic
def add_person(
    *, application_id: int, name: str, email: str, by: User, at: dt.datetime
) -> ApplicationPerson:
    """Name one more person who will deliver; once checks run, she is asked at once. Audited."""
    application = hold(application_id=application_id, by=by, at=at)
    if application.status not in [ApplicationStatus.SCREENING, *CHECKING]:
        raise NoCheckNow
    person = name_person(application_id=application_id, name=name, email=email)
    if application.status in CHECKING:
        ask_consent(person, by=by, at=at)
    record(at=at, by=by, action="add_person", subject=application)
    return person


def ask_consent(person: ApplicationPerson, *, by: User, at: dt.datetime) -> None:
    """Write to a person who has no check yet, with the address of her own page."""
    if BackgroundCheck.objects.filter(person=person).exists():
        return
    check = BackgroundCheck.objects.create(person=person, token=new_reference(), asked_at=at)
    tell(check, CheckStep.ASKED, at=at, by=by)


class NoCheckNow(Refusal):
    code = "no_check_now"
    message = _("This application is not being looked at now, so nothing more is needed.")


class StepIsOver(Refusal):
    code = "step_is_over"
    message = _("This check went on meanwhile: “{status}”. Nothing was changed.")


class ReasonOfCheckIsMissing(Refusal):
    code = "reason_of_check_is_missing"
    message = _("Write the reason. It stays with the check.")


class InHand(NamedTuple):
    """A check under lock, with its application."""

    check: BackgroundCheck
    application: Application


def take_check(*, check_id: int, target: str, by: User | None, at: dt.datetime) -> InHand:
    """Lock a check that may go to `target` from where it is, its application first."""
    check = BackgroundCheck.objects.select_related("person").get(pk=check_id)
    if by is not None:
        application = hold(application_id=check.person.application_id, by=by, at=at)
    else:
        rows = Application.objects.select_for_update()
        application = rows.get(pk=check.person.application_id)
    check = (
        BackgroundCheck.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=check_id)
    )
    if application.status not in CHECKING:
        raise NoCheckNow
    if target not in rules.CHECK_MOVES[check.status]:
        raise StepIsOver(status=check.get_status_display())
    return InHand(check, application)


def step(
    check: BackgroundCheck,
    status: CheckStatus,
    *,
    at: dt.datetime,
    by: User | None,
    words: str = "",
    **fields: object,
) -> None:
    """Bring a check to a state with what belongs to it, and tell it."""
    for name, value in (fields | {"status": status}).items():
        setattr(check, name, value)
    check.save()
    tell(check, CheckStep(status.value), at=at, by=by, words=words)


def tell(
    check: BackgroundCheck, kind: CheckStep, *, at: dt.datetime, by: User | None, words: str = ""
) -> None:
    """Note a step, and write to its person where it is hers to know."""
    CheckEvent.objects.create(check_of=check, step=kind, at=at, by=by, words=words)
    if kind not in SUBJECTS:
        return
    person = check.person
    send_letter(
        to=person.email,
        subject=SUBJECTS[kind],
        template=f"reviews/mail/{kind}.txt",
        facts={
            "person": person,
            "shop": person.application.name,
            "path": reverse("reviews:own", args=[check.token]),
            "until": queries.last_day(check),
            "provider": check.provider,
        },
        language=person.language,
        at=at,
    )


@transaction.atomic
def order_check(
    *, check_id: int, order_reference: str, by: User | None, at: dt.datetime, provider: str
) -> BackgroundCheck:
    """Write down that a report was ordered, where and under which number. Audited."""
    check, _application = take_check(check_id=check_id, target=CheckStatus.ORDERED, by=by, at=at)
    step(
        check,
        CheckStatus.ORDERED,
        at=at,
        by=by,
        words=order_reference,
        order_reference=order_reference,
        ordered_at=at,
        provider=provider,
    )
    if by is not None:
        record(at=at, by=by, action="order_check", subject=check)
    return check


class ReportIsMissing(Refusal):
    code = "report_is_missing"
    message = _("Copy what the report says. Its person has a right to read it.")


@transaction.atomic
def record_result(
    *, check_id: int, is_clear: bool, report: str, by: User, at: dt.datetime
) -> BackgroundCheck:
    """Keep what a report says; anything but clear waits for a person's look. Audited."""
    status = CheckStatus.CLEAR if is_clear else CheckStatus.CONSIDER
    check, application = take_check(check_id=check_id, target=status, by=by, at=at)
    if not is_clear and not report.strip():
        raise ReportIsMissing
    sealed = seal(report.strip()) if report.strip() else ""
    step(check, status, at=at, by=by, report=sealed, reported_at=at)
    record(at=at, by=by, action="record_result", subject=check, status=str(status))
    tell_when_done(application, at=at)
    return check


@transaction.atomic
def send_report(*, check_id: int, by: User, at: dt.datetime) -> BackgroundCheck:
    """Before a no may follow: send the person her report and her rights, and wait five business
    days. Audited."""
    target = CheckStatus.PRE_ADVERSE
    check, application = take_check(check_id=check_id, target=target, by=by, at=at)
    today = clock.local_day(at, zone_of(application))
    first = rules.adverse_from(today)
    step(check, target, at=at, by=by, report_sent_on=today, adverse_from=first)
    if application.status != ApplicationStatus.PRE_ADVERSE:
        status, told = ApplicationStatus.PRE_ADVERSE, ApplicationEventKind.CHECKS_LONGER
        move(application, status, told, at=at, by=None)
    record(at=at, by=by, action="send_report", subject=check)
    return check


@transaction.atomic
def clear_check(*, check_id: int, reason: str, by: User, at: dt.datetime) -> BackgroundCheck:
    """A person may deliver after all, with the reason. Audited."""
    return finish(CheckStatus.CLEARED, check_id=check_id, reason=reason, by=by, at=at)


class TooEarly(Refusal):
    code = "too_early"
    message = _("{who} has until {until} to answer. A final no is possible from the day after.")


@transaction.atomic
def refuse_person(*, check_id: int, reason: str, by: User, at: dt.datetime) -> BackgroundCheck:
    """The final no to one person, with the reason. Refuses before her five business days are over.
    Audited."""
    return finish(CheckStatus.ADVERSE, check_id=check_id, reason=reason, by=by, at=at)


@transaction.atomic
def excuse_check(*, check_id: int, reason: str, by: User, at: dt.datetime) -> BackgroundCheck:
    """A person needs no check, or does not deliver, with the reason. Audited."""
    return finish(CheckStatus.EXCUSED, check_id=check_id, reason=reason, by=by, at=at)


def finish(
    status: CheckStatus, *, check_id: int, reason: str, by: User, at: dt.datetime
) -> BackgroundCheck:
    """End a check with a written reason."""
    check, application = take_check(check_id=check_id, target=status, by=by, at=at)
    today = clock.local_day(at, zone_of(application))
    if not reason.strip():
        raise ReasonOfCheckIsMissing
    if status == CheckStatus.ADVERSE and today < check.adverse_from:
        until = queries.worded_day(queries.last_day(check))
        raise TooEarly(who=check.person.name, until=until)
    fields = {"reason": reason.strip(), "finished_on": today}
    step(check, status, at=at, by=by, words=reason.strip(), **fields)
    record(at=at, by=by, action=f"check_{status}", subject=check, reason=reason.strip())
    tell_when_done(application, at=at)
    return check


def tell_when_done(application: Application, *, at: dt.datetime) -> None:
    """After a check's end: no report waits for its person any more, or no check is open at all."""
    statuses = [one.status for one in queries.people_with_checks(application)]
    if application.status == ApplicationStatus.PRE_ADVERSE and "pre_adverse" not in statuses:
        application.status = ApplicationStatus.CHECKS_RUNNING
        application.save(update_fields=["status"])
    if rules.is_settled(statuses):
        note(application, ApplicationEventKind.CHECKS_DONE, at=at)
