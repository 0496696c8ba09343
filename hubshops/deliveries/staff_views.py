"""Staff look at what shows a delivery, and say how much of it is asked for."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.deliveries import queries
from hubshops.deliveries.access import picture_answer
from hubshops.deliveries.actions import set_proof_rules
from hubshops.deliveries.forms import LevelsForm, WhoseRulesForm
from hubshops.deliveries.models import Level, ProofKind
from hubshops.deliveries.rules import proof_levels
from hubshops.shops.queries import shops_of
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role


@staff_required(Role.DISPATCHER, Role.SUPPORT)
@require_safe
def proof(request: HttpRequest, proof_id: int) -> FileResponse:
    """A picture that shows what a shop's people did."""
    return picture_answer(queries.picture_of(proof_id))


@staff_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def proof_rules(request: HttpRequest) -> HttpResponse:
    """How much of each kind of proof a station asks for, and where a shop differs."""
    whose = WhoseRulesForm(request.GET)
    station, shop = whose.chosen()
    if request.method == "POST" and whose.errors:  # nobody's rules become all shops'
        raise Http404
    if station is None:
        return render(request, "deliveries/proof_rules.html", {"whose": whose})
    levels = LevelsForm(
        request.POST if request.method == "POST" else None,
        initial=queries.own_levels(station, shop),
        above=proof_levels("", {}, queries.own_levels(station, None) if shop else {}),
    )
    if levels.is_valid():
        set_proof_rules(
            station=station, shop=shop, levels=levels.cleaned_data, at=clock.now(), by=request.user
        )
        name = shop.name if shop else station.name
        messages.success(
            request, _("Saved for %(name)s. Phones get it next time.") % {"name": name}
        )
        return redirect(f"{reverse('deliveries:proof_rules')}?station={station.code}")
    context = {
        "whose": whose,
        "station": station,
        "shop": shop,
        "form": levels,
        "differing": differing(station),
    }
    return render(
        request, "deliveries/proof_rules.html", context, status=422 if levels.errors else 200
    )


def differing(station: Station) -> list[dict[str, object]]:
    """The station's shops that have rules of their own, with what they say."""
    found = queries.shops_with_rules(station)
    words = dict(Level.choices)
    return [
        {
            "shop": shop,
            "rules": [
                {"kind": ProofKind(kind).label, "level": words[level]}
                for kind, level in sorted(found[shop.pk].items())
            ],
        }
        for shop in (shops_of(station) if found else [])
        if shop.pk in found
    ]
