"""A shop's money: what it earned, what is owed, what was paid, and the paper for it."""

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hubshops.shops.access import shop_owner
from hubshops.shops.models import Shop
from kernel import clock
from kernel.money import as_dollars
from payouts.adjustments.rules import is_in_time
from payouts.ledger.queries import other_lines_of_day
from payouts.payruns.models import TransferStatus
from payouts.providers.queries import account_of
from payouts.statements import documents, queries, rules
from payouts.statements.queries.papers import UnknownStatement

DAYS_SHOWN = 28
ROWS_A_PAGE = 26

# A payment's status as its shop reads it: icon and tone beside the words.
LOOKS = {
    TransferStatus.READY: ("clock", "info"),
    TransferStatus.SENDING: ("send", "info"),
    TransferStatus.UNKNOWN: ("send", "info"),
    TransferStatus.ON_HOLD: ("circle-pause", "warn"),
    TransferStatus.SENT: ("send", "info"),
    TransferStatus.SETTLED: ("circle-check", "good"),
    TransferStatus.FAILED: ("circle-alert", "bad"),
}


@require_safe
@shop_owner
def earnings(request: HttpRequest) -> HttpResponse:
    """What comes next and what it is made of, four weeks by day, every payment."""
    shop: Shop = request.shop
    today = clock.local_day(clock.now(), shop.zone)
    days = queries.earned_days(shop, first=today - dt.timedelta(days=DAYS_SHOWN - 1), last=today)
    payouts = [payout_row(row, shop.zone) for row in queries.payouts_of(shop)]
    upcoming = queries.next_payout(shop, today=today)
    worked = [day for day in reversed(days) if day.packages or day.cents]
    context = {
        "today": today,
        "next": upcoming,
        "series": [(date_format(day.day, "M j"), day.cents, as_dollars(day.cents)) for day in days],
        "days": worked,
        "days_cents": rules.total(worked),
        "days_packages": sum(day.packages for day in worked),
        "payouts": payouts,
        "account": account_of(shop),
        "is_new": not (worked or payouts or upcoming.total_cents or upcoming.waiting_packages),
    }
    return render(request, "statements/earnings.html", context)


def payout_row(row: dict[str, Any], zone: str) -> dict[str, Any]:
    """One payment with its status in words, an icon and a tone."""
    icon, tone = LOOKS[row["status"]]
    error = row["error"] if row["status"] == TransferStatus.FAILED else ""
    words = payout_words(row, zone)
    return row | {"words": words, "icon": icon, "tone": tone, "error": error}


def payout_words(row: dict[str, Any], zone: str) -> str:
    """Where a payment is, in a sentence's words."""
    status = row["status"]
    if status in {TransferStatus.SENT, TransferStatus.SETTLED} and row["gateway"] == "stripe":
        return _("At Stripe since %(day)s; it goes on to your bank by itself") % {
            "day": on_day(row["sent_at"], zone)
        }
    if status == TransferStatus.ON_HOLD:
        return _("Waiting: Stripe cannot pay you now. “Get paid” says why")
    if status == TransferStatus.SETTLED:
        return _("Paid on %(day)s") % {"day": on_day(row["settled_at"], zone)}
    if status == TransferStatus.SENT:
        return _("Sent to the bank on %(day)s") % {"day": on_day(row["sent_at"], zone)}
    if status == TransferStatus.FAILED:
        return _("Did not go through; it joins your next payout")
    return _("Approved, on its way to the bank")


def on_day(moment: dt.datetime, zone: str) -> str:
    """The local day of a moment: “Fri Nov 20”."""
    return date_format(clock.local_day(moment, zone), "D M j")


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


@require_safe
@shop_owner
def statement_list(request: HttpRequest) -> HttpResponse:
    """A shop's statements, the newest first."""
    found = Paginator(queries.statements_of(request.shop), ROWS_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    return render(request, "statements/list.html", {"page": page})


@require_safe
@shop_owner
def statement_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """One statement of this shop as PDF or CSV."""
    try:
        statement = queries.get_statement(number, shop=request.shop)
    except UnknownStatement as no:
        raise Http404 from no
    content, content_type, name = documents.statement_file(queries.paper_of(statement), kind)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
