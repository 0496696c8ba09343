"""Where people land, and a shop's day."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from hubshops.cases.queries import waiting_for_shop
from hubshops.documents.queries import banner_of
from hubshops.shops.access import CHOSEN_SHOP, shop_member
from hubshops.shops.models import MemberRole
from kernel import clock
from kernel.accounts.access import holds_role
from kernel.web.answers import live_answer
from portal.home import queries


@shop_member
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What to do now; money for owners only."""
    return render(request, "home/today.html", facts_of_today(request, clock.now()))


@shop_member
@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """The same without the frame, for a page that is open; once its day is over, a new page."""
    at = clock.now()
    facts = facts_of_today(request, at)
    if request.GET.get("day", "") != facts["day"].isoformat():
        return HttpResponse(status=205)
    return live_answer(request, "home/_today.html", facts, at=at, zone=request.shop.zone)


def facts_of_today(request: HttpRequest, at: dt.datetime) -> dict[str, Any]:
    """What the page of today says to this person."""
    day = clock.local_day(at, request.shop.zone)
    is_owner = request.membership.role == MemberRole.OWNER
    return {
        "at": at,
        "today": queries.today_of(request.shop, day, with_money=is_owner),
        "day": day,
        "asked": queries.asked_of(request.shop, at),
        "cases": waiting_for_shop(request.shop),
        "is_owner": is_owner,
        "papers": banner_of(request.shop) if is_owner else [],
        "runs_the_day": request.membership.runs_the_day,
        "rest": queries.rest_of(request.shop, day),
        "ready": queries.readiness_of(request.shop),
        "to_sign": queries.ask_to_sign(request.shop, day) if is_owner else None,
        "new_card": queries.new_card_of(request.shop, day) if is_owner else None,
    }


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Staff go to the day's board, a shop's people to their day, after choosing one when they work
    for several. Who has neither is told so."""
    if holds_role(request.user):
        return redirect("ops:today")
    memberships = queries.shops_to_choose(request.user)
    if len(memberships) > 1 and CHOSEN_SHOP not in request.session:
        return redirect("home:choose")
    if memberships:
        return redirect("home:today")
    return render(request, "home/nothing_here.html")


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose which of one's shops the pages are about; it lasts for the session."""
    memberships = queries.shops_to_choose(request.user)
    if not memberships:
        raise Http404
    if request.method == "POST":
        chosen = {one.shop.slug: one for one in memberships}.get(request.POST.get("shop", ""))
        if chosen is None:
            raise Http404
        request.session[CHOSEN_SHOP] = chosen.shop.slug
        # A phone knows by its token whose shop it works for: another shop, another token, so that
        # acts which wait on it are not sent for the wrong one.
        rotate_token(request)
        return redirect("home:today")
    context = {"memberships": memberships, "chosen": request.session.get(CHOSEN_SHOP)}
    return render(request, "home/choose.html", context)
