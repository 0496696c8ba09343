"""Who runs a shop's day answers, and says whether she wants to be asked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hubshops.assignment import actions
from hubshops.assignment.models import OverflowOffer
from hubshops.shops.access import shop_manager
from hubshops.shops.actions import let_us_ask, long_day
from kernel import clock
from kernel.refusals import Refusal
from portal.overflow.forms import AnswerForm


@shop_manager
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """Yes or no to what the station asks; the question itself stands on the day's page."""
    form = AnswerForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("home:today")
    chosen = form.cleaned_data
    try:
        offer = actions.answer_overflow(
            shop=request.shop,
            offer_id=chosen["offer"],
            is_yes=chosen["answer"] == "yes",
            at=clock.now(),
            by=request.user,
        )
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, thanks(offer, is_yes=chosen["answer"] == "yes"))
    return redirect("home:today")


def thanks(offer: OverflowOffer, *, is_yes: bool) -> str:
    """What the answer means."""
    if not is_yes:
        return _("Your cap stays as it is. Thank you for answering.")
    words = ngettext(
        "Thank you. You may get up to %(count)s more package on %(day)s.",
        "Thank you. You may get up to %(count)s more packages on %(day)s.",
        offer.extra,
    )
    return words % {"count": offer.extra, "day": long_day(offer.service_day)}


@shop_manager
@require_http_methods(["GET", "HEAD", "POST"])
def may_ask(request: HttpRequest) -> HttpResponse:
    """Whether the station may ask."""
    if request.method == "POST":
        wish = request.POST.get("may_ask") == "1"
        let_us_ask(shop=request.shop, may_ask=wish, at=clock.now(), by=request.user)
        if wish:
            words = _("We may ask you to take more than your cap. You can always say no.")
        else:
            words = _("We will not ask you to take more than your cap.")
        messages.success(request, words)
    return redirect("calendar:days_off")
