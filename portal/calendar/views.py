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
from hubshops.shops import actions
from hubshops.shops.access import shop_member, shop_owner
from hubshops.shops.models import MemberRole
from kernel import clock
from kernel.refusals import Refusal
from portal.calendar import queries
from portal.calendar.forms import DayForm, DaysOffForm


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
    """The days off that are still to come; owners change them here."""
    return calendar_page(request, DaysOffForm(today=today_of(request)))


@shop_owner
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
    say_what_is_off(request, new, first)
    return redirect("calendar:days_off")


@shop_owner
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
        "is_owner": request.membership.role == MemberRole.OWNER,
    }
    return render(request, "calendar/days_off.html", context, status=422 if form.errors else 200)


def say_what_is_off(request: HttpRequest, new: list[dt.date], first: dt.date) -> None:
    """Tell what changed."""
    if not new:
        messages.info(request, _("These days were off already. Nothing was changed."))
        return
    words = ngettext("%(day)s is off.", "%(count)d days are off, the first is %(day)s.", len(new))
    day = actions.long_day(new[0])
    messages.success(request, words % {"day": day, "count": len(new)})
