"""A shop's days to come: what may be expected, and the days on which it does not work."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.forecasts.queries import outlook_of, planned_between, said_before
from hubshops.forecasts.rules import record_of
from hubshops.ramps.queries import growth_of
from hubshops.shops import actions
from hubshops.shops.access import shop_manager, shop_member
from hubshops.shops.queries import first_open_day, usual_caps
from kernel import clock
from kernel.refusals import Refusal
from portal.calendar import queries
from portal.calendar.forms import CapsForm, DayForm, DaysOffForm


@shop_member
@require_safe
def tomorrow(request: HttpRequest) -> HttpResponse:
    """The next seven days in numbers, and how right such numbers were so far."""
    today = clock.local_day(clock.now(), request.shop.zone)
    outlook = outlook_of(request.shop, today)
    said = said_before(request.shop, today)
    context = {
        "outlook": outlook,
        "chart": queries.chart_of(outlook.bands),
        "said": said[::-1],
        "record": record_of(said),
    }
    return render(request, "calendar/tomorrow.html", context)


@shop_member
@require_safe
def days_off(request: HttpRequest) -> HttpResponse:
    """The days off that are still to come; who runs the day changes them here."""
    return calendar_page(request, DaysOffForm(today=today_of(request)))


@shop_manager
@require_http_methods(["GET", "HEAD", "POST"])
def take_off(request: HttpRequest) -> HttpResponse:
    """Take a day or a span off. Where packages are planned for it, say so before it is done."""
    if request.method != "POST":
        return redirect("calendar:days_off")
    form, at = DaysOffForm(request.POST, today=today_of(request)), clock.now()
    if not form.is_valid():
        return calendar_page(request, form)
    first, last = form.span()
    planned = planned_between(request.shop, first, last)
    try:
        if planned and "understood" not in request.POST:
            actions.check_still_open(request.shop, first, at)
            context = {"first": first, "last": last, "planned": planned}
            return render(request, "calendar/confirm.html", context)
        new = actions.take_day_off(shop=request.shop, day=first, until=last, at=at, by=request.user)
    except Refusal as no:
        form.add_error("first_day", no.sentence)
        return calendar_page(request, form)
    say_what_is_off(request, new, first, last)
    return redirect("calendar:days_off")


@shop_manager
@require_POST
def work(request: HttpRequest) -> HttpResponse:
    """Work on a day that was off."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return redirect("calendar:days_off")
    day = form.cleaned_data["day"]
    try:
        was_off = actions.work_after_all(
            shop=request.shop, day=day, at=clock.now(), by=request.user
        )
    except Refusal as no:
        messages.error(request, no.sentence)
        return redirect("calendar:days_off")
    if was_off:
        words = _("You work on %(day)s. You may get packages again on that day.")
        messages.success(request, words % {"day": actions.long_day(day)})
    else:
        messages.info(request, _("This day was not off. Nothing was changed."))
    return redirect("calendar:days_off")


@shop_manager
@require_http_methods(["GET", "HEAD", "POST"])
def caps(request: HttpRequest) -> HttpResponse:
    """How many packages on each weekday. Where more are planned already, say so first."""
    if request.method != "POST":
        return redirect("calendar:days_off")
    at = clock.now()
    form = caps_form(request, request.POST, at)
    if form.is_valid():
        first = first_open_day(request.shop, at)
        over = queries.over_caps(request.shop, form.caps(), first)
        if over and "understood" not in request.POST:
            context = {"over": over, "wish": form.cleaned_data, "first": first}
            return render(request, "calendar/confirm_caps.html", context)
        try:
            changed = actions.set_weekday_caps(
                shop=request.shop, caps=form.caps(), at=at, by=request.user
            )
        except Refusal as no:
            form.add_error(None, no.sentence)
        else:
            say_what_holds(request, changed, first)
            return redirect("calendar:days_off")
    return render(request, "calendar/caps.html", {"form": form}, status=422)


def caps_form(request: HttpRequest, data: object, at: dt.datetime) -> CapsForm:
    """The form of a shop's weekdays, with what holds now."""
    shop = request.shop
    known = usual_caps(shop, first_open_day(shop, at))
    initial = {f"day_{weekday}": cap for weekday, cap in known.items()}
    return CapsForm(data, initial=initial, weekdays=shop.weekdays, most=shop.daily_cap)


def say_what_holds(request: HttpRequest, changed: list[int], first: dt.date) -> None:
    """Tell from when the new numbers hold."""
    if changed:
        words = _("Saved. It holds from %(day)s on.") % {"day": actions.long_day(first)}
        messages.success(request, words)
    else:
        messages.info(request, _("Nothing was changed."))


@shop_manager
@require_http_methods(["GET", "HEAD", "POST"])
def hold_ramp(request: HttpRequest) -> HttpResponse:
    """A new shop stays at its number of packages for now, or grows again."""
    if request.method == "POST":
        is_held = request.POST.get("is_held") == "1"
        actions.hold_ramp(shop=request.shop, is_held=is_held, at=clock.now(), by=request.user)
        words = _("It stays where it is.") if is_held else _("It grows again after good days.")
        messages.success(request, words)
    return redirect("calendar:days_off")


def today_of(request: HttpRequest) -> dt.date:
    """The shop's local day."""
    return clock.local_day(clock.now(), request.shop.zone)


def calendar_page(request: HttpRequest, form: DaysOffForm) -> HttpResponse:
    """The page of days off with this form."""
    at, today = clock.now(), today_of(request)
    context = {
        "form": form,
        "rows": queries.coming_days_off(request.shop, at, today),
        "weekdays": queries.weekday_words(request.shop.weekdays),
        "cutoff": request.shop.station.cut_off(today),
        "zone": request.shop.zone,
        "caps_form": caps_form(request, None, at),
        "holidays": queries.holidays_ahead(today),
        "runs_the_day": request.membership.runs_the_day,
        "growth": growth_of(request.shop),
    }
    return render(request, "calendar/days_off.html", context, status=422 if form.errors else 200)


def say_what_is_off(
    request: HttpRequest, new: list[dt.date], first: dt.date, last: dt.date
) -> None:
    """Tell what changed."""
    if not new and not actions.working_days(request.shop, first, last):
        words = _("You don't work on these days anyway. Nothing was changed.")
        messages.info(request, words)
        return
    if not new:
        messages.info(request, _("These days were off already. Nothing was changed."))
        return
    words = ngettext("%(day)s is off.", "%(count)d days are off, the first is %(day)s.", len(new))
    day = actions.long_day(new[0])
    messages.success(request, words % {"day": day, "count": len(new)})
