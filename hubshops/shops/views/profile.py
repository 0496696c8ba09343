"""What a shop says of itself, a section at a time."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.shops import actions, queries
from hubshops.shops.access import shop_manager, shop_member, shop_owner
from hubshops.shops.forms import SECTIONS, NameForm
from kernel import clock
from kernel.refusals import Refusal


@shop_member
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Everything we know of the shop, with the ways to change it."""
    context = {
        "shop": request.shop,
        "change": queries.waiting_change_of(request.shop),
        "may_change": request.membership.runs_the_day,
        "is_owner": request.membership.role == "owner",
    }
    return render(request, "shops/profile.html", context)


@shop_manager
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, section: str) -> HttpResponse:
    """Change one section; it holds at once."""
    if section not in SECTIONS:
        raise Http404
    title, form_class = SECTIONS[section]
    form = form_class(request.POST or None, initial=form_class.initial_of(request.shop))
    if request.method == "POST" and form.is_valid():
        changed = actions.save_profile(
            shop=request.shop, facts=form.facts(), at=clock.now(), by=request.user
        )
        if changed:
            messages.success(request, _("Saved. It holds from now on."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("shops:profile")
    context = {"form": form, "title": title}
    return render(request, "shops/section.html", context, status=422 if form.errors else 200)


@shop_owner
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest) -> HttpResponse:
    """Ask for another name or address. Staff look at it first, and the page says so."""
    form = NameForm(request.POST or None, initial=NameForm.initial_of(request.shop))
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_facts_change(
                shop=request.shop, facts=form.cleaned_data, at=clock.now(), by=request.user
            )
        except Refusal as no:
            form.add_error(None, no.sentence)
        else:
            words = _("Sent. What we have now stays until we have looked at it.")
            messages.success(request, words)
            return redirect("shops:profile")
    return render(request, "shops/name.html", {"form": form}, status=422 if form.errors else 200)


@shop_owner
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Take back what was asked for."""
    change = queries.waiting_change_of(request.shop)
    try:
        if change is None:
            raise actions.ChangeIsDecided
        actions.withdraw_facts_change(change_id=change.pk, at=clock.now(), by=request.user)
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, _("Taken back. Everything stays as it is."))
    return redirect("shops:profile")
