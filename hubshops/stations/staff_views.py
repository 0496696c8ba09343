"""Staff look after a station's hours and the keys of its own systems."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.stations import actions, queries
from hubshops.stations.forms import HoursForm, KeyForm
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal


def station_or_404(code: str) -> Station:
    """The station with this very code."""
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise Http404
    return station


@staff_required(Role.ADMIN)
@require_safe
def stations(request: HttpRequest) -> HttpResponse:
    """Every station, and how its own systems come in and are told."""
    return render(
        request, "stations/list.html", {"stations": queries.stations_with_keys(clock.now())}
    )


@staff_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, code: str) -> HttpResponse:
    """When a station plans and when its vans come."""
    station = station_or_404(code)
    known = {name: getattr(station, name) for name in HoursForm.base_fields}
    form = HoursForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        actions.set_hours(station=station, at=clock.now(), by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("stations:list")
    context = {"station": station, "form": form}
    return render(request, "stations/hours.html", context, status=422 if form.errors else 200)


@staff_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest, code: str) -> HttpResponse:
    """A station's keys, and a form for a new one.

    A new key is shown in the answer to the form itself and nowhere else: no redirect, because then
    it would have to be kept. Sending the form twice is refused by the key's name.
    """
    station, at, token = station_or_404(code), clock.now(), ""
    form = KeyForm(request.POST if request.method == "POST" else None, station=station, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            _key, token = actions.make_key(
                station=station,
                name=form.cleaned_data["name"],
                expires_at=form.expires_at(),
                at=at,
                by=request.user,
            )
        except Refusal as no:
            form.add_error("name", no.sentence)
        else:
            form = KeyForm(station=station, at=at)
    found = queries.keys_of(station)
    context = {
        "station": station,
        "form": form,
        "token": token,
        "keys": [(key, key.state(at)) for key in found],
    }
    return render(request, "stations/keys.html", context, status=422 if form.errors else 200)


@staff_required(Role.ADMIN)
@require_POST
def revoke(request: HttpRequest, code: str, key_id: int) -> HttpResponse:
    """Close the door to one key."""
    station = station_or_404(code)
    try:
        key = actions.revoke_key(key_id=key_id, station=station, at=clock.now(), by=request.user)
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        words = _("“%(name)s” is revoked. It no longer works.") % {"name": key.name}
        messages.success(request, words)
    return redirect("stations:keys", station.code)
