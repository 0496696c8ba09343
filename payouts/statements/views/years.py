"""A shop's year of payments."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubshops.shops.access import shop_owner
from hubshops.shops.models import Shop
from kernel import clock
from payouts.statements import documents, queries
from payouts.statements.rules.taxes import Stage, stage_of


@require_safe
@shop_owner
def year(request: HttpRequest, year: int) -> HttpResponse:
    """What was paid in one year, by month."""
    shop: Shop = request.shop
    must_be_a_year(year)
    stage = stage_of(year, clock.local_day(clock.now(), shop.zone))
    context = {
        "year": queries.year_of_shop(shop, year),
        "years": queries.years_of_shop(shop),
        "is_over": stage == Stage.OVER,
        "caveat": documents.caveat(),
    }
    return render(request, "statements/year.html", context)


@require_safe
@shop_owner
def year_file(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    """One year as PDF or CSV."""
    shop: Shop = request.shop
    must_be_a_year(year)
    found = queries.year_of_shop(shop, year)
    if kind == "pdf":
        is_over = stage_of(year, clock.local_day(clock.now(), shop.zone)) == Stage.OVER
        content = documents.year_pdf(shop, found, is_over=is_over)
    else:
        content = documents.year_csv(found)
    name = f'inline; filename="{shop.slug}-{year}.{kind}"'
    types = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
    return HttpResponse(content, types[kind], headers={"Content-Disposition": name})


def must_be_a_year(year: int) -> None:
    """404 for what is no year of ours."""
    if not 2000 <= year < 2200:
        raise Http404
