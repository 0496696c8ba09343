"""A shop's fees: what holds, what is to come and what that means for it, and what each package of
a day pays."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.shops.access import shop_owner
from hubshops.shops.models import Shop
from kernel import clock
from kernel.refusals import Refusal
from payouts.rates import actions, queries
from payouts.rates.forms import AnswerForm
from payouts.rates.models import AnswerKind, ChangeStatus, RateEffect, RateKind
from payouts.rates.rules import Line

ANSWERED = {
    AnswerKind.ACCEPTED: gettext_lazy("You accept the new card."),
    AnswerKind.PAUSES: gettext_lazy("You pause from that day. It costs nothing."),
    AnswerKind.LEAVES: gettext_lazy("You leave from that day. It costs nothing."),
}


@require_safe
@shop_owner
def mine(request: HttpRequest) -> HttpResponse:
    """What each package pays this shop, line by line, and the cards it was told of."""
    shop: Shop = request.shop
    today = clock.local_day(clock.now(), shop.zone)
    context = {
        "lines": [worded(one) for one in queries.lines_of_shop(shop, today)],
        "effects": [told_row(one, today) for one in queries.changes_for_shop(shop)[:20]],
        "today": today,
    }
    return render(request, "rates/mine.html", context)


def worded(line: Line) -> dict[str, Any]:
    """A line with its words and, for busy days, the last of them."""
    last = line.end_on - dt.timedelta(days=1) if line.end_on else None
    return {"line": line, "words": queries.words_of(line), "last": last}


def told_row(effect: RateEffect, today: dt.date) -> dict[str, Any]:
    """A change a shop was told of, with where it is in words, an icon and a tone."""
    change = effect.change
    if change.status == ChangeStatus.WITHDRAWN:
        words, icon, tone = _("Withdrawn: nothing changed"), "circle-x", ""
    elif change.effective_on <= today:
        words, icon, tone = _("Holds"), "circle-check", "good"
    else:
        words, icon, tone = _("To come"), "clock", "info"
    return {"effect": effect, "change": change, "words": words, "icon": icon, "tone": tone}


@shop_owner
@require_http_methods(["GET", "HEAD", "POST"])
def mine_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """One new card: its effect on this shop's own last twelve weeks, and the answer."""
    shop: Shop = request.shop
    effect = queries.effect_for(shop, change_id)
    if effect is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data["answer"]
        try:
            actions.answer_change(
                change=effect.change, shop=shop, answer=answer, at=clock.now(), by=request.user
            )
            messages.success(request, ANSWERED[AnswerKind(answer)])
            return redirect("rates:mine_change", change_id)
        except Refusal as no:
            refusal, status = no.sentence, 409
    elif request.method == "POST":
        refusal, status = _("Choose an answer."), 422
    return render(
        request, "rates/mine_change.html", change_context(effect, shop, refusal), status=status
    )


def change_context(effect: RateEffect, shop: Shop, refusal: str) -> dict[str, Any]:
    """What the page of one change says to one shop."""
    today = clock.local_day(clock.now(), shop.zone)
    change = effect.change
    first, end = queries.window(change.published_on)
    answer = queries.answer_of(change, shop)
    return told_row(effect, today) | {
        "refusal": refusal,
        "differences": [
            worded(one.line) | {"was": one.was, "becomes": one.becomes}
            for one in queries.differences_for(change, shop)
        ],
        "window": (first, end - dt.timedelta(days=1)),
        "answer": answer,
        "answer_words": ANSWERED[AnswerKind(answer.answer)] if answer else "",
        "may_answer": change.status != ChangeStatus.WITHDRAWN and change.effective_on > today,
        "is_approved": change.status == ChangeStatus.APPROVED,
        "more_cents": abs(effect.difference_cents),
        "weekly_cents": abs(effect.difference_cents) // queries.WEEKS,
    }


@require_safe
@shop_owner
def day(request: HttpRequest, day: dt.date) -> HttpResponse:
    """What each package on the list of a day pays once it is delivered, and why."""
    pay = queries.pay_of_day(request.shop, day)
    groups = [
        {
            "cents": cents,
            "parts": [worded(one) for one in some[0].parts],
            "pays": [pay_row(one) for one in some],
        }
        for cents, some in pay.groups
    ]
    context = {
        "day": day,
        "pay": pay,
        "groups": groups,
        "weekly": [worded(one) for one in pay.weekly],
        "has_minimum": any(one.kind == RateKind.MINIMUM for one in pay.weekly),
    }
    return render(request, "rates/day.html", context)


def pay_row(pay: queries.Pay) -> dict[str, Any]:
    """One package's pay with its lines in words."""
    return {
        "pay": pay,
        "package": pay.package,
        "parts": [worded(one) for one in pay.parts],
        "others": [worded(one) for one in pay.others],
    }
