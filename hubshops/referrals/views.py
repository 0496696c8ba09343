"""An owner's link, what came of it, and where it leads."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.applications.access import REFERRAL
from hubshops.referrals import queries
from hubshops.referrals.actions import link_for
from hubshops.referrals.models import ReferralLink
from hubshops.shops.access import shop_owner
from kernel import clock


@shop_owner
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """The owner's link and QR code, what it may earn, and who came by it. Looking makes nothing:
    she asks for her link first."""
    at = clock.now()
    if request.method == "POST":
        link_for(shop=request.shop, user=request.user, at=at)
        return redirect("referrals:invite")
    link = queries.link_of(request.shop, request.user)
    path = reverse("referrals:came", args=[link.code]) if link else ""
    context = {
        "address": settings.PUBLIC_URL.rstrip("/") + path if path else "",
        "milestones": queries.milestones_on(clock.local_day(at, request.shop.zone)),
        "invited": queries.invited_by(link) if link else [],
        "inviter": queries.inviter_of(request.shop),
    }
    return render(request, "referrals/invite.html", context)


@login_not_required
@require_safe
def came(request: HttpRequest, code: str) -> HttpResponse:
    """Who was invited reads by whom; if she applies from this browser, we remember it."""
    link = ReferralLink.objects.select_related("shop").filter(code=code.lower()).first()
    if link is None:
        raise Http404
    request.session[REFERRAL] = link.code
    return render(request, "referrals/came.html", {"link": link})
