"""A station's hand-overs as staff see them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.drops import queries
from hubshops.drops.actions import open_day
from hubshops.drops.forms import DayForm
from hubshops.stations.queries import all_stations
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role

PLACES = (Role.DISPATCHER, Role.SUPPORT)


@staff_required(*PLACES)
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """A station's hand-overs of one day with both counts; a button makes the drivers' links."""
    at, stations = clock.now(), all_stations()
    form = DayForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return render(request, "drops/board.html", {"form": form}, status=422)
    station = form.cleaned_data["station"] or (stations[0] if stations else None)
    if station is None:
        return render(request, "drops/board.html", {"form": form})
    day = form.cleaned_data["day"] or clock.local_day(at, station.zone)
    if request.method == "POST":
        tell(request, open_day(station=station, service_day=day, at=at))
        return redirect(f"{reverse('drops:board')}?station={station.code}&day={day}")
    form = DayForm(initial={"station": station.code, "day": day})
    context = {"form": form, "drops": queries.station_drops(station, day)}
    return render(request, "drops/board.html", context)


def tell(request: HttpRequest, new: int) -> None:
    """Say how many links were made."""
    if not new:
        messages.info(request, _("Every shop of this day has its link already."))
        return
    words = ngettext("%(count)s link was made.", "%(count)s links were made.", new)
    messages.success(request, words % {"count": new})


@staff_required(*PLACES)
@require_safe
def sheet(request: HttpRequest, handover_id: int) -> HttpResponse:
    """One hand-over: the driver's link to print or send, both counts, remarks."""
    handover = queries.handover_for_staff(handover_id)
    if handover is None:
        raise Http404
    context = {
        "handover": handover,
        "zone": handover.shop.zone,
        "remarks": queries.remarks_of(handover),
        "url": queries.driver_url(handover),
        "is_over": clock.now() >= handover.expires_at,
    }
    return render(request, "drops/sheet.html", context)
