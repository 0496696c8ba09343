"""The counter: the drop with the driver, and the end of the day. Works without JavaScript."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hubshops.deliveries.actions import close_day
from hubshops.deliveries.queries import day_to_close, packages_of
from hubshops.deliveries.rules import Result
from hubshops.drops.actions import TooManyVans, open_handover, sign_as_taker, try_code
from hubshops.drops.models import Handover
from hubshops.drops.queries import driver_url
from hubshops.drops.rules import Count
from hubshops.shops.access import shop_member
from kernel import clock
from kernel.ids import new_id
from kernel.refusals import Refusal
from portal.counter import actions, queries
from portal.counter.forms import (
    NOT_HERE,
    CloseForm,
    PiecesForm,
    ReturnsForm,
    SignForm,
    marks,
    ticked,
)


@shop_member
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: HttpRequest) -> HttpResponse:
    """Today's hand-over: the code for the driver, the pieces, the returns, both signatures."""
    at = clock.now()
    today = clock.local_day(at, request.shop.zone)
    is_next = request.POST.get("do") == "next"
    try:
        handover = open_handover(shop=request.shop, service_day=today, at=at, is_next=is_next)
    except TooManyVans as no:
        messages.error(request, no.sentence)
        return redirect("counter:drop")
    sign = SignForm(request.POST if request.POST.get("do") == "sign" else None)
    if request.method == "POST":
        answer = STEPS.get(request.POST.get("do", ""), stay)(request, handover, sign, at)
        if answer is not None:
            return answer
    page = queries.drop_page(request.shop, handover)
    if not sign.is_bound:
        sign = SignForm(
            initial={
                "count_id": new_id(),
                "packages": page.counted.packages,
                "returns": page.counted.returns,
            }
        )
    context = {
        "page": page,
        "handover": handover,
        "zone": request.shop.zone,
        "url": driver_url(handover),
        "act_id": new_id(),
        "not_here": [(mark.value, words) for mark, words in NOT_HERE.items()],
        "pieces": PiecesForm(initial={"act_id": new_id()}),
        "form": sign,
    }
    return render(request, "counter/drop.html", context, status=422 if sign.errors else 200)


def stay(
    request: HttpRequest, handover: Handover, sign: SignForm, at: dt.datetime
) -> HttpResponse | None:
    """The next van, or a button we don't know: show what there is."""
    return redirect("counter:drop")


def count_pieces(
    request: HttpRequest, handover: Handover, sign: SignForm, at: dt.datetime
) -> HttpResponse | None:
    """Count in what is here, and keep what is said of the rest."""
    form = PiecesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Some of this can't be read. Nothing was saved."))
        return redirect("counter:drop")
    marked = marks(request.POST)
    packages = packages_of(request.shop, list(marked))
    receipts, answers = actions.count_in(
        shop=request.shop,
        by=request.user,
        handover=handover,
        form_id=form.cleaned_data["act_id"],
        marked={one: marked[one.id] for one in packages},
        over=form.more(),
        at=at,
    )
    well = sum(one.result != Result.REFUSED for one in receipts)
    if well:
        words = ngettext("%(count)s package counted in.", "%(count)s packages counted in.", well)
        messages.success(request, words % {"count": well})
    kept = sum(one.result != "refused" for one in answers)
    if kept:
        words = ngettext("%(count)s remark kept.", "%(count)s remarks kept.", kept)
        messages.success(request, words % {"count": kept})
    complain(request, [one.message for one in receipts if one.result == Result.REFUSED])
    complain(request, [one.message for one in answers if one.result == "refused"])
    return redirect("counter:drop")


def complain(request: HttpRequest, sentences: list[str]) -> None:
    """Each thing that was refused, once."""
    for sentence in dict.fromkeys(sentences):
        messages.error(request, sentence)


def give_returns(
    request: HttpRequest, handover: Handover, sign: SignForm, at: dt.datetime
) -> HttpResponse | None:
    """Hand the ticked returns to the driver."""
    form = ReturnsForm(request.POST)
    packages = packages_of(request.shop, ticked(request.POST))
    if not form.is_valid() or not packages:
        messages.error(request, _("Tick what you give to the driver."))
        return redirect("counter:drop")
    receipts = actions.act_on(
        shop=request.shop,
        by=request.user,
        form_id=form.cleaned_data["act_id"],
        act="return",
        packages=packages,
        at=at,
    )
    well = sum(one.result != Result.REFUSED for one in receipts)
    words = ngettext("%(count)s return given back.", "%(count)s returns given back.", well)
    if well:
        messages.success(request, words % {"count": well})
    complain(request, [one.message for one in receipts if one.result == Result.REFUSED])
    return redirect("counter:drop")


def sign_drop(
    request: HttpRequest, handover: Handover, sign: SignForm, at: dt.datetime
) -> HttpResponse | None:
    """The shop's signature; a wrong code is said before anything is signed."""
    if not sign.is_valid():
        return None
    code = sign.cleaned_data["code"]
    if code and (no := try_code(shop=request.shop, handover_id=handover.pk, code=code)):
        sign.add_error("code", no)
        return None
    count = Count(
        id=sign.cleaned_data["count_id"],
        day=handover.service_day,
        number=handover.number,
        counted_at=at,
        counts=sign.counts(),
        code=code,
        driver_said=sign.told(),
    )
    try:
        signed = sign_as_taker(shop=request.shop, by=request.user, count=count, at=at)
    except TooManyVans as no:
        messages.error(request, no.sentence)
        return redirect("counter:drop")
    tell = messages.error if signed.result == "refused" else messages.success
    tell(request, signed.message)
    return redirect("drops:receipt", signed.handover.pk)


STEPS: dict[str, Any] = {"count": count_pieces, "return": give_returns, "sign": sign_drop}


@shop_member
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """The end of a day: received = delivered + returned + on hand + missing, each number with its
    packages, and the button; a day before that nobody closed comes first."""
    at = clock.now()
    today = clock.local_day(at, request.shop.zone)
    first = day_to_close(request.shop, today)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["day"]
        try:
            closed = close_day(
                shop=request.shop,
                by=request.user,
                close_id=form.cleaned_data["close_id"],
                day=day,
                closed_at=at,
                at=at,
            )
        except Refusal as no:
            messages.error(request, no.sentence)
        else:
            messages.success(request, closed.message)
            return redirect(f"{request.path}?day={day}")
    day = asked_day(request.GET.get("day", ""), today) or first
    context = {
        "page": queries.close_page(request.shop, day, at),
        "day": day,
        "today": today,
        "today_text": today.isoformat(),
        "first": first,
        "close_id": new_id(),
        "zone": request.shop.zone,
    }
    return render(request, "counter/close.html", context)


def asked_day(text: str, today: dt.date) -> dt.date | None:
    """The day in an address, when it is one that has begun."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and day <= today else None
