"""Staff look at fees, agree better ones, and change whole cards."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.rates import access, actions, queries
from payouts.rates.forms import CardForm, FeeForm
from payouts.rates.models import ChangeStatus, RateChange, RateKind

ROWS_A_PAGE = 50
MONEY_STAFF = (Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER)

# A change's status as staff and shops read it: icon and tone beside the words.
LOOKS = {
    ChangeStatus.DRAFT: (gettext_lazy("Draft"), "pencil", "info"),
    ChangeStatus.PUBLISHED: (gettext_lazy("Published"), "megaphone", "warn"),
    ChangeStatus.APPROVED: (gettext_lazy("Approved"), "circle-check", "good"),
    ChangeStatus.WITHDRAWN: (gettext_lazy("Withdrawn"), "circle-x", ""),
}


@staff_required(*MONEY_STAFF)
@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """Every station's standard fee, and each shop's fee."""
    at = clock.now()
    shops = Shop.objects.select_related("station").order_by("station__code", "name", "pk")
    page = Paginator(shops, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "stations": queries.station_fees(at),
        "shops": queries.shop_fees(list(page.object_list), at),
        "page": page,
        "changes": [change_row(one) for one in queries.changes_under_way()],
    }
    return render(request, "rates/cards.html", context)


@staff_required(*MONEY_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def station_card(request: HttpRequest, code: str) -> HttpResponse:
    """A station's standard fee: now, before, and a form for the next one."""
    return card_page(request, station=station_or_404(code))


