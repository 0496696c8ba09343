"""A shop's final statement."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubshops.shops.access import shop_owner
from hubshops.shops.queries import leaving_of
from kernel.web.answers import file_answer
from payouts.closings import queries
from payouts.closings.documents import closing_pdf, outcome_of, sums_in_words


@shop_owner
@require_safe
def final(request: HttpRequest) -> HttpResponse:
    """The final statement; before it, what is still open."""
    closing, leaving = queries.closing_of(request.shop), leaving_of(request.shop)
    if closing is None and leaving is None:
        raise Http404
    context: dict[str, object] = {"closing": closing, "leaving": leaving}
    if closing:
        context |= {"sums": sums_in_words(closing), "outcome": outcome_of(closing)}
    else:
        context |= {"left": queries.left_of(request.shop)}
    return render(request, "closings/final.html", context)


@shop_owner
@require_safe
def final_pdf(request: HttpRequest) -> HttpResponse:
    """The final statement as paper."""
    closing = queries.closing_of(request.shop)
    if closing is None:
        raise Http404
    name = f"{request.shop.slug}-final.pdf"
    return file_answer(closing_pdf(closing), name=name, content_type="application/pdf")
