"""Seeing background checks through."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hubshops.applications.models import CHECKING
from hubshops.applications.queries import zone_of
from hubshops.reviews import actions, queries
from hubshops.reviews.forms import OrderForm, ReasonForm, ResultForm
from hubshops.reviews.models import BackgroundCheck
from hubshops.reviews.rules import CHECK_MOVES, is_name_of
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal


@staff_required(Role.REVIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, check_id: int) -> HttpResponse:
    """One person's background check, and the step that comes next."""
    found = queries.check_for_staff(check_id)
    if found is None:
        raise Http404
    decision = request.POST.get("decision", "")
    forms = check_forms(request, decision)
    refusal, status = "", 422 if request.method == "POST" else 200
    if request.method == "POST" and decision in forms and forms[decision].is_valid():
        try:
            CHECK_STEPS[decision](request, found, forms[decision].cleaned_data)
        except Refusal as no:
            refusal, status = no.sentence, 409
            found = queries.check_for_staff(check_id)
        else:
            messages.success(request, _("Written down."))
            return redirect("reviews:check", check_id)
    context = {
        "check": found,
        "application": found.person.application,
        "zone": zone_of(found.person.application),
        "events": queries.steps_of(found),
        "is_other_name": bool(found.consented_at)
        and not is_name_of(found.person.name, found.consent_name),
        "last_day": queries.last_day(found),
        "may": may_step(found),
        "forms": forms,
        "form": forms.get(decision),
        "decision": decision,
        "refusal": refusal,
    }
    return render(request, "reviews/check.html", context, status=status)


def check_forms(request: HttpRequest, decision: str) -> dict[str, Form]:
    """A form a step, the chosen one filled with what was sent."""
    kinds = {
        "order": OrderForm,
        "result": ResultForm,
        "send": Form,
        "clear": ReasonForm,
        "refuse": ReasonForm,
        "excuse": ReasonForm,
    }
    return {
        name: kind(request.POST if decision == name else None, prefix=name)
        for name, kind in kinds.items()
    }


def may_step(check: BackgroundCheck) -> dict[str, bool]:
    """The steps that are open, by the table of moves."""
    if check.person.application.status not in CHECKING:
        return {}
    targets = {
        "order": "ordered",
        "result": "clear",
        "send": "pre_adverse",
        "clear": "cleared",
        "refuse": "adverse",
        "excuse": "excused",
    }
    return {name: target in CHECK_MOVES[check.status] for name, target in targets.items()}


def who(request: HttpRequest, check: BackgroundCheck) -> dict[str, Any]:
    """Who does what step of which check, when."""
    return {"check_id": check.pk, "by": request.user, "at": clock.now()}


CHECK_STEPS: dict[str, Callable[[HttpRequest, BackgroundCheck, dict[str, Any]], object]] = {
    "order": lambda request, check, data: actions.order_check(
        **who(request, check), **data, provider=settings.CHECKS_PROVIDER
    ),
    "result": lambda request, check, data: actions.record_result(
        **who(request, check), is_clear=data["result"] == "clear", report=data["report"]
    ),
    "send": lambda request, check, _data: actions.send_report(**who(request, check)),
    "clear": lambda request, check, data: actions.clear_check(**who(request, check), **data),
    "refuse": lambda request, check, data: actions.refuse_person(**who(request, check), **data),
    "excuse": lambda request, check, data: actions.excuse_check(**who(request, check), **data),
}
