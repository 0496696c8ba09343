"""A shop's corrections: what was proposed, decided and set aside, and how to object."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.deliveries.models import Delivery
from hubshops.shops.access import shop_owner
from hubshops.shops.models import Shop
from kernel import clock
from kernel.refusals import Refusal
from payouts.adjustments import actions, queries
from payouts.adjustments.forms import AnswerForm, ObjectForm
from payouts.adjustments.models import Adjustment

ROWS_A_PAGE = 26


@shop_owner
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Everything that changed this shop's pay beside its deliveries, and what stands open."""
    shop: Shop = request.shop
    found = Paginator(queries.adjustments_of(shop), ROWS_A_PAGE)
    context = {
        "page": found.get_page(request.GET.get("page")),
        "disputes": queries.disputes_of(shop)[:ROWS_A_PAGE],
        "holds": queries.standing_holds(shop),
        "owed_cents": queries.owed_by(shop),
        "zone": shop.zone,
    }
    return render(request, "adjustments/mine.html", context)


@shop_owner
@require_http_methods(["GET", "HEAD", "POST"])
def adjustment(request: HttpRequest, adjustment_id: int) -> HttpResponse:
    """One correction: its reason and evidence; a box to answer while a deduction is open, and to
    object once it is booked."""
    shop: Shop = request.shop
    found = queries.adjustments_of(shop).filter(pk=adjustment_id).first()
    if found is None:
        raise Http404
    if found.is_open and found.is_deduction:
        return answer(request, found)
    deduction = queries.disputable_deduction(shop, adjustment_id, at=clock.now())
    if deduction is not None:
        return objection(request, deduction, adjustment=found)
    return render(request, "adjustments/one.html", {"adjustment": found, "zone": shop.zone})


def answer(request: HttpRequest, found: Adjustment) -> HttpResponse:
    """The shop's side of a proposed deduction."""
    form = AnswerForm(request.POST or None, initial={"text": found.answer})
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_deduction(
                adjustment_id=found.pk,
                shop=request.shop,
                by=request.user,
                text=form.cleaned_data["text"],
                at=clock.now(),
            )
            messages.success(request, _("Thank you. Your answer is with us."))
        except Refusal as no:
            messages.error(request, no.sentence)
        return redirect("adjustments:one", found.pk)
    context = {"adjustment": found, "form": form, "zone": request.shop.zone, "is_answer": True}
    return render(request, "adjustments/one.html", context, status=422 if form.errors else 200)


@shop_owner
@require_http_methods(["GET", "HEAD", "POST"])
def object_to_fee(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Object to what one delivery earned."""
    found = queries.disputable_delivery(request.shop, delivery_id, at=clock.now())
    if found is None:
        raise Http404
    return objection(request, found)


def objection(
    request: HttpRequest, about: Delivery | Adjustment, adjustment: Adjustment | None = None
) -> HttpResponse:
    """The form with which a shop objects."""
    usual = {"amount": f"{adjustment.size_cents / 100:.2f}"} if adjustment else None
    form = ObjectForm(request.POST or None, initial=usual)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_dispute(
                shop=request.shop,
                about=about,
                cents=form.cleaned_data["amount"],
                words=form.cleaned_data["words"],
                by=request.user,
                at=clock.now(),
            )
            messages.success(request, _("We look into it and answer within 30 days."))
            return redirect("adjustments:mine")
        except Refusal as no:
            form.add_error(None, no.sentence)
            status = 409
    elif request.method == "POST":
        status = 422
    context = {
        "adjustment": adjustment,
        "delivery": None if adjustment else about,
        "form": form,
        "zone": request.shop.zone,
    }
    template = "adjustments/one.html" if adjustment else "adjustments/object.html"
    return render(request, template, context, status=status)
