"""A shop's manifest on the screen and on paper."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubshops.manifests import queries
from hubshops.manifests.documents import current_paper
from hubshops.shops.access import shop_member
from kernel.web.answers import file_answer


@shop_member
@require_safe
def day(request: HttpRequest, day: dt.date) -> HttpResponse:
    """The day's doors in the order of the tour; all, those left, or those done."""
    manifest = queries.manifest_of(request.shop, day)
    context = {"day": day, "nearby": queries.days_nearby(request.shop, day), "manifest": manifest}
    if manifest:
        context["list"] = queries.stop_list(manifest, request.GET.get("show", ""))
        context["changes"] = queries.changes_of(manifest)
        if request.GET.get("view") == "map":
            context["map"] = queries.map_of_stops(request.shop, context["list"])
    return render(request, "manifests/day.html", context)


@shop_member
@require_safe
def paper(request: HttpRequest, day: dt.date) -> HttpResponse:
    """The day's manifest as PDF."""
    manifest = queries.manifest_of(request.shop, day)
    if manifest is None:
        raise Http404
    content = current_paper(manifest)
    return file_answer(content, name=f"{manifest.number}.pdf", content_type="application/pdf")
