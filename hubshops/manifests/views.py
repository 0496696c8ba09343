"""A shop's manifest on the screen and on paper."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.manifests import actions, queries, rules
from hubshops.manifests.documents import current_paper
from hubshops.manifests.forms import OrderWish, read_order
from hubshops.manifests.models import Manifest
from hubshops.shops.access import shop_member
from hubshops.shops.queries import team_of
from kernel import clock
from kernel.refusals import Refusal
from kernel.web.answers import file_answer, live_answer


@shop_member
@require_safe
def day(request: HttpRequest, day: dt.date) -> HttpResponse:
    """The day's doors in the order of the tour; all, those left, or those done; who has a tour of
    a shared day sees its stops first."""
    context = facts_of_day(request, day) | {"nearby": queries.days_nearby(request.shop, day)}
    return render(request, "manifests/day.html", context)


@shop_member
@require_safe
def now(request: HttpRequest, day: dt.date) -> HttpResponse:
    """The list without the frame, for a page that is open; beside a map only its stops. Once a day
    without a list has one, a new page."""
    facts = facts_of_day(request, day)
    if facts["manifest"] is None:
        template = "manifests/_no_list.html"
    elif "empty" in request.GET:
        return HttpResponse(status=205)
    else:
        template = "manifests/_rows.html" if "map" in facts else "manifests/_live.html"
    return live_answer(request, template, facts, at=facts["at"], zone=request.shop.zone)


def facts_of_day(request: HttpRequest, day: dt.date) -> dict[str, Any]:
    """What a day's page shows of its manifest."""
    manifest = queries.manifest_of(request.shop, day)
    facts: dict[str, Any] = {"at": clock.now(), "day": day, "manifest": manifest}
    if manifest:
        facts["list"] = queries.stop_list(
            manifest,
            request.GET.get("show", ""),
            user=request.user,
            whose=request.GET.get("whose", ""),
        )
        facts["tours"] = queries.tours_of(manifest, facts["list"].all_stops)
        facts["changes"] = queries.changes_of(manifest)
        if request.GET.get("view") == "map":
            facts["map"] = queries.map_of_stops(request.shop, facts["list"])
    return facts


@shop_member
@require_safe
def paper(request: HttpRequest, day: dt.date) -> HttpResponse:
    """The day's manifest as PDF."""
    manifest = queries.manifest_of(request.shop, day)
    if manifest is None:
        raise Http404
    content = current_paper(manifest)
    return file_answer(content, name=f"{manifest.number}.pdf", content_type="application/pdf")


@shop_member
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Put the stops into an order of one's own, or go back to the shortest, or share them."""
    manifest = queries.manifest_of(request.shop, day)
    if manifest is None:
        raise Http404
    wish, no = read_order(request.POST), ""
    if wish.button in BUTTONS:
        try:
            said = carry_out(manifest, wish, by=request.user)
        except Refusal as refusal:
            no = refusal.sentence
        else:
            messages.success(request, said)
            return redirect("manifests:order", day)
    stops = queries.stops_of(manifest)
    standing = sorted({stop.number for stop in stops})
    asked = rules.carried_over(wish.order, standing)
    context = {
        "day": day,
        "manifest": manifest,
        "tours": queries.tours_of(manifest, stops, asked),
        "stops": len(standing),
        "team": team_of(request.shop),
        "chosen": wish.helpers,
        "no": no,
        "is_changed": asked != standing,
    }
    return render(request, "manifests/order.html", context, status=409 if no else 200)


BUTTONS = {"save", "shortest", "share", "join"}


def carry_out(manifest: Manifest, wish: OrderWish, *, by: object) -> str:
    """Do what the button says, and answer what was done."""
    basics = {"manifest": manifest, "version": wish.version, "at": clock.now(), "by": by}
    if wish.button == "save":
        saved = actions.save_own_order(order=wish.order, **basics)
        if saved.version == wish.version:
            return _("The stops stood in this order already; nothing changed.")
        return _("Saved. The next list with these streets comes in this order.")
    if wish.button == "shortest":
        actions.back_to_shortest(**basics)
        return _("The stops are in the order of the shortest tour again.")
    if wish.button == "share":
        actions.split_day(helpers=wish.helpers, **basics)
        return _("The stops are shared. Each person has a tour from the shop and back.")
    actions.split_day(helpers=[], **basics)
    return _("It is one tour again.")
