"""The page that tells an applicant where it stands: a draft's list of tasks, then its status."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hubshops.applications import actions, queries, rules
from hubshops.applications.forms import AnswerForm
from hubshops.applications.models import UNDECIDED, WAITING, Application, ApplicationStatus
from hubshops.documents.queries import dossier_of, what_waits_for_holder
from kernel import clock


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, reference: str) -> HttpResponse:
    """Where an application stands; whoever has the address may read it, answer our question, and
    go on with one that was not sent yet."""
    application = found(reference)
    if application.submitted_at is None:
        return unsent(request, application)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.answer_question(
            reference=reference, words=form.cleaned_data["words"], at=clock.now()
        )
        messages.success(request, _("Thank you. Your answer is with us."))
        return redirect("applications:status", reference)
    code = 422 if request.method == "POST" else 200
    context = status_facts(application) | {"form": form}
    return private(render(request, "applications/status.html", context, status=code))


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
        "masked_email": masked(draft.email),
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
    events = queries.events_of(application)
    answer_by = queries.answer_by(application)
    questions = [event for event in events if event.kind == "asked"]
    return {
        "application": application,
        "zone": zone,
        "events": events,
        "question": questions[-1].words if questions else "",
        "answer_by": answer_by,
        "is_late": clock.local_day(at, zone) > answer_by,
        "again_from": queries.again_from(application, at),
        "is_new": application.status in WAITING and not questions,
        "is_undecided": application.status in UNDECIDED,
        "needs_answer": application.status == ApplicationStatus.INFO_NEEDED,
        "masked_email": masked(application.email),
        "papers": what_waits_for_holder(dossier_of(application.reference)),
    }


def masked(email: str) -> str:
    """`rosa@shop.test` → `r•••@shop.test`: enough to recognise, not to copy."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


def private(answer: HttpResponse) -> HttpResponse:
    """Keep a page that only its address guards out of search engines."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
