"""A shop pauses, goes on, leaves, or stays after all."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.forecasts.queries import planned_between
from hubshops.packages.queries import count_left_to_do
from hubshops.shops import actions
from hubshops.shops.access import shop_owner
from hubshops.shops.queries import first_open_day, leaving_of, pause_of
from kernel import clock
from kernel.accounts.access import confirmed_to_post
from kernel.refusals import Refusal
from payouts.closings.queries import closing_of
from portal.calendar import queries
from portal.calendar.forms import LeaveForm, PauseForm

ONE_DAY = dt.timedelta(days=1)


@shop_owner
@require_safe
def rest(request: HttpRequest) -> HttpResponse:
    """How the shop stands: working, pausing, leaving, closed; and the ways on."""
    return rest_page(request, PauseForm(today=today_of(request)))


def rest_page(request: HttpRequest, form: PauseForm) -> HttpResponse:
    """The page with this form."""
    leaving, pause = leaving_of(request.shop), pause_of(request.shop)
    context = {
        "form": form,
        "pause": pause,
        "leaving": leaving,
        "left": count_left_to_do(request.shop) if leaving else 0,
        "closing": closing_of(request.shop),
        "may_pause": request.shop.status == "live" and not pause and not leaving,
        "may_leave": request.shop.status not in ("offboarding", "closed") and not leaving,
    }
    return render(request, "calendar/rest.html", context, status=422 if form.errors else 200)


def today_of(request: HttpRequest) -> dt.date:
    """The shop's local day."""
    return clock.local_day(clock.now(), request.shop.zone)


@shop_owner
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest) -> HttpResponse:
    """Pause. Where packages are planned for these days, say so before it is done."""
    if request.method != "POST":
        return redirect("calendar:rest")
    form, at = PauseForm(request.POST, today=today_of(request)), clock.now()
    if not form.is_valid():
        return rest_page(request, form)
    first, last = form.span()
    try:
        planned = planned_within(request, first, last)
        if planned and "understood" not in request.POST:
            actions.check_still_open(request.shop, first, at)
            context = {"planned": planned, "first": first, "last": last, "told": told(form)}
            return render(request, "calendar/confirm_pause.html", context)
        reason = form.cleaned_data["reason"]
        actions.ask_pause(
            shop=request.shop, first_day=first, last_day=last, reason=reason, at=at, by=request.user
        )
    except Refusal as no:
        form.add_error("first_day", no.sentence)
        return rest_page(request, form)
    messages.success(request, _("Saved. You get no packages in your pause."))
    return redirect("calendar:rest")


def planned_within(request: HttpRequest, first: dt.date, last: dt.date | None) -> int:
    """Packages planned for the shop from a day on, through another if there is one."""
    if last is None:
        return queries.planned_from(request.shop, first)
    return planned_between(request.shop, first, last)


def told(form: Any) -> dict[str, str]:
    """What was written, to be sent again with a yes."""
    return {name: form.data.get(name, "") for name in form.fields}


@shop_owner
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """End a pause."""
    try:
        back = actions.resume_shop(shop=request.shop, at=clock.now(), by=request.user)
    except Refusal as no:
        messages.error(request, no.sentence)
        return redirect("calendar:rest")
    if back is None:
        words = _("Your pause is taken back. Everything stays as it is.")
    else:
        day = actions.long_day(back)
        words = _("Welcome back. You may get packages again from %(day)s on.") % {"day": day}
    messages.success(request, words)
    return redirect("calendar:rest")


@shop_owner
@confirmed_to_post
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Leave, free of charge. The page says before what happens to packages and to money."""
    at = clock.now()
    earliest = first_open_day(request.shop, at) - ONE_DAY
    form = LeaveForm(request.POST or None, initial={"last_day": earliest})
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_to_leave(shop=request.shop, at=at, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.add_error("last_day", no.sentence)
        else:
            messages.success(request, _("Done. A letter says what happens now."))
            return redirect("calendar:rest")
    context = {
        "form": form,
        "earliest": earliest,
        "left": count_left_to_do(request.shop),
        "planned": queries.planned_from(request.shop, earliest + ONE_DAY),
    }
    return render(request, "calendar/leave.html", context, status=422 if form.errors else 200)


@shop_owner
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Stay after all."""
    try:
        actions.stay_after_all(shop=request.shop, at=clock.now(), by=request.user)
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, _("You stay. We are glad."))
    return redirect("calendar:rest")
