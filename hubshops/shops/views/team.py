"""A shop's people."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.shops import actions, queries
from hubshops.shops.access import key_of, link_of, shop_manager
from hubshops.shops.forms import InviteForm, JoinForm, LinkForm, PartForm
from hubshops.shops.models import MemberRole, Membership, Shop, TeamLink
from kernel import clock
from kernel.accounts.access import confirmed, confirmed_to_post
from kernel.limits import address_of, take_turn
from kernel.refusals import Refusal

JOINS_AN_HOUR = 20


@shop_manager
@confirmed_to_post
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest) -> HttpResponse:
    """Who works for the shop; invite one more."""
    form = InviteForm(request.POST or None, by=request.membership.role)
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
    context = {
        "form": form,
        "link_form": LinkForm(auto_id="link_%s"),
        "team": queries.team_of(request.shop),
        "links": queries.open_links_of(request.shop, clock.now()),
        "me": request.membership,
        "is_only_owner": is_last_owner(request.shop, request.membership),
    }
    return render(request, "shops/team.html", context, status=422 if form.errors else 200)


@shop_manager
@require_POST
@confirmed
def make_link(request: HttpRequest) -> HttpResponse:
    """Make an address by which one person may join."""
    form = LinkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what the person may do."))
        return redirect("shops:team")
    try:
        link = actions.make_team_link(
            shop=request.shop, at=clock.now(), by=request.user, **form.cleaned_data
        )
    except Refusal as no:
        messages.error(request, no.sentence)
        return redirect("shops:team")
    return redirect("shops:link", link.pk)


@shop_manager
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, link_id: int) -> HttpResponse:
    """An open link as a QR code and as words to send; it can be taken back."""
    at = clock.now()
    found = TeamLink.objects.working(at).filter(shop=request.shop, pk=link_id).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        actions.revoke_team_link(shop=request.shop, link_id=link_id, at=at, by=request.user)
        messages.success(request, _("The link does not work any more."))
        return redirect("shops:team")
    address = settings.PUBLIC_URL.rstrip("/") + reverse("shops:join", args=[key_of(found)])
    return render(request, "shops/link.html", {"link": found, "address": address})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, key: str) -> HttpResponse:
    """Who was given a link joins the team. Who is signed in joins as who she is."""
    found, at = link_of(key), clock.now()
    if found is None or not TeamLink.objects.working(at).filter(pk=found.pk).exists():
        return render(request, "shops/link_over.html", status=404)
    me = request.user if request.user.is_authenticated else None
    form = JoinForm(request.POST or None)
    if request.method == "POST" and (me or form.is_valid()):
        if not take_turn("join", address_of(request), most=JOINS_AN_HOUR, seconds=3600):
            return render(request, "shops/link_over.html", status=429)
        who = {"person": me} if me else form.cleaned_data
        try:
            actions.join_by_link(link_id=found.pk, at=at, **who)
        except Refusal as no:
            if me:
                messages.error(request, no.sentence)
                return redirect("home:start")
            form.add_error(None, no.sentence)
        else:
            return joined(request, found)
    context = {"form": form, "link": found, "me": me}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "shops/join.html", context, status=status)


def joined(request: HttpRequest, link: TeamLink) -> HttpResponse:
    """Where who joined goes on: to her shops, or to her letter."""
    if not request.user.is_authenticated:
        return redirect("shops:joined")
    words = _("You work with %(shop)s now.") % {"shop": link.shop}
    messages.success(request, words)
    return redirect("home:start")


@login_not_required
@require_safe
def look_at_mail(request: HttpRequest) -> HttpResponse:
    """What comes after joining: a letter."""
    return render(request, "shops/joined.html")


def member_of(request: HttpRequest, membership_id: int) -> Membership:
    """Somebody who works for the shop now; 404 when she does not."""
    member = next((one for one in queries.team_of(request.shop) if one.pk == membership_id), None)
    if member is None:
        raise Http404
    return member


@shop_manager
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Ask before a person is removed, and say what stays; then remove her."""
    member = member_of(request, membership_id)
    if request.method != "POST":
        context = {"member": member, "is_me": member.pk == request.membership.pk}
        context |= {"is_last_owner": is_last_owner(request.shop, member)}
        return render(request, "shops/leave.html", context)
    return end(request, member)


def is_last_owner(shop: Shop, member: Membership) -> bool:
    """Whether nobody else owns the shop: then she stays until another person is made owner."""
    owners = [one for one in queries.team_of(shop) if one.role == MemberRole.OWNER]
    return owners == [member]


@confirmed
def end(request: HttpRequest, member: Membership) -> HttpResponse:
    """Remove a person, once it was shown again who asks."""
    try:
        actions.end_membership(
            shop=request.shop, membership_id=member.pk, at=clock.now(), by=request.user
        )
    except Refusal as no:
        messages.error(request, no.sentence)
        return redirect("shops:team")
    messages.success(request, _("%(name)s no longer works for the shop.") % {"name": member.user})
    return redirect("shops:team" if member.pk != request.membership.pk else "home:start")


@shop_manager
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, membership_id: int) -> HttpResponse:
    """What a person may do for the shop."""
    member = member_of(request, membership_id)
    form = PartForm(request.POST or None, initial={"role": member.role})
    if request.method == "POST" and form.is_valid():
        return change_part(request, member, form.cleaned_data["role"])
    context = {"form": form, "member": member}
    return render(request, "shops/part.html", context, status=422 if form.errors else 200)


@confirmed
def change_part(request: HttpRequest, member: Membership, role: str) -> HttpResponse:
    """Change what a person may do, once it was shown again who asks."""
    try:
        actions.change_role(
            shop=request.shop, membership_id=member.pk, role=role, at=clock.now(), by=request.user
        )
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        words = _("%(name)s: this holds from now on.") % {"name": member.user}
        messages.success(request, words)
    return redirect("home:start" if member.pk == request.membership.pk else "shops:team")
