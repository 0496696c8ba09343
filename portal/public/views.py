"""Pages for everybody, and the help page of a shop's people."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.public import queries, rules
from portal.public.forms import AreaForm, EstimatorForm


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, what it may bring, whether vans come by, and how to apply."""
    form = EstimatorForm.filled(request.GET.dict())
    area_form = AreaForm(request.GET if "zip" in request.GET else None)
    context: dict[str, object] = {"form": form, "area_form": area_form}
    if form.is_valid():
        given = form.assumptions()
        context |= {
            "estimate": rules.estimate(given),
            "fees": rules.Span(given.fee_low_cents, given.fee_high_cents),
            "travel_cents": given.travel_cents_a_week,
        }
    if area_form.is_valid():
        context["area"] = queries.look_at_area(area_form.cleaned_data["zip"])
    return render(request, "public/landing.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to count in, deliver and get help, for whoever is signed in."""
    return render(request, "public/help.html")
