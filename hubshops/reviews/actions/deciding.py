"""What reviewers decide: each time by who has the application in hand, or while nobody has."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.applications.actions import (
    approve_application,
    ask_applicant,
    decline_application,
    note,
    write_to_applicant,
)
from hubshops.applications.models import Application, ApplicationEventKind, ApplicationStatus
from hubshops.reviews import queries, rules
from hubshops.reviews.actions.claims import hold, hold_to_decide, let_go
from hubshops.reviews.models import CheckStatus
from kernel.accounts.models import User
from kernel.audit.actions import record
from kernel.refusals import Refusal


class PeopleAreNotChecked(Refusal):
    code = "people_are_not_checked"
    message = _(
        "Not yet: everybody who will deliver needs a clear check, or a written reason to go "
        "without. Open: {who}."
    )


class NobodyIsNamed(Refusal):
    code = "nobody_is_named"
    message = _("Nobody is named who will deliver. Start the checks first.")


@transaction.atomic
def approve(
    *, application_id: int, by: User, at: dt.datetime, seen: int | None = None, **terms: Any
) -> Application:
    """Approve with `terms` (see `approve_application`). Refuses while somebody who will deliver is
    neither checked nor excused."""
    target = ApplicationStatus.APPROVED
    application = hold_to_decide(
        application_id=application_id, by=by, at=at, seen=seen, target=target
    )
    people = queries.people_with_checks(application)
    if not people:
        raise NobodyIsNamed
    if not rules.is_settled(one.status for one in people):
        raise PeopleAreNotChecked(who=", ".join(one.name for one in people if not one.is_settled))
    approved = approve_application(application_id=application_id, by=by, at=at, seen=seen, **terms)
    let_go(application_id=application_id, by=by)
    return approved


class ReportIsToBeSent(Refusal):
    code = "report_is_to_be_sent"
    message = _(
        "There is something in the report about {who}. Clear the check first, or send {who} the "
        "report and wait for the answer. Nothing was changed."
    )


class ReportIsWithItsPerson(Refusal):
    code = "report_is_with_its_person"
    message = _(
        "{who} has the report since {since}, and time to answer until {until}. Decide about the "
        "check first."
    )


@transaction.atomic
def decline(
    *, application_id: int, reason: str, by: User, at: dt.datetime, seen: int | None = None
) -> Application:
    """Decline with a reason. Refuses while a report in which something stands was neither cleared
    nor sent to its person, and while it waits for her answer: the Fair Credit Reporting Act."""
    application = hold(application_id=application_id, by=by, at=at)
    for one in queries.people_with_checks(application):
        if one.status == CheckStatus.CONSIDER:
            raise ReportIsToBeSent(who=one.name)
        if one.status == CheckStatus.PRE_ADVERSE:
            raise ReportIsWithItsPerson(who=one.name, since=one.since, until=one.until)
    declined = decline_application(
        application_id=application_id, reason=reason, by=by, at=at, seen=seen
    )
    let_go(application_id=application_id, by=by)
    return declined


@transaction.atomic
def ask(
    *, application_id: int, question: str, by: User, at: dt.datetime, seen: int | None = None
) -> Application:
    """Ask the applicant, and lay the application down until she answers."""
    hold(application_id=application_id, by=by, at=at)
    asked = ask_applicant(application_id=application_id, question=question, by=by, at=at, seen=seen)
    let_go(application_id=application_id, by=by)
    return asked


WAITLIST_SUBJECT = _("Your area is full: you are on the waiting list")


@transaction.atomic
def waitlist(
    *, application_id: int, by: User, at: dt.datetime, seen: int | None = None
) -> Application:
    """Put an application on the waiting list, since its area has shops enough. Audited."""
    target = ApplicationStatus.WAITLISTED
    application = hold_to_decide(
        application_id=application_id, by=by, at=at, seen=seen, target=target
    )
    move(application, target, ApplicationEventKind.WAITLISTED, at=at, by=by)
    write_to_applicant(application, "waitlisted", WAITLIST_SUBJECT, at=at)
    record(at=at, by=by, action="waitlist", subject=application)
    let_go(application_id=application_id, by=by)
    return application


@transaction.atomic
def take_off_list(
    *, application_id: int, by: User, at: dt.datetime, seen: int | None = None
) -> Application:
    """A place is free: look at a waiting application again. Audited."""
    target = ApplicationStatus.SCREENING
    application = hold_to_decide(
        application_id=application_id, by=by, at=at, seen=seen, target=target
    )
    if application.status != ApplicationStatus.WAITLISTED:
        raise NotOnTheList
    move(application, target, ApplicationEventKind.UNLISTED, at=at, by=by)
    write_to_applicant(application, "unlisted", _("We look at your application again"), at=at)
    record(at=at, by=by, action="take_off_list", subject=application)
    return application


class NotOnTheList(Refusal):
    code = "not_on_the_list"
    message = _("This application is not on the waiting list.")


def move(
    application: Application,
    status: ApplicationStatus,
    step: ApplicationEventKind,
    *,
    at: dt.datetime,
    by: User | None,
) -> None:
    """Bring an application to a state, with the step that says so."""
    application.status = status
    application.save(update_fields=["status"])
    note(application, step, at=at, by=by)
