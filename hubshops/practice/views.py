"""The pages of a practice day. They look like the door and touch nothing real."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hubshops.practice import actions, queries, rules
from hubshops.practice.forms import CloseForm, CountInForm, DoorForm
from hubshops.shops.access import shop_member
from kernel import clock
from kernel.refusals import Refusal


@shop_member
@require_safe
def practice(request: HttpRequest) -> HttpResponse:
    """What comes next on the practice day; how it begins, or how it went."""
    found = queries.practice_of(request.shop)
    context = {
        "practice": found,
        "step": found.step if found else "",
        "packages": rules.PACKAGES,
        "form": CloseForm(),
        "has_to_sign": queries.has_to_sign_first(request.shop),
        "missing": queries.missing_papers(request.shop),
    }
    return render(request, "practice/practice.html", context)


def told(request: HttpRequest, act: Callable[[], object]) -> HttpResponse:
    """Do one step, or say why not; the page shows what comes next either way."""
    try:
        act()
    except Refusal as no:
        messages.warning(request, no.sentence)
    return redirect("practice:practice")


@shop_member
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin, or begin again."""
    return told(
        request,
        lambda: actions.start_practice(shop=request.shop, by=request.user, at=clock.now()),
    )


@shop_member
@require_POST
def count_in(request: HttpRequest) -> HttpResponse:
    """The van came."""
    form = CountInForm(request.POST)
    if not form.is_valid():
        return redirect("practice:practice")
    damaged = form.cleaned_data["damaged"]
    return told(
        request, lambda: actions.count_in(shop=request.shop, damaged=damaged, at=clock.now())
    )


@shop_member
@require_POST
def door(request: HttpRequest) -> HttpResponse:
    """What happened at a door."""
    form = DoorForm(request.POST)
    if not form.is_valid():
        return redirect("practice:practice")
    return told(
        request,
        lambda: actions.tell_door(shop=request.shop, at=clock.now(), **form.cleaned_data),
    )


@shop_member
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """The day is over: a shop that was getting ready is live."""
    form = CloseForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Write how many packages are still with you, as a number."))
        return redirect("practice:practice")
    still_here = form.cleaned_data["still_here"]
    return told(
        request,
        lambda: actions.close_practice(
            shop=request.shop, still_here=still_here, by=request.user, at=clock.now()
        ),
    )
