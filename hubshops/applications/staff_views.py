"""Reviewing applications."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.applications import actions, queries
from hubshops.applications.forms import ApproveForm, AskForm, DeclineForm, SeenForm
from hubshops.applications.models import UNDECIDED, Application, ApplicationStatus
from kernel import clock, zips
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.notifications.actions import word_letter
from kernel.refusals import Refusal

USUAL_RADIUS_MILES = {"walk": 1.0, "bike": 2.5, "car": 5.0}
ROWS_A_PAGE = 50


@staff_required(Role.REVIEWER)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Applications by status; what waits for us longest comes first."""
    status = request.GET.get("status", "waiting")
    page = Paginator(queries.queue(status), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": queue_rows(list(page.object_list)),
        "chips": status_chips(status),
        "is_waiting": status == "waiting",
    }
    return render(request, "applications/queue.html", context)


def queue_rows(applications: list[Application]) -> list[dict[str, Any]]:
    """Applications with the day by which each must hear from us; one query for all answers."""
    answers, today = queries.last_answers(applications), clock.now()
    rows = []
    for application in applications:
        asked_at = answers.get(application.pk, application.submitted_at)
        answer_by = queries.answer_day(application, asked_at)
        zone = queries.zone_of(application)
        rows.append(
            {
                "application": application,
                "zone": zone,
                "answer_by": answer_by,
                "is_open": application.status in UNDECIDED,
                "is_late": clock.local_day(today, zone) > answer_by
                and application.status in UNDECIDED,
                "findings": sum(
                    queries.FINDINGS.get(one["code"], ("", "info"))[1] != "info"
                    for one in application.findings
                ),
            }
        )
    return rows


def status_chips(chosen: str) -> list[dict[str, Any]]:
    """One chip a status, each with its count."""
    counts = queries.counts_by_status()
    waiting = sum(
        counts.get(one, 0) for one in (ApplicationStatus.SUBMITTED, ApplicationStatus.SCREENING)
    )
    choices = [
        ("waiting", _("Waiting for us"), waiting),
        *(
            (status.value, words, counts.get(status.value, 0))
            for status, words in [
                (ApplicationStatus.INFO_NEEDED, _("Waiting for the applicant")),
                (ApplicationStatus.APPROVED, _("Approved")),
                (ApplicationStatus.DECLINED, _("Declined")),
                (ApplicationStatus.WITHDRAWN, _("Taken back")),
            ]
        ),
        ("all", _("All"), sum(counts.values())),
    ]
    url = reverse("applications:queue")
    return [
        {"label": f"{words} ({count})", "url": f"{url}?status={code}", "on": code == chosen}
        for code, words, count in choices
    ]


@staff_required(Role.REVIEWER)
@require_safe
def waitlist(request: HttpRequest) -> HttpResponse:
    """Who waits where no van comes yet, the latest first."""
    page = Paginator(queries.waitlist(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(entry, zips.place_of(entry.postal_code)) for entry in page.object_list]
    context = {"page": page, "rows": rows, "zone": zips.DEFAULT_ZONE}
    return render(request, "applications/staff_waitlist.html", context)


@staff_required(Role.REVIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application, what screening noticed, and the three decisions."""
    application = queries.for_review(application_id)
    if application is None:
        raise Http404
    decision = request.POST.get("decision", "")
    forms = decision_forms(application, request, decision)
    if request.method == "POST" and decision in forms and forms[decision].is_valid():
        try:
            return DECISIONS[decision](request, application, forms[decision])
        except Refusal as no:
            forms[decision] = as_seen_now(forms[decision], application)
            return page(request, application, forms, decision, refusal=no.sentence, status=409)
    status = 422 if request.method == "POST" else 200
    return page(request, application, forms, decision, status=status)


def decision_forms(application: Application, request: HttpRequest, decision: str) -> dict:
    """The three forms, the chosen one filled with what was sent."""
    last = queries.last_event(application)
    seen = {"seen": last.pk if last else 0}
    agreed = {
        "station": application.station_id,
        "radius_miles": USUAL_RADIUS_MILES.get(application.travel, 2.5),
        "daily_cap": application.daily_cap,
        "weekdays": application.weekdays,
    }

    def sent(name: str) -> object:
        return request.POST if decision == name else None

    return {
        "approve": ApproveForm(
            sent("approve"),
            initial=agreed | seen,
            prefix="approve",
            is_placed=application.latitude is not None,
        ),
        "decline": DeclineForm(sent("decline"), initial=seen, prefix="decline"),
        "ask": AskForm(sent("ask"), initial=seen, prefix="ask"),
    }


def as_seen_now(form: SeenForm, application: Application) -> SeenForm:
    """The form as it was sent, on a page that shows the latest step: sent again, it counts."""
    last = queries.last_event(application)
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
    context = {
        "application": application,
        "zone": queries.zone_of(application),
        "findings": queries.worded_findings(application),
        "stations": queries.stations_by_distance(application)[:3],
        "events": queries.events_of(application),
        "people": list(application.people.all()),
        "answer_by": queries.answer_by(application),
        "is_undecided": application.status in UNDECIDED,
        "forms": forms,
        "form": forms.get(decision),
        "decision": decision,
    }
    return render(request, "applications/review.html", context | more, status=status)


def approve(request: HttpRequest, application: Application, form: ApproveForm) -> HttpResponse:
    """Open the shop and say so."""
    approved = actions.approve_application(
        application_id=application.pk, by=request.user, at=clock.now(), **form.terms()
    )
    words = _("%(shop)s gets ready now. Its owner was invited by mail.")
    messages.success(request, words % {"shop": approved.shop.name})
    return redirect("applications:review", application.pk)


def decline(request: HttpRequest, application: Application, form: DeclineForm) -> HttpResponse:
    """Show the letter first; send it once its writer has read it."""
    reason = actions.word_reason(
        application, sentence=form.sentence(), words=form.cleaned_data["words"]
    )
    if "letter_read" not in request.POST:
        return show_letter(request, application, form, reason)
    actions.decline_application(
        application_id=application.pk,
        reason=reason,
        by=request.user,
        at=clock.now(),
        seen=form.cleaned_data["seen"],
    )
    messages.success(request, _("Declined. The letter is on its way."))
    return redirect("applications:queue")


def show_letter(
    request: HttpRequest, application: Application, form: DeclineForm, reason: str
) -> HttpResponse:
    """The letter that a decline would send."""
    subject, body = word_letter(
        subject=actions.DECLINE_SUBJECT,
        template="applications/mail/declined.txt",
        facts=actions.letter_facts(application, at=clock.now(), words=reason),
        language=application.language,
    )
    context = {"application": application, "form": form, "subject": subject, "body": body}
    return render(request, "applications/letter.html", context)


def ask(request: HttpRequest, application: Application, form: AskForm) -> HttpResponse:
    """Send a question."""
    actions.ask_applicant(
        application_id=application.pk,
        question=form.cleaned_data["question"],
        by=request.user,
        at=clock.now(),
        seen=form.cleaned_data["seen"],
    )
    messages.success(request, _("The question is on its way."))
    return redirect("applications:queue")


DECISIONS = {"approve": approve, "decline": decline, "ask": ask}
