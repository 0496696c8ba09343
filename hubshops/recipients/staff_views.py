"""Staff see what was said to recipients, switch it on and off, and add who wants none."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.recipients import actions, queries
from hubshops.recipients.forms import StopForm, SwitchForm
from hubshops.recipients.models import StationTexts
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.access import has_role, staff_required
from kernel.accounts.models import Role
from kernel.notifications.actions import are_texts_on

ROWS_A_PAGE = 50


@staff_required(Role.DISPATCHER, Role.SUPPORT)
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """What was said, what failed and why; of a number only its end."""
    return page_of_texts(request, StopForm())


@staff_required(Role.DISPATCHER, Role.SUPPORT)
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Somebody wants no more texts."""
    form = StopForm(request.POST)
    if not form.is_valid():
        return page_of_texts(request, form)
    actions.stop_texts(phone=form.cleaned_data["phone"], at=clock.now(), by=request.user)
    messages.success(request, _("This number gets no more texts."))
    return redirect("recipients:texts")


def page_of_texts(request: HttpRequest, form: StopForm) -> HttpResponse:
    """The page, with a form as it was left."""
    said = Paginator(queries.latest_messages(), ROWS_A_PAGE)
    context = {
        "form": form,
        "page": said.get_page(request.GET.get("page")),
        "stops": queries.count_stops(),
        "stations": queries.station_switches(),
        "are_texts_on": are_texts_on(),
        "may_switch": has_role(request.user, Role.ADMIN),
    }
    return render(request, "recipients/texts.html", context, status=422 if form.errors else 200)


@staff_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Switch the texts of one station on or off."""
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise Http404
    known = StationTexts.objects.filter(station=station).first()
    initial = {"is_on": known.is_on, "language": known.language} if known else None
    form = SwitchForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.switch_texts(station=station, **form.cleaned_data, at=clock.now(), by=request.user)
        messages.success(request, _("Saved."))
        return redirect("recipients:texts")
    context = {"form": form, "station": station, "are_texts_on": are_texts_on()}
    return render(request, "recipients/switch.html", context, status=422 if form.errors else 200)
