"""Staff plan a day and look at what came of it."""

import datetime as dt
from collections import Counter

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.assignment.queries import CAUSE_WORDS, DayPlan
from hubshops.manifests import actions, queries
from hubshops.manifests.documents import current_paper
from hubshops.manifests.forms import PlanForm
from hubshops.manifests.models import Manifest
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from hubshops.stations.queries import all_stations
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.web.answers import file_answer

MOST_SHOWN = 200


@staff_required(Role.DISPATCHER)
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Choose a station and a day; without a choice, the first station's today."""
    stations = all_stations()
    if not stations:
        return render(request, "manifests/no_station.html")
    form = PlanForm(request.GET)
    if request.GET and form.is_valid():
        chosen = form.cleaned_data
        return redirect("manifests:plan", chosen["station"].code, chosen["day"])
    today = clock.local_day(clock.now(), stations[0].zone)
    if not request.GET:
        return redirect("manifests:plan", stations[0].code, today)
    return render(request, "manifests/choose.html", {"form": form}, status=422)


@staff_required(Role.DISPATCHER)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    """A station's day: each shop's load, what has no shop and why; the button that plans it."""
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise Http404
    if request.method == "POST":
        before = queries.published_day(station, day).plan.assigned
        after = actions.plan_and_publish(
            station=station, service_day=day, at=clock.now(), by=request.user
        )
        say_what_was_planned(request, after.plan.assigned - before)
        return redirect("manifests:plan", code, day)
    published = queries.published_day(station, day)
    context = {
        "station": station,
        "day": day,
        "form": PlanForm(initial={"station": station.code, "day": day}),
        "plan": published.plan,
        "shops": published.shops,
        "manifests": published.manifests,
        "causes": causes(published.plan),
        "unplaced": unplaced(published.plan),
        "hidden": max(0, len(published.plan.unplaced) - MOST_SHOWN),
        "is_empty": not (
            published.plan.assigned or published.plan.waiting or published.plan.unplaced
        ),
    }
    return render(request, "manifests/plan.html", context)


def say_what_was_planned(request: HttpRequest, count: int) -> None:
    """One sentence about what the button did."""
    if count:
        words = ngettext(
            "Planned: %(count)s more package has a shop, and its manifest is published.",
            "Planned: %(count)s more packages have a shop, and its manifest is published.",
            count,
        )
        messages.success(request, words % {"count": f"{count:,}"})
    else:
        messages.info(request, _("Nothing was left that could be given to a shop."))


def causes(plan: DayPlan) -> list[dict[str, object]]:
    """How many packages have no shop, by cause."""
    counts = Counter(plan.unplaced.values())
    return [
        {"words": CAUSE_WORDS[cause], "count": count}
        for cause, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def unplaced(plan: DayPlan) -> list[dict[str, object]]:
    """The first packages without a shop, with the cause in words."""
    return [
        {"tracking_id": tracking_id, "words": CAUSE_WORDS[cause]}
        for tracking_id, cause in list(plan.unplaced.items())[:MOST_SHOWN]
    ]


@staff_required(Role.DISPATCHER, Role.SUPPORT)
@require_safe
def sheet(request: HttpRequest, code: str, day: dt.date, slug: str) -> HttpResponse:
    """One shop's manifest as the shop sees it."""
    manifest = found(code, day, slug)
    stops = queries.stop_list(manifest, request.GET.get("show", ""))
    context = {
        "day": day,
        "station": manifest.shop.station,
        "manifest": manifest,
        "list": stops,
        "tours": queries.tours_of(manifest, stops.all_stops),
        "changes": queries.changes_of(manifest),
    }
    if request.GET.get("view") == "map":
        context["map"] = queries.map_of_stops(manifest.shop, stops)
    return render(request, "manifests/sheet.html", context)


@staff_required(Role.DISPATCHER, Role.SUPPORT)
@require_safe
def sheet_paper(request: HttpRequest, code: str, day: dt.date, slug: str) -> HttpResponse:
    """One shop's manifest as PDF."""
    manifest = found(code, day, slug)
    content = current_paper(manifest)
    return file_answer(content, name=f"{manifest.number}.pdf", content_type="application/pdf")


def found(code: str, day: dt.date, slug: str) -> Manifest:
    """A station's shop's manifest, or 404."""
    shop = Shop.objects.filter(station__code=code, slug=slug).first()
    manifest = queries.manifest_of(shop, day) if shop else None
    if manifest is None:
        raise Http404
    return manifest
