"""Reviewing applications."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.applications.actions import ASK_SUBJECT, DECLINE_SUBJECT, letter_facts, word_reason
from hubshops.applications.models import CHECKING, Application, ApplicationStatus
from hubshops.applications.queries import (
    answer_by,
    events_of,
    for_review,
    last_event,
    stations_by_distance,
    worded_findings,
    zone_of,
)
from hubshops.applications.rules import MOVES
from hubshops.reviews import actions, queries
from hubshops.reviews.forms import (
    ApproveForm,
    AskForm,
    DeclineForm,
    PersonForm,
    SeenForm,
)
from hubshops.reviews.rules import is_settled
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.notifications.actions import word_letter
from kernel.refusals import Refusal

USUAL_RADIUS_MILES = {"walk": 1.0, "bike": 2.5, "car": 5.0}
ROWS_A_PAGE = 50
# Decision → the state it leads to.
TARGETS = {
    "start": ApplicationStatus.CHECKS_RUNNING,
    "approve": ApplicationStatus.APPROVED,
    "ask": ApplicationStatus.INFO_NEEDED,
    "waitlist": ApplicationStatus.WAITLISTED,
    "unlist": ApplicationStatus.SCREENING,
    "decline": ApplicationStatus.DECLINED,
}


@staff_required(Role.REVIEWER)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Applications by list; what is due first comes first."""
    status = request.GET.get("status", "waiting")
    page = Paginator(queries.queue(status), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": queries.waiting(list(page.object_list), clock.now()),
        "chips": status_chips(status),
        "is_waiting": status == "waiting",
    }
    return render(request, "reviews/queue.html", context)


def status_chips(chosen: str) -> list[dict[str, Any]]:
    """One chip a list, each with its count."""
    counts = queries.counts_by_list()
    counts["all"] = sum(counts.values())
    choices = [
        ("waiting", _("Waiting for us")),
        ("info_needed", _("Waiting for the applicant")),
        ("waitlisted", _("Waiting list")),
        ("approved", _("Approved")),
        ("live", _("Live")),
        ("declined", _("Declined")),
        ("withdrawn", _("Taken back")),
        ("repeated", _("Sent again")),
        ("expired", _("Ran out")),
        ("all", _("All")),
    ]
    url = reverse("reviews:queue")
    return [
        {
            "label": f"{words} ({counts[code]})",
            "url": f"{url}?status={code}",
            "on": code == chosen,
        }
        for code, words in choices
    ]


