"""Pages for everybody, and the help page of a shop's people."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel import clock
from portal.public import queries, rules
from portal.public.forms import EstimatorForm, zip_of


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, what it may bring at this address, when it is first paid, and how to apply."""
    at, given = clock.now(), request.GET.dict()
    zip_code = zip_of(given)
    area = queries.look_at_area(zip_code) if zip_code else None
    served = area.station if area and area.is_near else None
    market = queries.market_of(served, at) if served else None
    form = EstimatorForm.filled(given, market)
    context: dict[str, object] = {
        "form": form,
        "area": area,
        "market": market,
        "first_pay": queries.first_pay(served, at),
    }
    if form.is_valid():
        assumed = form.assumptions()
        context |= {"estimate": rules.estimate(assumed), "assumed": assumed}
        context |= {
            "fees": rules.Span(assumed.fee_low_cents, assumed.fee_high_cents),
            "known": form.from_area(market),
        }
    return render(request, "public/landing.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to count in, deliver and get help, for whoever is signed in."""
    return render(request, "public/help.html")
