"""Staff look at fees and agree new ones."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.rates import actions, queries
from payouts.rates.forms import FeeForm
from payouts.rates.models import RateKind

ROWS_A_PAGE = 50
MONEY_STAFF = (Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER)


@staff_required(*MONEY_STAFF)
@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """Every station's standard fee, and each shop's fee."""
    at = clock.now()
    shops = Shop.objects.select_related("station").order_by("station__code", "name", "pk")
    page = Paginator(shops, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "stations": queries.station_fees(at),
        "shops": queries.shop_fees(list(page.object_list), at),
        "page": page,
    }
    return render(request, "rates/cards.html", context)


@staff_required(*MONEY_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def station_card(request: HttpRequest, code: str) -> HttpResponse:
    """A station's standard fee: now, before, and a form for the next one."""
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise Http404
    return card_page(request, station=station)


@staff_required(*MONEY_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def shop_card(request: HttpRequest, slug: str) -> HttpResponse:
    """A shop's own fee: now, before, and a form for the next one."""
    shop = Shop.objects.select_related("station").filter(slug=slug).first()
    if shop is None:
        raise Http404
    return card_page(request, shop=shop)


def card_page(
    request: HttpRequest, *, shop: Shop | None = None, station: Station | None = None
) -> HttpResponse:
    """One card with its history, of fees or (`?kind=over_cap`) of extras beyond the cap; a POST
    agrees one."""
    owner, at, kind = shop or station, clock.now(), kind_asked(request)
    today = clock.local_day(at, owner.zone)
    tomorrow = today + dt.timedelta(days=1)
    form = FeeForm(request.POST or None, initial={"first_day": tomorrow})
    if kind == RateKind.OVER_CAP:
        form.fields["amount"].label = _("Extra for a package beyond the cap, in dollars")
    if request.method == "POST" and form.is_valid():
        try:
            rate, is_changed = actions.agree_rate(
                shop=shop, station=station, kind=kind, at=at, by=request.user, **form.terms()
            )
        except actions.FeeOutOfRange as no:
            form.add_error("amount", no.sentence)
        except Refusal as no:
            form.add_error("first_day", no.sentence)
        else:
            say_what_was_agreed(request, rate.amount_cents, is_changed)
            return redirect(request.get_full_path())
    card = queries.card_of(shop=shop, station=station)
    fee = queries.shop_fees([shop], at, kind)[0] if shop else queries.station_fee(station, at, kind)
    context = {
        "owner": owner,
        "shop": shop,
        "fee": fee,
        "rates": list(queries.rates_of(card, kind)) if card else [],
        "is_extra": kind == RateKind.OVER_CAP,
        "today": today,
        "form": form,
    }
    return render(request, "rates/card.html", context, status=422 if form.errors else 200)


def kind_asked(request: HttpRequest) -> str:
    """Which of a card's two histories the page is about."""
    is_extra = request.GET.get("kind") == RateKind.OVER_CAP
    return RateKind.OVER_CAP if is_extra else RateKind.DELIVERY


def say_what_was_agreed(request: HttpRequest, cents: int, is_changed: bool) -> None:
    """One sentence about what the form did."""
    if is_changed:
        messages.success(request, _("Agreed: %(fee)s a package.") % {"fee": as_dollars(cents)})
    else:
        messages.info(request, _("This fee was agreed already; nothing changed."))
