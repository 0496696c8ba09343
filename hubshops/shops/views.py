"""A shop's people."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hubshops.shops import actions, queries
from hubshops.shops.access import shop_owner
from hubshops.shops.forms import InviteForm
from hubshops.shops.models import Membership
from kernel import clock
from kernel.accounts.access import confirmed, confirmed_to_post
from kernel.refusals import Refusal


@shop_owner
@confirmed_to_post
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest) -> HttpResponse:
    """Who works for the shop; invite one more."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite_helper(
                shop=request.shop, at=clock.now(), by=request.user, **form.cleaned_data
            )
        except Refusal as no:
            form.add_error("email", no.sentence)
        else:
            words = _("%(name)s can work with you now. A letter is on its way to %(email)s.")
            messages.success(request, words % form.cleaned_data)
            return redirect("shops:team")
    context = {"form": form, "team": queries.team_of(request.shop), "me": request.membership}
    return render(request, "shops/team.html", context, status=422 if form.errors else 200)


@shop_owner
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Ask before a person is removed, and say what stays; then remove her."""
    member = next((one for one in queries.team_of(request.shop) if one.pk == membership_id), None)
    if member is None:
        raise Http404
    if request.method != "POST":
        context = {"member": member, "is_me": member.pk == request.membership.pk}
        return render(request, "shops/leave.html", context)
    return end(request, member)


@confirmed
def end(request: HttpRequest, member: Membership) -> HttpResponse:
    """Remove a person, once the owner showed again who she is."""
    try:
        actions.end_membership(
            shop=request.shop, membership_id=member.pk, at=clock.now(), by=request.user
        )
    except Refusal as no:
        messages.error(request, no.sentence)
        return redirect("shops:team")
    messages.success(request, _("%(name)s no longer works for the shop.") % {"name": member.user})
    return redirect("shops:team" if member.pk != request.membership.pk else "home")
