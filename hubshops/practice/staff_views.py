"""Staff let a shop go live without a practice day, and lift a new shop's limit."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.practice import actions, queries
from hubshops.practice.forms import LetGoLiveForm
from hubshops.shops.actions import lift_ramp
from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.access import has_role, staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal


@staff_required(Role.REVIEWER, Role.SUPPORT)
@require_safe
def getting_ready(request: HttpRequest) -> HttpResponse:
    """The shops that get ready, how far each is, and new ones on their way to their cap."""
    context = {
        "rows": queries.shops_getting_ready(),
        "growing": queries.growing_shops(),
        "is_admin": has_role(request.user, Role.ADMIN),
    }
    return render(request, "practice/getting_ready.html", context)


@staff_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def let_go_live(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a shop live without practice or papers, for a written reason."""
    shop = found(slug)
    form = LetGoLiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.let_go_live(shop=shop, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as no:
            form.add_error(None, no.sentence)
        else:
            messages.success(request, _("%(shop)s is live.") % {"shop": shop.name})
            return redirect("practice:getting_ready")
    context = {"shop": shop, "form": form, "missing": queries.missing_papers(shop)}
    code = 422 if form.errors else 200
    return render(request, "practice/let_go_live.html", context, status=code)


@staff_required(Role.ADMIN)
@require_POST
def lift(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a new shop have all it agreed to."""
    shop = found(slug)
    if lift_ramp(shop=shop, by=request.user, at=clock.now()):
        words = _("%(shop)s gets up to %(cap)s packages a day from the next plan on.")
        messages.success(request, words % {"shop": shop.name, "cap": shop.daily_cap})
    return redirect("practice:getting_ready")


def found(slug: str) -> Shop:
    """The shop of an address, or no such page."""
    shop = Shop.objects.select_related("station").filter(slug=slug).first()
    if shop is None:
        raise Http404
    return shop
