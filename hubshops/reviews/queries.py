"""Applications as reviewers read them: what waits, why, until when, and what speaks for a yes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.applications.models import (
    CHECKING,
    Application,
    ApplicationEvent,
    ApplicationPerson,
    ApplicationStatus,
)
from hubshops.applications.queries import answer_by, is_late, others_like, zone_of
from hubshops.applications.rules import plain_phone, plain_street
from hubshops.documents import queries as papers
from hubshops.reviews import rules
from hubshops.reviews.gateways import Order
from hubshops.reviews.models import BackgroundCheck, CheckEvent, CheckStatus, Claim
from kernel import clock
from kernel.web.templatetags.house import day

CHECKLIST = {
    "screened": gettext_lazy("The first check ran"),
    "placed": gettext_lazy("The address is on the map"),
    "answered": gettext_lazy("No question is open"),
    "sound": gettext_lazy("The first check found nothing grave"),
    "named": gettext_lazy("Everybody who delivers is named"),
    "checked": gettext_lazy("Everybody is checked or excused"),
    "papers": gettext_lazy("Every paper is accepted (may follow after a yes)"),
}
# What a check waits for, in words for staff.
CHECK_WAITS = {
    "asked": gettext_lazy("{who}: waits for a yes"),
    "consented": gettext_lazy("{who}: order the report"),
    "ordered": gettext_lazy("{who}: waits for the report"),
    "consider": gettext_lazy("{who}: look at the report"),
    "pre_adverse": gettext_lazy("{who}: may answer until {day}"),
    "adverse": gettext_lazy("{who}: may not deliver; decline, or excuse"),
}


@dataclass(frozen=True)
class PersonChecked:
    """Somebody who will deliver, and where her check stands; None before it began."""

    person: ApplicationPerson
    check: BackgroundCheck | None

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def status(self) -> str:
        return self.check.status if self.check else ""

    @property
    def is_settled(self) -> bool:
        return self.check is not None and self.check.is_settled

    @property
    def since(self) -> str:
        """The day on which she was sent her report."""
        return worded_day(self.check.report_sent_on if self.check else None)

    @property
    def until(self) -> str:
        """The last day on which she may answer it."""
        return worded_day(last_day(self.check) if self.check else None)


def worded_day(value: dt.date | None) -> str:
    """A day in words."""
    return day(value)


def last_day(check: BackgroundCheck) -> dt.date | None:
    """The last day on which a person may answer her report."""
    return check.adverse_from - rules.A_DAY if check.adverse_from else None


def claim_of(application: Application, at: dt.datetime) -> Claim | None:
    """Who has an application in hand now."""
    claims = Claim.objects.filter(application=application, until__gt=at)
    return claims.select_related("by").first()


def claims_of(applications: Sequence[Application], at: dt.datetime) -> dict[int, Claim]:
    """Application → who has it in hand now. One query."""
    claims = Claim.objects.filter(application__in=applications, until__gt=at)
    return {claim.application_id: claim for claim in claims.select_related("by")}


def people_with_checks(application: Application) -> list[PersonChecked]:
    """Everybody who will deliver, with her check. One query."""
    return people_by_application([application])[application.pk]


def people_by_application(applications: Sequence[Application]) -> dict[int, list[PersonChecked]]:
    """Application → who will deliver, with her check. One query."""
    people: dict[int, list[PersonChecked]] = defaultdict(list)
    rows = ApplicationPerson.objects.filter(application__in=applications)
    for person in rows.select_related("check_of").order_by("pk"):
        people[person.application_id].append(
            PersonChecked(person, getattr(person, "check_of", None))
        )
    return people


def check_by_token(token: str) -> BackgroundCheck | None:
    """The check whose person's page has this address."""
    found = BackgroundCheck.objects.select_related("person__application__station")
    return found.filter(token=token).first()


def check_for_staff(check_id: int) -> BackgroundCheck | None:
    """A check with all that its page names."""
    found = BackgroundCheck.objects.select_related("person__application__station")
    return found.filter(pk=check_id).first()


def steps_of(check: BackgroundCheck) -> list[CheckEvent]:
    """A check's steps, the first one first."""
    return list(check.events.select_related("by").order_by("pk"))


def order_of(check_id: int) -> Order | None:
    """What a provider is told about a person who said yes and is not ordered yet."""
    check = BackgroundCheck.objects.select_related("person").filter(pk=check_id).first()
    if check is None or check.status != CheckStatus.CONSENTED:
        return None
    person = check.person
    return Order(f"check-{check.pk}", check.consent_name, person.email, check.consented_at)


# List of the queue → the states in it. All but these come by the day of their decision.
# Every status but that of a draft stands in one list, so that the lists sum up to all.
LISTS = {
    "waiting": [ApplicationStatus.SUBMITTED, ApplicationStatus.SCREENING, *CHECKING],
    "info_needed": [ApplicationStatus.INFO_NEEDED],
    "waitlisted": [ApplicationStatus.WAITLISTED],
    "approved": [
        ApplicationStatus.APPROVED,
        ApplicationStatus.AGREEMENT_SENT,
        ApplicationStatus.AGREEMENT_SIGNED,
        ApplicationStatus.PRACTICE,
    ],
    "live": [ApplicationStatus.LIVE],
    "declined": [ApplicationStatus.DECLINED],
    "withdrawn": [ApplicationStatus.WITHDRAWN],
    "repeated": [ApplicationStatus.REPEATED],
    "expired": [ApplicationStatus.EXPIRED],
}
DUE_FIRST = ("waiting", "info_needed", "waitlisted")


