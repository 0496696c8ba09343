"""Staff look ahead: what a station's list may hold, and which shops will be full."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from portal.calendar import queries
from portal.calendar.forms import DayForm

SHOPS_A_PAGE = 100


@staff_required(Role.DISPATCHER, Role.SUPPORT)
@require_safe
def station(request: HttpRequest, code: str) -> HttpResponse:
    """A station's next seven days, and one of them (`?day=`, tomorrow without it) shop by shop."""
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise Http404
    today = clock.local_day(clock.now(), station.zone)
    days = queries.days_ahead(station, today)
    form = DayForm(request.GET)
    wish = form.cleaned_data["day"] if form.is_valid() else None
    chosen = next((one for one in days if one.day == wish), days[0])
    context = {
        "station": station,
        "days": days,
        "chart": queries.chart_of([one.band for one in days if one.band]),
        "chosen": chosen,
        "page": Paginator(chosen.shops, SHOPS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "calendar/station.html", context)
