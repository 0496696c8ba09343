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
from hubshops.applications.forms import AnswerForm, ApplicationForm
from hubshops.applications.models import UNDECIDED, Application, ApplicationStatus
from kernel import clock
from kernel.limits import address_of, take_turn

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
    """Where an application stands; whoever has the address may read it and answer our question."""
    application = found(reference)
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
        "is_undecided": application.status in UNDECIDED,
        "needs_answer": application.status == ApplicationStatus.INFO_NEEDED,
        "masked_email": masked(application.email),
    }


def masked(email: str) -> str:
    """`rosa@shop.test` → `r•••@shop.test`: enough to recognise, not to copy."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


def private(answer: HttpResponse) -> HttpResponse:
    """Keep a page that only its address guards out of search engines."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