@staff_required(Role.REVIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application, what is known about it, and the decisions that are open."""
    application = for_review(application_id)
    if application is None:
        raise Http404
    decision = request.POST.get("decision", "")
    forms = decision_forms(application, request, decision)
    if request.method == "POST" and decision in forms and forms[decision].is_valid():
        try:
            return DECISIONS[decision](request, application, forms[decision])
        except Refusal as no:
            application.refresh_from_db()
            forms[decision] = as_seen_now(forms[decision], application)
            return page(request, application, forms, decision, refusal=no.sentence, status=409)
    status = 422 if request.method == "POST" else 200
    return page(request, application, forms, decision, status=status)


def decision_forms(application: Application, request: HttpRequest, decision: str) -> dict:
    """A form a decision, the chosen one filled with what was sent."""
    last = last_event(application)
    seen = {"seen": last.pk if last else 0}
    agreed = {
        "station": application.station_id,
        "radius_miles": USUAL_RADIUS_MILES.get(application.travel, 2.5),
        "daily_cap": application.daily_cap,
        "weekdays": application.weekdays,
    }

    def form(kind: type[Form], name: str, **more: object) -> Form:
        sent = request.POST if decision == name else None
        return kind(sent, prefix=name, **{"initial": seen} | more)

    is_placed = application.latitude is not None
    return {
        "approve": form(ApproveForm, "approve", initial=agreed | seen, is_placed=is_placed),
        "decline": form(DeclineForm, "decline"),
        "ask": form(AskForm, "ask"),
        "start": form(SeenForm, "start"),
        "waitlist": form(SeenForm, "waitlist"),
        "unlist": form(SeenForm, "unlist"),
        "person": form(PersonForm, "person"),
    }


def as_seen_now(form: Form, application: Application) -> Form:
    """The form as it was sent, on a page that shows the latest step: sent again, it counts."""
    last = last_event(application)
    data: Any = form.data.copy()
    data[form.add_prefix("seen")] = last.pk if last else 0
    form.data = data
    return form


def page(
    request: HttpRequest,
    application: Application,
    forms: dict,
    decision: str,
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    """The review page, with whatever form was wrong on top and open."""
    at = clock.now()
    people, asked = queries.people_with_checks(application), queries.papers_of(application)
    findings = worded_findings(application)
    grave = sum(finding["tone"] == "bad" for finding in findings)
    claim = queries.claim_of(application, at)
    is_mine = claim is not None and claim.by_id == request.user.pk
    context = {
        "application": application,
        "zone": zone_of(application),
        "findings": findings,
        "stations": stations_by_distance(application)[:3],
        "events": events_of(application),
        "answer_by": answer_by(application),
        "row": queries.waiting([application], at)[0],
        "claim": claim,
        "is_mine": is_mine,
        "people": people,
        "people_checked": is_settled(one.status for one in people),
        "may_name": application.status in [ApplicationStatus.SCREENING, *CHECKING],
        "checklist": queries.checklist_of(application, people, grave, asked),
        "earlier": queries.earlier_decisions(application),
        "documents": queries.documents_of(asked),
        "may": may_decide(application, request) if claim is None or is_mine else {},
        "forms": forms,
        "form": forms.get(decision),
        "decision": decision,
    }
    return render(request, "reviews/review.html", context | more, status=status)


def may_decide(application: Application, request: HttpRequest) -> dict[str, bool]:
    """The decisions that are open to this person, by the table of moves."""
    if application.status not in queries.OPEN or application.appeal_against_id == request.user.pk:
        return {}
    may = {name: target in MOVES[application.status] for name, target in TARGETS.items()}
    return may | {"unlist": application.status == ApplicationStatus.WAITLISTED}


@staff_required(Role.REVIEWER)
@require_POST
def claim(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take an application in hand, out of another's hand, or lay it down."""
    if for_review(application_id) is None:
        raise Http404
    facts = {"application_id": application_id, "by": request.user}
    try:
        if request.POST.get("decision") == "release":
            actions.let_go(**facts)
        elif request.POST.get("decision") == "over":
            actions.take_over(**facts, at=clock.now())
        else:
            actions.claim_application(**facts, at=clock.now())
    except Refusal as no:
        messages.error(request, no.sentence)
    return redirect("reviews:application", application_id)


def approve(request: HttpRequest, application: Application, form: ApproveForm) -> HttpResponse:
    """Open the shop and say so."""
    approved = actions.approve(
        application_id=application.pk, by=request.user, at=clock.now(), **form.terms()
    )
    words = _("%(shop)s gets ready now. Its owner was invited by mail.")
    messages.success(request, words % {"shop": approved.shop.name})
    return redirect("reviews:application", application.pk)


def decline(request: HttpRequest, application: Application, form: DeclineForm) -> HttpResponse:
    """Show the letter first; send it once its writer has read it."""

    def reason(language: str) -> str:
        words = form.cleaned_data["words"]
        return word_reason(sentence=form.sentence(), words=words, language=language)

    if "letter_read" not in request.POST:
        return show_letter(
            request, application, form, letter="declined", subject=DECLINE_SUBJECT, words=reason
        )
    actions.decline(**decided(request, application, form), reason=reason(application.language))
    messages.success(request, _("Declined. The letter is on its way."))
    return redirect("reviews:queue")


def ask(request: HttpRequest, application: Application, form: AskForm) -> HttpResponse:
    """Show the question in both languages first; send it once its writer has read it."""

    def question(language: str) -> str:
        words = form.cleaned_data["question"]
        return word_reason(sentence=form.sentence(), words=words, language=language)

    if "letter_read" not in request.POST:
        return show_letter(
            request, application, form, letter="asked", subject=ASK_SUBJECT, words=question
        )
    actions.ask(**decided(request, application, form), question=question(application.language))
    messages.success(request, _("The question is on its way."))
    return redirect("reviews:queue")


def waitlist(request: HttpRequest, application: Application, form: SeenForm) -> HttpResponse:
    """Show the letter first; the application waits once its writer has read it."""
    if "letter_read" not in request.POST:
        letter = {"letter": "waitlisted", "subject": actions.WAITLIST_SUBJECT}
        return show_letter(request, application, form, **letter, words=lambda _code: "")
    actions.waitlist(**decided(request, application, form))
    messages.success(request, _("On the waiting list. The letter is on its way."))
    return redirect("reviews:queue")


def unlist(request: HttpRequest, application: Application, form: SeenForm) -> HttpResponse:
    """There is room: look at it again."""
    actions.take_off_list(**decided(request, application, form))
    messages.success(request, _("Off the waiting list. The applicant has a letter."))
    return redirect("reviews:application", application.pk)


def start(request: HttpRequest, application: Application, form: SeenForm) -> HttpResponse:
    """Ask everybody who delivers for consent."""
    actions.start_checks(**decided(request, application, form))
    messages.success(request, _("Everybody who delivers was asked for consent by mail."))
    return redirect("reviews:application", application.pk)


def name_person(request: HttpRequest, application: Application, form: PersonForm) -> HttpResponse:
    """Name one more person who delivers."""
    actions.add_person(
        application_id=application.pk, by=request.user, at=clock.now(), **form.cleaned_data
    )
    messages.success(request, _("Named."))
    return redirect("reviews:application", application.pk)


def decided(request: HttpRequest, application: Application, form: SeenForm) -> dict[str, Any]:
    """Who decides about what, when, and what she has seen."""
    return {
        "application_id": application.pk,
        "by": request.user,
        "at": clock.now(),
        "seen": form.cleaned_data["seen"],
    }


def show_letter(
    request: HttpRequest,
    application: Application,
    form: SeenForm,
    *,
    letter: str,
    subject: object,
    words: Callable[[str], str],
) -> HttpResponse:
    """The letter that a decision would send, in the applicant's language and in the reader's."""
    names = dict(settings.LANGUAGES)
    letters = []
    for language in dict.fromkeys([application.language, get_language()]):
        facts = letter_facts(
            application, at=clock.now(), words=words(language), next_status=STATES[letter]
        )
        about, body = word_letter(
            subject=subject,
            template=f"applications/mail/{letter}.txt",
            facts=facts,
            language=language,
        )
        letters.append(
            {"language": language, "name": names[language], "subject": about, "body": body}
        )
    context = {
        "application": application,
        "form": form,
        "letters": letters,
        "decision": request.POST["decision"],
    }
    return render(request, "reviews/letter.html", context)


STATES = {"declined": "declined", "asked": "info_needed", "waitlisted": "waitlisted"}
DECISIONS = {
    "approve": approve,
    "decline": decline,
    "ask": ask,
    "waitlist": waitlist,
    "unlist": unlist,
    "start": start,
    "person": name_person,
}
