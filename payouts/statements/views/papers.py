"""A shop's statements."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubshops.shops.access import shop_owner
from payouts.statements import documents, queries
from payouts.statements.queries.papers import UnknownStatement

ROWS_A_PAGE = 26


@require_safe
@shop_owner
def statement_list(request: HttpRequest) -> HttpResponse:
    """A shop's statements, the newest first."""
    found = Paginator(queries.statements_of(request.shop), ROWS_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    years = queries.years_of_shop(request.shop)[:4]
    page.object_list = [
        (one, documents.why_it_differs(one, one.transfer.sent_at)) for one in page.object_list
    ]
    return render(request, "statements/list.html", {"page": page, "years": years})


@require_safe
@shop_owner
def check(request: HttpRequest, number: str) -> HttpResponse:
    """One statement worked out again from what happened, beside what it says."""
    try:
        found = queries.replay_statement(queries.get_statement(number, shop=request.shop))
    except UnknownStatement as no:
        raise Http404 from no
    return render(request, "statements/check.html", {"found": found})


@require_safe
@shop_owner
def statement_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """One statement of this shop as PDF or CSV."""
    try:
        statement = queries.get_statement(number, shop=request.shop)
    except UnknownStatement as no:
        raise Http404 from no
    content, content_type, name = documents.statement_file(queries.paper_of(statement), kind)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
