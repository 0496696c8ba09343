"""What changes shops' pay, for staff: objections to answer, proposals to decide, holds."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal
from payouts.adjustments import access, actions, queries
from payouts.adjustments.forms import ChooseShopForm, DecideForm, GrantForm, HoldForm, ProposeForm
from payouts.adjustments.models import Adjustment, AdjustmentStatus, Dispute
from payouts.adjustments.rules import Why
from payouts.ledger.queries import payable_cents

PLACES = (Role.SUPPORT, Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER)
ROWS_A_PAGE = 50


@staff_required(*PLACES)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Objections by the day they are due, proposals that wait, amounts set aside, what is done."""
    settled = Paginator(queries.adjustments_for_staff(is_open=False), ROWS_A_PAGE)
    context = {
        "disputes": queries.disputes_for_staff()[:ROWS_A_PAGE],
        "waiting": queries.adjustments_for_staff(is_open=True)[:ROWS_A_PAGE],
        "holds": queries.standing_holds()[:ROWS_A_PAGE],
        "page": settled.get_page(request.GET.get("page")),
        "at": clock.now(),
        "shop_form": ChooseShopForm(),
    }
    return render(request, "adjustments/queue.html", context)


@staff_required(*PLACES)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an adjustment for one shop, set an amount of it aside, or give up what it owes."""
    chosen = ChooseShopForm(request.GET)
    if not chosen.is_valid():
        messages.error(request, _("Choose a shop first."))
        return redirect("adjustments:queue")
    shop = chosen.cleaned_data["shop"]
    kinds: dict[str, Callable[..., Form]] = {
        "propose": partial(ProposeForm, shop=shop),
        "hold": partial(HoldForm, shop=shop),
        "give_up": DecideForm,
    }
    forms = {name: kind() for name, kind in kinds.items()}
    step = request.POST.get("do", "")
    status = 200
    if request.method == "POST" and step in forms | {"give_up_deduction": None}:
        name = "give_up" if step == "give_up_deduction" else step
        forms[name] = kinds[name](request.POST)
        status = 422
        if forms[name].is_valid():
            try:
                messages.success(request, carry_out(step, forms[name], shop=shop, by=request.user))
                return redirect("adjustments:queue")
            except Refusal as no:
                forms[name].add_error(None, no.sentence)
                status = 409
    context = forms | {
        "shop": shop,
        "owed_cents": queries.owed_by(shop),
        "payable_cents": payable_cents(shop.pk),
        "form": next((form for form in forms.values() if form.errors), None),
    }
    return render(request, "adjustments/propose.html", context, status=status)


def carry_out(step: str, form: Form, *, shop: Any, by: Any) -> str:
    """Do what a button of the page of one shop says; the sentence to show then."""
    given, at = form.cleaned_data, clock.now()
    if step == "hold":
        about = given["deduction"]
        cents, words = given["amount"], given["words"]
        actions.place_hold(shop=shop, cents=cents, words=words, by=by, at=at, deduction=about)
        return _("Set aside. The shop was told by mail.")
    if step == "give_up":
        actions.give_up_balance(shop=shop, words=given["words"], by=by, at=at)
        return _("Proposed. Another person decides.")
    if step == "give_up_deduction":
        actions.give_up_deduction(shop=shop, words=given["words"], by=by, at=at)
        return _("Proposed. Another person decides.")
    made = actions.propose_adjustment(
        shop=shop,
        cents=form.cents,
        why=Why(given["reason"]),
        words=given["words"],
        evidence=given["evidence"],
        hold=given["hold"],
        by=by,
        at=at,
    )
    if made.status == AdjustmentStatus.BOOKED:
        return _("Booked. The shop was told by mail.")
    return _("Proposed. Another person decides.")


@staff_required(*PLACES)
@require_http_methods(["GET", "HEAD", "POST"])
def adjustment(request: HttpRequest, adjustment_id: int) -> HttpResponse:
    """One adjustment: what it is for, what the shop says, and the decision."""
    found = (
        Adjustment.objects.filter(pk=adjustment_id)
        .select_related("shop__station", "proposed_by", "decided_by", "answered_by", "dispute")
        .first()
    )
    if found is None:
        raise Http404
    form = DecideForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            said = decide(request.POST.get("do", ""), found, form, by=request.user)
            messages.success(request, said)
            return redirect("adjustments:staff", found.pk)
        except Refusal as no:
            form.add_error(None, no.sentence)
            status = 409
    elif request.method == "POST":
        status = 422
    context = {
        "adjustment": found,
        "form": form,
        "zone": found.shop.zone,
        "may_decide": access.may_decide(request.user),
        "is_proposer": found.proposed_by_id == request.user.pk,
    }
    return render(request, "adjustments/staff_one.html", context, status=status)


def decide(button: str, found: Adjustment, form: DecideForm, *, by: Any) -> str:
    """Do what a button of the page of one adjustment says; the sentence to show then."""
    if button == "withdraw":
        actions.withdraw_adjustment(adjustment_id=found.pk, by=by, at=clock.now())
        return _("Taken back.")
    is_granted = button == "book"
    actions.decide_adjustment(
        adjustment_id=found.pk,
        is_granted=is_granted,
        words=form.cleaned_data["words"],
        by=by,
        at=clock.now(),
    )
    return _("Booked. The shop was told by mail.") if is_granted else _("Declined.")


@staff_required(*PLACES)
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """One objection: what the shop claims and why; grant it or say no, in words."""
    found = (
        Dispute.objects.filter(pk=dispute_id)
        .select_related("shop__station", "delivery__package", "deduction", "opened_by")
        .first()
    )
    if found is None:
        raise Http404
    usual = {"amount": f"{found.claimed_cents / 100:.2f}"}
    is_no = request.POST.get("do") == "decline"
    grant = GrantForm(None if is_no else request.POST or None, initial=usual)
    decline = DecideForm(request.POST if is_no else None)
    chosen = decline if is_no else grant
    status = 200
    if request.method == "POST" and chosen.is_valid():
        try:
            messages.success(request, answer(found, chosen, is_no=is_no, by=request.user))
            return redirect("adjustments:dispute", found.pk)
        except Refusal as no:
            chosen.add_error(None, no.sentence)
            status = 409
    elif request.method == "POST":
        status = 422
    context = {
        "dispute": found,
        "grant": grant,
        "decline": decline,
        "form": chosen,
        "zone": found.shop.zone,
        "at": clock.now(),
        "proposed": found.adjustments.filter(status="proposed").first(),
        "may_decide": access.may_decide(request.user),
    }
    return render(request, "adjustments/dispute.html", context, status=status)


def answer(found: Dispute, form: Form, *, is_no: bool, by: Any) -> str:
    """Say yes or no to an objection; the sentence to show then."""
    words = form.cleaned_data["words"]
    if is_no:
        actions.decline_dispute(dispute_id=found.pk, words=words, by=by, at=clock.now())
        return _("Declined. The shop was told by mail.")
    made = actions.grant_dispute(
        dispute_id=found.pk, cents=form.cleaned_data["amount"], words=words, by=by, at=clock.now()
    )
    if made.status == AdjustmentStatus.BOOKED:
        return _("Booked. The shop was told by mail.")
    return _("Proposed. Another person decides.")


@staff_required(*PLACES)
@require_http_methods(["POST"])
def release(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Give an amount free."""
    try:
        actions.release_hold(hold_id=hold_id, by=request.user, at=clock.now())
        messages.success(request, _("Given free. It joins the shop's next payment."))
    except Refusal as no:
        messages.error(request, no.sentence)
    return redirect("adjustments:queue")
