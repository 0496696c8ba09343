"""The driver's page, and what a shop reads of its hand-overs afterwards."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.drops import queries, rules
from hubshops.drops.actions import BothSigned, DriverPageIsOver, sign_as_giver
from hubshops.drops.forms import DriverForm
from hubshops.drops.models import Handover, SignedHow
from hubshops.shops.access import shop_member
from kernel import clock
from kernel.limits import address_of, take_turn

DRIVERS_A_MINUTE = 60
HANDOVERS_A_PAGE = 50


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def driver(request: HttpRequest, token: str) -> HttpResponse:
    """The driver signs: how many packages, how many returns, her name. Opens with the address
    alone, so it names the shop and nobody else, and ends by itself."""
    if not take_turn("driver", address_of(request), most=DRIVERS_A_MINUTE, seconds=60):
        return private(render(request, "429.html", status=429))
    handover, at = queries.by_token(token), clock.now()
    if handover is None:
        raise Http404
    if at >= handover.expires_at:
        return private(render(request, "drops/driver_over.html", status=410))
    form = DriverForm(request.POST if request.method == "POST" else None, initial=signed(handover))
    if request.method == "POST" and form.is_valid():
        try:
            sign_as_giver(token=token, counts=form.counts(), name=form.cleaned_data["name"], at=at)
        except (BothSigned, DriverPageIsOver) as no:
            form.add_error(None, no.sentence)
        else:
            return private(redirect("drops:driver", token))
    context = driver_facts(handover) | {
        "form": form,
        "is_correcting": request.GET.get("correct") == "1" or request.method == "POST",
    }
    status = 422 if form.is_bound else 200
    return private(render(request, "drops/driver.html", context, status=status))


def signed(handover: Handover) -> dict[str, Any]:
    """What the driver said before, to correct it; nothing that she did not say herself."""
    if handover.given_how in ("", SignedHow.TOLD):
        return {}
    return {
        "packages": handover.given_count,
        "returns": handover.returns_taken_count,
        "name": handover.given_by_name,
    }


def driver_facts(handover: Handover) -> dict[str, Any]:
    """What the driver's page shows; the shop's count only once she signed hers."""
    counts = queries.given_counts(handover)
    has_signed = counts is not None and handover.given_how != SignedHow.TOLD
    code = rules.driver_code(settings.SECRET_KEY, handover.token, counts) if has_signed else ""
    return {
        "handover": handover,
        "zone": handover.shop.zone,
        "has_signed": has_signed,
        "code": f"{code[:3]} {code[3:]}",
        "may_correct": has_signed and handover.taken_at is None,
    }


def private(answer: HttpResponse) -> HttpResponse:
    """Keep a page that only its address guards out of search engines and stores. (Browsers name it
    to our own pages only; named to nobody, they could not send its form.)"""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@shop_member
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """The shop's hand-overs, the latest first."""
    page = Paginator(queries.history_of(request.shop), HANDOVERS_A_PAGE)
    context = {"page": page.get_page(request.GET.get("page"))}
    return render(request, "drops/history.html", context)


@shop_member
@require_safe
def receipt(request: HttpRequest, handover_id: int) -> HttpResponse:
    """One hand-over: both counts side by side, and what was said about single packages. Can be
    kept as a bookmark and printed."""
    handover = queries.handover_of(request.shop, handover_id)
    if handover is None:
        raise Http404
    context = {"handover": handover, "remarks": queries.remarks_of(handover)}
    return render(request, "drops/receipt.html", context)