def queue(status: str) -> QuerySet[Application]:
    """Applications of one list: what is due first comes first, decided ones newest first.
    `waiting` is everything that we have to see through."""
    rows = Application.objects.select_related("station", "decided_by", "appeal_against")
    rows = rows.sent()
    if status in DUE_FIRST:
        due = F("promised_on").asc(nulls_last=True)
        return rows.filter(status__in=LISTS[status]).order_by(due, "submitted_at", "pk")
    if status in LISTS:
        return rows.filter(status__in=LISTS[status]).order_by("-decided_at", "-pk")
    return rows.order_by("-submitted_at", "-pk")


def counts_by_list() -> dict[str, int]:
    """How many applications that reached us stand in each list. One query."""
    rows = Application.objects.sent().order_by().values_list("status")
    counts = dict(rows.annotate(count=Count("pk")))
    return {name: sum(counts.get(one, 0) for one in states) for name, states in LISTS.items()}


@dataclass(frozen=True)
class Waiting:
    """A row of the queue: who has it in hand, why it waits, and its clock."""

    application: Application
    zone: str
    claim: Claim | None
    reasons: list[str]
    is_open: bool
    is_late: bool
    due_on: dt.date
    days_left: int


def waiting(applications: Sequence[Application], at: dt.datetime) -> list[Waiting]:
    """The rows of a queue's page; three queries, however many."""
    claims = claims_of(applications, at)
    people = people_by_application(applications)
    steps = last_steps(applications)
    rows = []
    for application in applications:
        zone = zone_of(application)
        due_on = answer_by(application)
        rows.append(
            Waiting(
                application=application,
                zone=zone,
                claim=claims.get(application.pk),
                reasons=why(application, people[application.pk], steps.get(application.pk, "")),
                is_open=application.status in OPEN,
                is_late=is_late(application, at),
                due_on=due_on,
                days_left=(due_on - clock.local_day(at, zone)).days,
            )
        )
    return rows


OPEN = [*LISTS["waiting"], *LISTS["info_needed"], *LISTS["waitlisted"]]


def last_steps(applications: Sequence[Application]) -> dict[int, str]:
    """Application → the kind of its latest step that a person made. One query."""
    rows = ApplicationEvent.objects.filter(application__in=applications)
    latest = (
        rows.exclude(kind__in=["screened", "late"])
        .order_by()
        .values("application")
        .annotate(last=Max("pk"))
    )
    events = ApplicationEvent.objects.filter(pk__in=latest.values("last"))
    return dict(events.values_list("application_id", "kind"))


def why(application: Application, people: list[PersonChecked], step: str) -> list[str]:
    """Why an application waits, in words for staff."""
    status = application.status
    if status in CHECKING:
        waits = [
            str(CHECK_WAITS[one.status]).format(who=one.name, day=one.until)
            for one in people
            if one.status in CHECK_WAITS
        ]
        return waits or [_("All checks are done: decide")]
    if application.appeal_against is not None and status in OPEN:
        return [_("An appeal, not for %(who)s") % {"who": application.appeal_against}]
    words = {
        "submitted": _("The first check runs"),
        "info_needed": _("The applicant has our question"),
        "waitlisted": _("Is there room in the area now?"),
    }
    if status == ApplicationStatus.SCREENING:
        return [_("The applicant answered") if step == "answered" else _("Read it, then decide")]
    return [words[status]] if status in words else []


def checklist_of(
    application: Application,
    people: list[PersonChecked],
    grave: int,
    asked: list[papers.Paper],
) -> list[tuple[str, str, bool]]:
    """What has to be so before a yes: its name, its words, and whether it is."""
    known = rules.Known(
        is_screened=application.screened_at is not None,
        is_placed=application.latitude is not None,
        has_question=application.status == ApplicationStatus.INFO_NEEDED,
        grave_findings=grave,
        people=len(people),
        checks=[one.status for one in people if one.check],
        papers_missing=len(papers.missing_among(asked)),
    )
    return [(name, str(CHECKLIST[name]), is_so) for name, is_so in rules.checklist(known).items()]


def earlier_decisions(application: Application) -> list[Application]:
    """What was decided before about the same street, e-mail address or phone, the latest first."""
    street, phone = plain_street(application.address1), plain_phone(application.phone)
    approved = Application.objects.filter(
        Q(postal_code__startswith=application.postal_code[:5])
        | Q(email=application.email)
        | Q(phone=application.phone),
        shop__isnull=False,
    ).exclude(pk=application.pk)
    same = {
        one.pk: one
        for one in [*others_like(application), *approved.order_by("pk")[:200]]
        if one.decided_at is not None
        and (
            one.email == application.email
            or plain_street(one.address1) == street
            or plain_phone(one.phone) == phone
        )
    }
    return sorted(same.values(), key=lambda one: (one.decided_at, one.pk), reverse=True)[:10]


def papers_of(application: Application) -> list[papers.Paper]:
    """The papers that an application was asked for. Two queries."""
    return papers.documents_of(papers.dossier_of(application.reference))


def documents_of(asked: list[papers.Paper]) -> list[dict[str, Any]]:
    """Papers as an application's page shows them, each with the pages that were sent last: `title`,
    `document`, `url`, `pages`. Who is shown a picture is written down by its address. Two
    queries."""
    shown = [paper.shown for paper in asked]
    pages = papers.last_pages(shown)
    return [
        {
            "title": str(one),
            "document": one,
            "url": reverse("documents:review", args=[one.pk]),
            "pages": [
                (page, reverse("documents:picture", args=[one.pk, page.number]))
                for page in pages.get(one.pk, [])
            ],
        }
        for one in shown
    ]
