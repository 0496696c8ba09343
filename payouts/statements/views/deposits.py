"""One deposit down to its packages, and one package down to its photo and its rate."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hubshops.shops.access import shop_owner
from hubshops.shops.models import Shop
from kernel import clock
from payouts.adjustments.rules import is_in_time
from payouts.payruns.models import TransferStatus
from payouts.statements import queries
from payouts.statements.queries.deposits import Deposit
from payouts.statements.views.words import look_of, payout_words

LINES_A_PAGE = 100


@require_safe
@shop_owner
def deposit(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """What one payment was for: every package with its photo, its rate and its amount."""
    shop: Shop = request.shop
    found = queries.deposit_of(shop, transfer_id)
    if found is None:
        raise Http404
    page = Paginator(found.lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = queries.with_photos(page.object_list)
    context = {"deposit": found, "page": page, **facts_of(found, shop)}
    return render(request, "statements/deposit.html", context)


def facts_of(found: Deposit, shop: Shop) -> dict[str, Any]:
    """Where the payment is, with the statement that says why it differs from the days earned."""
    transfer = found.transfer
    sent = {"status": transfer.status, "gateway": transfer.gateway}
    moments = {"sent_at": transfer.sent_at, "settled_at": transfer.settled_at}
    icon, tone = look_of(transfer.status)
    return {
        "words": payout_words(sent | moments, shop.zone),
        "back": queries.back_of(transfer),
        "icon": icon,
        "tone": tone,
        "is_failed": transfer.status == TransferStatus.FAILED,
        "statement": getattr(transfer, "statement", None),
    }


@require_safe
@shop_owner
def package(request: HttpRequest, package_id: int) -> HttpResponse:
    """What one package brought: its photo, the rule that priced it, and where its money is."""
    shop: Shop = request.shop
    found = queries.package_money(shop, package_id)
    if found is None:
        raise Http404
    today = clock.local_day(clock.now(), shop.zone)
    for line in found.lines:
        line["may_object"] = line["kind"] == "fee" and is_in_time(line["delivered_on"], today)
    photos = {line["photo"].pk: line["photo"] for line in found.lines if line["photo"]}
    title = _("Package …%(tail)s") % {"tail": found.package.tracking_id[-4:]}
    context = {"found": found, "lines": found.lines, "photos": photos.values(), "title": title}
    return render(request, "statements/package.html", context)
