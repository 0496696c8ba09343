"""Applying, and the page that tells an applicant where it stands."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hubshops.applications import actions, queries
from hubshops.applications.forms import AnswerForm, AppealForm, ApplicationForm
from hubshops.applications.models import Application, ApplicationStatus
from kernel import clock
from kernel.limits import address_of, take_turn
from kernel.refusals import Refusal

APPLICATIONS_AN_HOUR = 5


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """The form. What was typed stays when something is wrong with it."""
    form = ApplicationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return take_in(request, form)
    status = 422 if request.method == "POST" else 200
    return render(request, "applications/apply.html", {"form": form}, status=status)


def take_in(request: HttpRequest, form: ApplicationForm) -> HttpResponse:
    """Save a good form, unless its sender sent too many or the shop applied already."""
    facts = form.facts()
    if not take_turn("apply", address_of(request), most=APPLICATIONS_AN_HOUR, seconds=3600):
        context = {"form": form, "is_too_often": True}
        return render(request, "applications/apply.html", context, status=429)
    try:
        application = actions.submit_application(
            **facts, language=get_language() or "", at=clock.now()
        )
    except actions.AlreadyApplied:
        twin = {name: facts[name] for name in ("email", "address1", "postal_code")}
        actions.send_status_link(**twin, at=clock.now())
        return render(request, "applications/already.html", {"email": facts["email"]}, status=409)
    return redirect("applications:status", application.reference)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, reference: str) -> HttpResponse:
    """Where an application stands; whoever has the address may read it, answer our question, and
    ask us once to look again at a decline."""
    application = found(reference)
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


@login_not_required
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """The applicant takes her application back."""
    actions.withdraw_application(reference=found(reference).reference, at=clock.now())
    messages.success(request, _("You took your application back."))
    return redirect("applications:status", reference)


def found(reference: str) -> Application:
    """The application of a status page, or no such page."""
    application = queries.by_reference(reference)
    if application is None:
        raise Http404
    return application


def status_facts(application: Application) -> dict[str, object]:
    """What the status page shows."""
    at, zone = clock.now(), queries.zone_of(application)
    events = queries.events_of(application, queries.who_to_applicant)
    questions = [event for event in events if event.kind == "asked"]
    return {
        "application": application,
        "zone": zone,
        "events": events,
        "question": questions[-1].words if questions else "",
        "headline": queries.headline(application, at),
        "may_appeal": queries.may_appeal(application, at),
        "appeal_until": queries.appeal_until(application, at),
        "is_undecided": application.status in actions.MOVING,
        "needs_answer": application.status == ApplicationStatus.INFO_NEEDED,
        "masked_email": queries.masked(application.email),
    }


def private(answer: HttpResponse) -> HttpResponse:
    """Keep a page that only its address guards out of search engines."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
