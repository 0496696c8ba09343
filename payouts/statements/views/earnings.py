"""What a shop earned and what comes next."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.shops.access import shop_owner
from hubshops.shops.models import Shop
from kernel import clock
from kernel.money import as_dollars
from payouts.adjustments.queries import owed_by
from payouts.adjustments.rules import RECOVERY_PERCENT, is_in_time
from payouts.ledger.queries import other_lines_of_day
from payouts.providers.queries import account_of
from payouts.statements import actions, queries, rules
from payouts.statements.forms import OwnCostsForm
from payouts.statements.views.words import payout_row

DAYS_SHOWN = 28


@require_safe
@shop_owner
def earnings(request: HttpRequest) -> HttpResponse:
    """What comes next, when, and what it is made of; four weeks by day; every payment."""
    shop: Shop = request.shop
    today = clock.local_day(clock.now(), shop.zone)
    days = queries.earned_days(shop, first=today - dt.timedelta(days=DAYS_SHOWN - 1), last=today)
    payouts = [payout_row(row, shop.zone) for row in queries.payouts_of(shop)]
    upcoming = queries.next_payout(shop, today=today)
    worked = [day for day in reversed(days) if day.packages or day.cents]
    over = [day for day in days if day.day < today]
    costs = queries.own_costs_of(shop)
    hourly = queries.hourly_of(costs, over)
    context = {
        "today": today,
        "next": upcoming,
        "ahead": queries.upcoming_of(shop, today=today, total_cents=upcoming.total_cents),
        "below_cents": -upcoming.total_cents,
        "owed_cents": owed_by(shop),
        "recovery_percent": RECOVERY_PERCENT,
        "week": queries.week_ahead(shop, today=today, days=over),
        "costs": costs,
        "hourly": hourly,
        "minus_costs_cents": -hourly.costs_cents if hourly else 0,
        "series": [(date_format(day.day, "M j"), day.cents, as_dollars(day.cents)) for day in days],
        "days": worked,
        "days_cents": rules.total(worked),
        "days_packages": sum(day.packages for day in worked),
        "payouts": payouts,
        "account": account_of(shop),
        "is_new": not (worked or payouts or upcoming.total_cents or upcoming.waiting_packages),
    }
    return render(request, "statements/earnings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@shop_owner
def costs(request: HttpRequest) -> HttpResponse:
    """What the owner's day takes and costs, so that she sees what an hour brings. For her alone."""
    shop: Shop = request.shop
    known = queries.own_costs_of(shop)
    if request.POST.get("do") == "forget":
        actions.forget_own_costs(shop=shop)
        messages.success(request, _("Forgotten."))
        return redirect("statements:earnings")
    form = OwnCostsForm(request.POST or None, initial=told(known))
    if request.method == "POST" and form.is_valid():
        actions.keep_own_costs(shop=shop, **form.cleaned_data)
        messages.success(request, _("Kept. Only you see it."))
        return redirect(reverse("statements:earnings") + "#hour")
    status = 422 if form.is_bound else 200
    context = {"form": form, "is_known": known is not None}
    return render(request, "statements/costs.html", context, status=status)


def told(known: Any) -> dict[str, Any]:
    """What the owner said before, for the form."""
    names = ("minutes_a_day", "miles_a_day", "cents_a_mile")
    return {name: getattr(known, name) for name in names} if known else {}


PACKAGES = {"fee": 1, "reversal": -1}  # how many packages a line counts; an extra counts none


@require_safe
@shop_owner
def day(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Every fee and correction of one day, with the rate and where its money went."""
    shop: Shop = request.shop
    if not 2000 <= day.year < 2200:
        raise Http404
    lines = queries.day_lines(shop, day)
    others = other_lines_of_day(shop_id=shop.pk, day=day)
    today = clock.local_day(clock.now(), shop.zone)
    lines_cents = sum(line["amount_cents"] for line in lines)
    for line in lines:
        line["may_object"] = line["kind"] == "fee" and is_in_time(line["delivered_on"], today)
    context = {
        "day": day,
        "lines": lines,
        "others": others,
        "waiting": queries.waiting_lines(shop, day),
        "lines_cents": lines_cents,
        "cents": lines_cents + sum(one["cents"] for one in others),
        "packages": sum(PACKAGES.get(line["kind"], 0) for line in lines),
        "is_provisional": day >= today,
        "before_url": day_url(day - dt.timedelta(days=1)),
        "after_url": day_url(day + dt.timedelta(days=1)) if day < today else "",
    }
    return render(request, "statements/day.html", context)


def day_url(day: dt.date) -> str:
    """The page of one day's earnings."""
    return reverse("statements:day", args=[day])
