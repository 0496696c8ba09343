"""Taking applications in, and writing to who sent them."""

import base64
import datetime as dt
import secrets

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hubshops.applications import queries, rules
from hubshops.applications.jobs import Jobs
from hubshops.applications.models import Application, ApplicationEvent, ApplicationEventKind
from hubshops.documents.actions import ask_for, open_dossier
from hubshops.documents.models import DocumentKind
from hubshops.shops.models import Shop
from kernel import zips
from kernel.accounts.actions import known_language
from kernel.accounts.models import User
from kernel.jobs.actions import start_job
from kernel.notifications.actions import send_letter
from kernel.notifications.models import Mail
from kernel.refusals import Refusal


class AlreadyApplied(Refusal):
    code = "already_applied"
    message = _("We have an application from this shop already, and it is being looked at.")


@transaction.atomic
def submit_application(
    *,
    name: str,
    trade: str,
    contact_name: str,
    email: str,
    phone: str,
    address1: str,
    city: str,
    state: str,
    postal_code: str,
    weekdays: str,
    daily_cap: int,
    travel: str,
    at: dt.datetime,
    storage_note: str = "",
    message: str = "",
    language: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    referral_code: str = "",
) -> Application:
    """Keep a business's application, confirm it by mail and promise its screening.

    An address without coordinates is placed in the middle of its ZIP code. Refuses a second
    application of the same e-mail address and street while the first is undecided.
    """
    refuse_twins(email=email, address1=address1, postal_code=postal_code)
    if latitude is None and (place := zips.place_of(postal_code)):
        latitude, longitude = place.latitude, place.longitude
    application = Application.objects.create(
        reference=new_reference(),
        name=name,
        trade=trade,
        contact_name=contact_name,
        email=email.lower(),
        phone=phone,
        address1=address1,
        city=city,
        state=state,
        postal_code=postal_code,
        latitude=latitude,
        longitude=longitude,
        weekdays=weekdays,
        daily_cap=daily_cap,
        travel=travel,
        storage_note=storage_note,
        message=message,
        language=known_language(language or get_language() or ""),
        referral_code=referral_code[:16],
        submitted_at=at,
    )
    take_in(application, at=at)
    return application


def take_in(application: Application, *, at: dt.datetime) -> None:
    """Confirm an application that was sent just now, ask for its papers, and promise its
    screening."""
    put_in_order(application, at=at)
    write_to_applicant(application, "received", _("We got your application"), at=at)


def take_in_again(application: Application, twin: Application, *, at: dt.datetime) -> None:
    """Take in an application that repeats `twin`, which is undecided. Whoever sent it sees what
    every applicant sees, since her e-mail address may be somebody else's; only its mailbox reads
    that we have one already, and staff see the finding there."""
    put_in_order(application, at=at)
    twin = Application.objects.select_for_update().get(pk=twin.pk)
    write_to_applicant(twin, "again", _("We have your application already"), at=at)
    if not any(one["code"] == rules.FindingCode.SENT_AGAIN for one in twin.findings):
        twin.findings = [rules.Finding(rules.FindingCode.SENT_AGAIN).as_dict(), *twin.findings]
        twin.save(update_fields=["findings"])


def put_in_order(application: Application, *, at: dt.datetime) -> None:
    """Ask for an application's papers, note its first step, and promise its screening."""
    dossier = open_dossier(
        reference=application.reference,
        name=application.name,
        contact_name=application.contact_name,
        email=application.email,
        language=application.language,
        zone=queries.zone_of(application),
        at=at,
    )
    for person in application.people.order_by("pk"):
        ask_for(dossier_id=dossier.pk, kind=DocumentKind.IDENTITY, holder=person.name, at=at)
    note(application, ApplicationEventKind.SUBMITTED, at=at)
    start_job(
        Jobs.SCREEN,
        at=at,
        key=f"{Jobs.SCREEN}:{application.pk}",
        application_id=application.pk,
    )


def refuse_twins(*, email: str, address1: str, postal_code: str) -> None:
    """Refuse a second application of the same e-mail address and street while one is undecided,
    also one that is being written at this moment."""
    hold_off_twins(email)
    if queries.undecided_twin(email=email, address1=address1, postal_code=postal_code):
        raise AlreadyApplied


def hold_off_twins(email: str) -> None:
    """Make a second application from the same e-mail address wait until this one is saved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('application'), hashtext(%s))", [email.lower()]
        )


def new_reference() -> str:
    """128 random bits in 26 letters and digits: nobody guesses another applicant's page."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def note(
    application: Application,
    kind: ApplicationEventKind,
    *,
    at: dt.datetime,
    by: User | None = None,
    words: str = "",
) -> ApplicationEvent:
    """Add one step to an application's history; by what it is now, the step says until when
    the applicant hears from us."""
    if kind not in rules.QUIET_STEPS:
        workdays = rules.promised_workdays(application.status, kind)
        application.promised_on = queries.promise(application, workdays, at) if workdays else None
        application.save(update_fields=["promised_on"])
    return ApplicationEvent.objects.create(
        application=application,
        kind=kind,
        at=at,
        by=by,
        words=words,
        round=1 if application.appeal_against_id is None else 2,
    )


def note_inviter(*, application_id: int, shop: Shop) -> None:
    """Keep by whom an applicant was invited, once that is known to stand; she sees it."""
    Application.objects.filter(pk=application_id).update(invited_by=shop)


def write_to_applicant(
    application: Application, letter: str, subject: object, *, at: dt.datetime, words: str = ""
) -> Mail:
    """Promise one of our letters to the applicant, in her language, with her status page."""
    return send_letter(
        to=application.email,
        subject=subject,
        template=f"applications/mail/{letter}.txt",
        facts=letter_facts(application, at=at, words=words),
        language=application.language,
        at=at,
    )


def letter_facts(
    application: Application, *, at: dt.datetime, words: str = "", next_status: str = ""
) -> dict[str, object]:
    """What the letters to applicants may mention; `next_status` when a letter is only shown, before
    the application has the state of which it tells."""
    workdays = rules.promised_workdays(next_status, "")
    answer_by = queries.promise(application, workdays, at) if workdays else None
    if answer_by is None and application.submitted_at:
        answer_by = queries.answer_by(application)
    return {
        "application": application,
        "path": reverse("applications:status", args=[application.reference]),
        "answer_by": answer_by
        or (queries.answer_by(application) if application.submitted_at else None),
        "runs_out_on": queries.runs_out_on(application) if application.saved_at else None,
        "ends_on": (application.promised_on or at.date()) + rules.UNANSWERED_LASTS,
        "apply_path": reverse("applications:apply"),
        "again_from": queries.again_from(application, at),
        "appeal_until": queries.appeal_until(application, at),
        "has_appeal": application.appeal_against_id is None,
        "words": words,
    }
