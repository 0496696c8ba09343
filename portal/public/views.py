"""Pages for everybody, and the help page of a shop's people."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.public import rules
from portal.public.forms import EstimatorForm


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, what it may bring, and how to apply. The estimate is an example."""
    form = EstimatorForm.filled(request.GET.dict())
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        given = form.assumptions()
        context |= {
            "estimate": rules.estimate(given),
            "fees": rules.Span(given.fee_low_cents, given.fee_high_cents),
            "travel_cents": given.travel_cents_a_week,
        }
    return render(request, "public/landing.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to count in, deliver and get help, for whoever is signed in."""
    return render(request, "public/help.html")
