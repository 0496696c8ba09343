"""The page that tells an applicant where it stands: a draft's list of tasks, then its status."""

import datetime as dt
from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hubshops.applications import actions, queries, rules
from hubshops.applications.forms import AnswerForm, AppealForm
from hubshops.applications.models import WAITING, Application, ApplicationStatus
from hubshops.documents.queries import Paper, dossier_of, what_waits_for_holder
from kernel import clock
from kernel.refusals import Refusal

NEW = [*WAITING, ApplicationStatus.REPEATED]  # who sent the same again sees no difference
# While these last, nothing but papers is the applicant's to do.
PAPERS_FIRST = [*WAITING, ApplicationStatus.REPEATED]


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, reference: str) -> HttpResponse:
    """Where an application stands; whoever has the address may read it, answer our question, and
    ask us once to look again at a decline, or go on with one that was not sent yet."""
    application = found(reference)
    if application.submitted_at is None:
        return unsent(request, application)
    is_declined = application.status == ApplicationStatus.DECLINED
    sent = request.POST if request.method == "POST" else None
    form = AppealForm(sent) if is_declined else AnswerForm(sent)
    code = 422 if request.method == "POST" else 200
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            return hear(request, reference, form.cleaned_data["words"], is_appeal=is_declined)
        except Refusal as no:
            code, refusal = 409, no.sentence
    context = status_facts(application) | {"form": form, "refusal": refusal}
    return private(render(request, "applications/status.html", context, status=code))


def hear(request: HttpRequest, reference: str, words: str, *, is_appeal: bool) -> HttpResponse:
    """Keep the applicant's words: her appeal, or the answer to our question."""
    if is_appeal:
        actions.appeal_decision(reference=reference, words=words, at=clock.now())
        messages.success(request, _("Thank you. Another person looks at it."))
    else:
        actions.answer_question(reference=reference, words=words, at=clock.now())
        messages.success(request, _("Thank you. Your answer is with us."))
    return redirect("applications:status", reference)


def unsent(request: HttpRequest, application: Application) -> HttpResponse:
    """A draft's tasks, or that it is over."""
    if application.status == ApplicationStatus.DRAFT:
        context = {"application": application, **tasks_of(application)}
        return private(render(request, "applications/tasks.html", context))
    context = {"is_dropped": application.status == ApplicationStatus.WITHDRAWN}
    return private(render(request, "applications/gone.html", context, status=410))


def tasks_of(draft: Application) -> dict[str, object]:
    """The six sections of a draft: how far each is, and where it goes on."""
    done = draft.pages_done
    tasks = []
    for section, title in queries.SECTIONS.items():
        left = [page for page in rules.PAGES[section] if page not in done]
        page = left[0] if left else rules.PAGES[section][0]
        url = reverse("applications:page", args=[draft.reference, page])
        tasks.append({"title": title, "url": url, "progress": rules.progress_of(section, done)})
    before = [page for page in rules.pages_left(done) if page not in rules.PAGES["check"]]
    if before:
        tasks[-1] |= {"url": "", "progress": "locked"}
    elif not rules.pages_left(done):
        tasks[-1] |= {"url": reverse("applications:check", args=[draft.reference])}
        tasks[-1] |= {"progress": rules.Progress.OPEN}
    return {
        "tasks": tasks,
        "done": sum(one["progress"] == rules.Progress.DONE for one in tasks),
        "masked_email": queries.masked(draft.email),
        "runs_out_on": queries.runs_out_on(draft),
    }


@login_not_required
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """The applicant takes her application back."""
    application = found(reference)
    if application.submitted_at is None:
        return drop(request, application)
    actions.withdraw_application(reference=reference, at=clock.now())
    messages.success(request, _("You took your application back."))
    return redirect("applications:status", reference)


def drop(request: HttpRequest, draft: Application) -> HttpResponse:
    """The applicant deletes what she has not sent."""
    if draft.status == ApplicationStatus.DRAFT:
        actions.drop_draft(reference=draft.reference, at=clock.now())
    return redirect("applications:status", draft.reference)


def found(reference: str) -> Application:
    """The application of a status page, or no such page."""
    application = queries.by_reference(reference)
    if application is None:
        raise Http404
    return application


def status_facts(application: Application) -> dict[str, object]:
    """What the status page shows."""
    at, zone = clock.now(), queries.zone_of(application)
    papers = what_waits_for_holder(dossier_of(application.reference))
    events = queries.events_of(application, queries.who_to_applicant)
    questions = [event for event in events if event.kind == "asked"]
    return {
        "application": application,
        "zone": zone,
        "events": events,
        "question": questions[-1].words if questions else "",
        "headline": headline_of(application, papers, at),
        "answer_by": queries.answer_by(application) if application.submitted_at else None,
        "may_appeal": queries.may_appeal(application, at),
        "appeal_until": queries.appeal_until(application, at),
        "is_undecided": application.status in actions.MOVING,
        "is_new": application.status in NEW and not questions,
        "needs_answer": application.status == ApplicationStatus.INFO_NEEDED,
        "masked_email": queries.masked(application.email),
        "papers": papers,
    }


def headline_of(application: Application, papers: list[Paper], at: dt.datetime) -> queries.Headline:
    """The headline; while we look at an application, her papers are what is hers to do."""
    headline = queries.headline(application, at)
    if not papers or application.status not in PAPERS_FIRST:
        return headline
    if any(paper.open.status == "rejected" for paper in papers):
        words = _("We could not take one of your papers. Please send it once more.")
    else:
        words = _("Please send the papers that we still need from you.")
    url = reverse("documents:applicant", args=[application.reference])
    if queries.is_late(application, at):
        return replace(headline, url=url, label=_("Go to your papers"))
    day = _("You hear from us by {day}.").format(day=queries.day(queries.answer_by(application)))
    return replace(headline, lead=f"{words} {day}", url=url, label=_("Go to your papers"))


def private(answer: HttpResponse) -> HttpResponse:
    """Keep a page that only its address guards out of search engines."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
