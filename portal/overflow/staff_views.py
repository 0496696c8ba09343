"""A dispatcher asks shops to take more than their caps."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hubshops.assignment import actions
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal
from portal.overflow import queries
from portal.overflow.forms import AskForm, WithdrawForm


def found(code: str) -> Station:
    """The station of an address, or 404."""
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise Http404
    return station


@staff_required(Role.DISPATCHER)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    """Packages that found every shop full, and the shops that may be asked; a POST asks one."""
    station = found(code)
    if request.method != "POST":
        return page(request, station, day)
    form, at = AskForm(request.POST), clock.now()
    if not form.is_valid():
        return page(request, station, day, form)
    shop = form.shop_of(station)
    if shop is None:
        raise Http404
    try:
        offer = actions.offer_overflow(
            shop=shop, service_day=day, extra=form.cleaned_data["extra"], at=at, by=request.user
        )
    except Refusal as no:
        form.add_error("extra", no.sentence)
        return page(request, station, day, form)
    words = ngettext(
        "%(shop)s was asked to take %(count)s more package.",
        "%(shop)s was asked to take %(count)s more packages.",
        offer.extra,
    )
    messages.success(request, words % {"shop": shop.name, "count": offer.extra})
    return redirect("overflow:ask", code, day)


@staff_required(Role.DISPATCHER)
@require_POST
def take_back(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    """Withdraw what no shop answered yet."""
    station, form = found(code), WithdrawForm(request.POST)
    if not form.is_valid():
        return redirect("overflow:ask", code, day)
    chosen = form.cleaned_data
    shop = Shop.objects.filter(station=station, slug=chosen["shop"]).first()
    if shop is None:
        raise Http404
    try:
        actions.withdraw_offer(shop=shop, offer_id=chosen["offer"], at=clock.now(), by=request.user)
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, _("%(shop)s is not asked any more.") % {"shop": shop.name})
    return redirect("overflow:ask", code, day)


def page(
    request: HttpRequest, station: Station, day: dt.date, form: AskForm | None = None
) -> HttpResponse:
    """The page as it is now, with what was wrong in the form."""
    context = {
        "station": station,
        "day": day,
        "ask": queries.ask_page(station, day, clock.now()),
        "form": form,
    }
    return render(request, "overflow/ask.html", context, status=422 if form else 200)