@staff_required(*MONEY_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def shop_card(request: HttpRequest, slug: str) -> HttpResponse:
    """A shop's own fee: now, before, and a form for the next one."""
    return card_page(request, shop=shop_or_404(slug))


def station_or_404(code: str) -> Station:
    """The station with this code, or no page."""
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise Http404
    return station


def shop_or_404(slug: str) -> Shop:
    """The shop with this slug, or no page."""
    shop = Shop.objects.select_related("station").filter(slug=slug).first()
    if shop is None:
        raise Http404
    return shop


def card_page(
    request: HttpRequest, *, shop: Shop | None = None, station: Station | None = None
) -> HttpResponse:
    """One card with its history, of fees or (`?kind=over_cap`) of extras beyond the cap; a POST
    agrees one."""
    owner, at, kind = shop or station, clock.now(), kind_asked(request)
    today = clock.local_day(at, owner.zone)
    tomorrow = today + dt.timedelta(days=1)
    form = FeeForm(request.POST or None, initial={"first_day": tomorrow})
    if kind == RateKind.OVER_CAP:
        form.fields["amount"].label = _("Extra for a package beyond the cap, in dollars")
    if request.method == "POST" and form.is_valid():
        try:
            agreed, is_changed = actions.propose_fee(
                shop=shop, station=station, kind=kind, at=at, by=request.user, **form.terms()
            )
        except (actions.FeeOutOfRange, actions.FeeWouldFall, actions.NoCard) as no:
            form.add_error("amount", no.sentence)
        except actions.SayWhyMore as no:
            form.add_error("reason", no.sentence)
        except Refusal as no:
            form.add_error("first_day", no.sentence)
        else:
            if isinstance(agreed, RateChange):
                words = _("Published. It holds from its first day once another person approved it.")
                messages.success(request, words)
                return redirect("rates:change", agreed.pk)
            say_what_was_agreed(request, agreed.amount_cents, is_changed)
            return redirect(request.get_full_path())
    card = queries.card_of(shop=shop, station=station)
    fee = queries.shop_fees([shop], at, kind)[0] if shop else queries.station_fee(station, at, kind)
    lines = queries.lines_in_force(card, today)
    context = {
        "owner": owner,
        "shop": shop,
        "fee": fee,
        "rates": list(queries.rates_of(card, kind)) if card else [],
        "lines": [worded(one) for one in lines],
        "has_more_lines": len(lines) > 1,
        "is_extra": kind == RateKind.OVER_CAP,
        "today": today,
        "form": form,
        "new_url": new_url(shop=shop, station=station),
        "open_change": queries.open_change_of(card) if card else None,
        "may_draft": access.may_draft(request.user),
    }
    return render(request, "rates/card.html", context, status=422 if form.errors else 200)


def new_url(*, shop: Shop | None, station: Station | None) -> str:
    """Where a new version of a card is written."""
    if shop:
        return reverse("rates:shop_new", args=[shop.slug])
    return reverse("rates:station_new", args=[station.code])


def worded(line: Any) -> dict[str, Any]:
    """A line with its words."""
    return {"line": line, "words": queries.words_of(line), "cents": line.amount_cents}


def kind_asked(request: HttpRequest) -> str:
    """Which of a card's two histories the page is about."""
    is_extra = request.GET.get("kind") == RateKind.OVER_CAP
    return RateKind.OVER_CAP if is_extra else RateKind.DELIVERY


def say_what_was_agreed(request: HttpRequest, cents: int, is_changed: bool) -> None:
    """One sentence about what the form did."""
    if is_changed:
        messages.success(request, _("Agreed: %(fee)s a package.") % {"fee": as_dollars(cents)})
    else:
        messages.info(request, _("This fee was agreed already; nothing changed."))


@staff_required(Role.FINANCE_DRAFTER)
@require_http_methods(["GET", "HEAD", "POST"])
def station_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write a new version of a station's standard card."""
    return draft_page(request, station=station_or_404(code))


@staff_required(Role.FINANCE_DRAFTER)
@require_http_methods(["GET", "HEAD", "POST"])
def shop_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a new version of a shop's own card."""
    return draft_page(request, shop=shop_or_404(slug))


def draft_page(
    request: HttpRequest, *, shop: Shop | None = None, station: Station | None = None
) -> HttpResponse:
    """A card as a form: as it is now, or the draft that is there; a POST keeps the draft."""
    owner, at = shop or station, clock.now()
    today = clock.local_day(at, owner.zone)
    card = queries.card_of(shop=shop, station=station)
    draft = queries.open_change_of(card) if card else None
    if draft and draft.status == ChangeStatus.PUBLISHED:
        return redirect("rates:change", draft.pk)
    lines = queries.lines_of(draft) if draft else queries.lines_in_force(card, today)
    first_day = today + dt.timedelta(days=settings.RATE_NOTICE_DAYS + 1)
    initial = {
        "first_day": draft.effective_on if draft else first_day,
        "reason": draft.reason if draft else "",
    }
    form = CardForm(request.POST or None, lines=lines, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change = actions.draft_change(
                shop=shop, station=station, at=at, by=request.user, **form.terms()
            )
            return redirect("rates:change", change.pk)
        except actions.NoCard as no:
            form.add_error("amount", no.sentence)
        except Refusal as no:
            form.add_error("first_day", no.sentence)
    context = {
        "owner": owner,
        "form": form,
        "notice_days": settings.RATE_NOTICE_DAYS,
        "back_url": card_url(shop=shop, station=station),
    }
    return render(request, "rates/draft.html", context, status=422 if form.errors else 200)


def card_url(*, shop: Shop | None, station: Station | None) -> str:
    """The page of a card."""
    if shop:
        return reverse("rates:shop", args=[shop.slug])
    return reverse("rates:station", args=[station.code])


@staff_required(*MONEY_STAFF)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Every new card there ever was, the newest first."""
    page = Paginator(queries.all_changes(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [change_row(one) for one in page.object_list]
    return render(request, "rates/changes.html", {"page": page, "rows": rows})


def change_row(change: RateChange) -> dict[str, Any]:
    """A change with its status in words, an icon and a tone."""
    words, icon, tone = LOOKS[ChangeStatus(change.status)]
    return {"change": change, "status": words, "icon": icon, "tone": tone}


Step = Callable[..., RateChange]
STEPS: dict[str, Step] = {
    "publish": actions.publish_change,
    "approve": actions.approve_change,
    "withdraw": actions.withdraw_change,
}


@staff_required(*MONEY_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, change_id: int) -> HttpResponse:
    """One new card: what it says, what it means for each shop, and the step that is next."""
    try:
        found = queries.get_change(change_id)
    except queries.UnknownChange as no:
        raise Http404 from no
    if request.method != "POST":
        return change_page(request, found)
    step = STEPS.get(request.POST.get("step", ""))
    if step is None:
        return change_page(request, found, refusal=_("Choose one of the steps below."), status=422)
    try:
        step(change_id=change_id, at=clock.now(), by=request.user)
    except Refusal as no:
        found = queries.get_change(change_id)
        return change_page(request, found, refusal=no.sentence, status=409)
    return redirect("rates:change", change_id)


def change_page(
    request: HttpRequest, found: RateChange, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """What a change's page shows. A draft is simulated each time it is looked at."""
    today = clock.local_day(clock.now(), found.card.zone)
    is_draft = found.status == ChangeStatus.DRAFT
    effects = (
        queries.effects_of_draft(found, today=today) if is_draft else queries.effects_shown(found)
    )
    page = Paginator(effects, ROWS_A_PAGE).get_page(request.GET.get("page"))
    first, end = queries.window(
        clock.local_day(found.published_at, found.card.zone) if found.published_at else today
    )
    user = request.user
    is_own = user.pk in {found.drafted_by_id, found.published_by_id}
    context = change_row(found) | {
        "refusal": refusal,
        "differences": [
            worded(one.line) | {"was": one.was, "becomes": one.becomes}
            for one in queries.differences_of(found)
        ],
        "effects": list(page.object_list),
        "page": page,
        "sums": queries.sums_of(found, effects if is_draft else None),
        "window": (first, end - dt.timedelta(days=1)),
        "holds": found.status == ChangeStatus.APPROVED and found.effective_on <= today,
        "may_publish": is_draft and access.may_draft(user),
        "may_approve": found.status == ChangeStatus.PUBLISHED
        and access.may_approve(user)
        and not is_own,
        "is_own": is_own,
        "card_url": card_url(shop=found.card.shop, station=found.card.station),
        "edit_url": new_url(shop=found.card.shop, station=found.card.station),
        "notice_days": found.notice_days or settings.RATE_NOTICE_DAYS,
    }
    return render(request, "rates/change.html", context, status=status)
