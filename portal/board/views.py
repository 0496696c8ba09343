"""The assignment board: look, see what a move would do, move, undo, publish."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.assignment import actions as assignment
from hubshops.assignment.models import DayBoard
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal
from portal.board import actions, queries
from portal.board.forms import NOWHERE, MoveForm, VersionForm


def found(code: str) -> Station:
    """The station of an address, or 404."""
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise Http404
    return station


@staff_required(Role.DISPATCHER)
@require_safe
def board(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    """What has no shop, or (`?shop=`) what one shop has, with who could take it."""
    return board_page(request, found(code), day)


def board_page(
    request: HttpRequest,
    station: Station,
    day: dt.date,
    *,
    stale: bool = False,
    form: MoveForm | None = None,
) -> HttpResponse:
    """The board as it is now. After a stale form: 409, with what was ticked kept ticked."""
    asked = form.data if form is not None else request.GET
    shown = queries.board_of(station, day, request.GET.get("shop", "") or asked.get("shop", ""))
    shown.ticked = {int(key) for key in asked.getlist("package") if key.isdecimal()}
    if request.GET.get("tick") == "all":
        shown.ticked |= {row.package.pk for row in shown.rows if not row.is_fixed}
    context = {
        "board": shown,
        "station": station,
        "day": day,
        "at": clock.now(),
        "form": form,
        "to": asked.get("to", ""),
        "nowhere": NOWHERE,
        "is_stale": stale,
        "map": queries.map_of_board(shown),
    }
    status = 409 if stale else 422 if form is not None else 200
    return render(request, "board/board.html", context, status=status)


@staff_required(Role.DISPATCHER)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    """What moving the ticked packages would do; sent from there, it is done."""
    station = found(code)
    asked = request.POST or request.GET
    if not asked:
        return redirect("board:day", code, day)
    form = MoveForm(asked, station=station)
    if not form.is_valid():
        return board_page(request, station, day, form=form)
    chosen = form.cleaned_data
    if chosen["version"] != queries.state_of(station, day).version:
        return board_page(request, station, day, stale=True, form=form)
    if request.method != "POST":
        return move_page(request, station, day, form)
    try:
        state = assignment.move_packages(
            station=station,
            service_day=day,
            package_ids=chosen["package"],
            to_shop=chosen["to"],
            version=chosen["version"],
            at=clock.now(),
            by=request.user,
            override_reason=chosen["reason"],
        )
    except assignment.StaleBoard:
        return board_page(request, station, day, stale=True, form=form)
    except Refusal as no:
        form.add_error("reason" if isinstance(no, assignment.ReasonNeeded) else None, no.sentence)
        return move_page(request, station, day, form)
    messages.success(request, moved_words(state, chosen["to"]))
    return redirect("board:day", code, day)


def move_page(request: HttpRequest, station: Station, day: dt.date, form: MoveForm) -> HttpResponse:
    """The effect of a move, with the button that makes it when it can be made."""
    chosen = form.cleaned_data
    shop = chosen.get("to")
    effect = queries.effect_of(station, day, chosen["package"], shop)
    if effect.against:
        form.need_reason()
    context = {
        "effect": effect,
        "form": form,
        "station": station,
        "day": day,
        "to": form.data["to"],
    }
    return render(request, "board/move.html", context, status=422 if form.errors else 200)


def moved_words(state: DayBoard, shop: Shop | None) -> str:
    """One sentence about what was done."""
    if shop is None:
        words = ngettext(
            "%(count)s package has no shop now.",
            "%(count)s packages have no shop now.",
            state.packages,
        )
        return words % {"count": state.packages}
    words = ngettext(
        "%(count)s package goes to %(shop)s now. Publish the day to tell the shops.",
        "%(count)s packages go to %(shop)s now. Publish the day to tell the shops.",
        state.packages,
    )
    return words % {"count": state.packages, "shop": shop.name}


@staff_required(Role.DISPATCHER)
@require_POST
def undo(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    """Put the packages of the last move back."""
    station = found(code)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return redirect("board:day", code, day)
    try:
        assignment.undo_move(
            station=station,
            service_day=day,
            version=form.cleaned_data["version"],
            at=clock.now(),
            by=request.user,
        )
    except assignment.StaleBoard:
        return board_page(request, station, day, stale=True)
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, _("The move was undone."))
    return redirect("board:day", code, day)


@staff_required(Role.DISPATCHER)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    """What the next versions add and take off, by shop; sent from there, the day is published."""
    station = found(code)
    if request.method == "POST":
        form = VersionForm(request.POST)
        if not form.is_valid():
            return redirect("board:publish", code, day)
        try:
            actions.publish_board(
                station=station,
                service_day=day,
                version=form.cleaned_data["version"],
                at=clock.now(),
                by=request.user,
            )
        except assignment.StaleBoard:
            return publish_page(request, station, day, stale=True)
        messages.success(request, _("The day is published. The shops have been told."))
        return redirect("board:publish", code, day)
    return publish_page(request, station, day)


def publish_page(
    request: HttpRequest, station: Station, day: dt.date, *, stale: bool = False
) -> HttpResponse:
    """The difference to what the shops have, and which version each one has."""
    state = queries.state_of(station, day)
    context = {
        "station": station,
        "day": day,
        "state": state,
        "last_change": queries.change_words(state),
        "changes": queries.difference(station, day),
        "versions": queries.latest_versions(station, day),
        "is_stale": stale,
    }
    return render(request, "board/publish.html", context, status=409 if stale else 200)


@staff_required(Role.DISPATCHER)
@require_safe
def changes(request: HttpRequest, code: str, day: dt.date) -> JsonResponse:
    """The board's number and who changed it last, for a page that waits for news."""
    state = queries.state_of(found(code), day)
    return JsonResponse({"version": state.version, "words": queries.change_words(state)})
