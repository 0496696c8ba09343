"""A shop's final statement."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubshops.shops.access import shop_owner
from hubshops.shops.queries import leaving_of
from payouts.closings import queries


@shop_owner
@require_safe
def final(request: HttpRequest) -> HttpResponse:
    """The final statement; before it, what is still open."""
    closing, leaving = queries.closing_of(request.shop), leaving_of(request.shop)
    if closing is None and leaving is None:
        raise Http404
    left = None if closing else queries.left_of(request.shop)
    return render(request, "closings/final.html", {"closing": closing, "left": left})
