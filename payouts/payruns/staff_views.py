"""Paying shops, for staff: draft, look, approve, send, confirm."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.shops.models import Shop
from hubshops.stations.queries import station_zones
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.money import as_dollars
from kernel.refusals import Refusal
from kernel.web.answers import live_answer
from payouts.payruns import access, actions, queries
from payouts.payruns.forms import (
    ApproveForm,
    CancelForm,
    ClosingForm,
    ConfirmForm,
    DraftForm,
    GapForm,
    ReversalForm,
    StopForm,
)
from payouts.payruns.models import (
    HeldReason,
    PayRun,
    ProviderGap,
    RunStatus,
    RunStop,
    Transfer,
    TransferStatus,
)
from payouts.payruns.rules import week_end
from payouts.providers.actions import let_payments_go_on, stop_payments
from payouts.providers.models import GatewayName
from payouts.providers.queries import file_of, standing_stop

ROWS_A_PAGE = 26
SHOPS_A_PAGE = 100

STOPS = {
    "canary_failed": _(
        "The first payments did not all go through. Look at them; the others follow when you let"
        " the run go on."
    ),
    "balance_insufficient": _(
        "Stripe has too little money for the rest. Add money there: the run goes on by itself."
    ),
    "key_refused": _(
        "Stripe refused our key. Mend STRIPE_SECRET_KEY first, then let the run go on."
    ),
    "key_means_another": _(
        "Stripe knows one of these payments as another. Look at the differences before you go on."
    ),
    "balance_too_low": _(
        "Stripe has too little money for its part. Add money there: it begins by itself."
    ),
    "provider_differs": _(
        "Stripe’s list differs from our books. Look at the differences: its part begins by itself"
        " once none is open."
    ),
    "stripe_is_silent": _("Stripe does not answer. Its part begins by itself once it does."),
}
STOPPED = _("Stripe takes no payment of this run now.")
WHY_HELD = {
    "not_ready": _("Stripe cannot pay this shop now. It is paid as soon as Stripe can."),
    "insufficient_capabilities_for_transfer": _(
        "Stripe cannot pay this shop now. It is paid as soon as Stripe can."
    ),
    "account_closed": _("The shop’s account at Stripe is closed."),
    "resource_missing": _("Stripe does not know the shop’s account."),
}

LOOKS = {
    RunStatus.DRAFTED: ("pencil", "info"),
    RunStatus.APPROVED: ("user-check", "info"),
    RunStatus.SENDING: ("send", "warn"),
    RunStatus.CONFIRMING: ("landmark", "warn"),
    RunStatus.DONE: ("circle-check", "good"),
    RunStatus.CANCELLED: ("circle-x", ""),
}
TRANSFER_LOOKS = {
    TransferStatus.PENDING: ("clock", ""),
    TransferStatus.READY: ("user-check", "info"),
    TransferStatus.SENDING: ("send", "warn"),
    TransferStatus.UNKNOWN: ("search", "warn"),
    TransferStatus.ON_HOLD: ("circle-pause", "warn"),
    TransferStatus.SENT: ("send", "info"),
    TransferStatus.SETTLED: ("circle-check", "good"),
    TransferStatus.FAILED: ("circle-alert", "bad"),
    TransferStatus.CANCELLED: ("circle-x", ""),
}


@staff_required("finance_drafter", "finance_approver")
@require_http_methods(["GET", "HEAD", "POST"])
def run_list(request: HttpRequest) -> HttpResponse:
    """All runs, the newest first; people who draft start a new one here."""
    is_drafter = access.may_draft(request.user)
    usual = {"through": week_end(clock.now().date())}
    zones = station_zones()
    form = DraftForm(request.POST or None, initial=usual, zones=zones) if is_drafter else None
    status = 200
    if request.method == "POST" and form is None:
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            run = actions.draft_run(**form.cleaned_data, by=request.user, at=clock.now())
            return redirect("payruns:run", run.pk)
        except Refusal as no:
            form.add_error(None, no.sentence)
            status = 409
    elif request.method == "POST":
        status = 422
    found = Paginator(PayRun.objects.select_related("drafted_by", "approved_by"), ROWS_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    rows = [looks(run) for run in page.object_list]
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "stop": standing_stop(),
        "stop_form": StopForm(),
        "may_approve": access.may_approve(request.user),
    }
    return render(request, "payruns/list.html", context, status=status)


@staff_required("finance_drafter", "finance_approver")
@require_http_methods(["POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """Stop all payments, or let them go on."""
    try:
        if request.POST.get("do") == "stop":
            reason = request.POST.get("reason", "")
            stop_payments(reason=reason, by=request.user, at=clock.now())
            messages.success(request, _("All payments are stopped."))
        else:
            let_payments_go_on(by=request.user, at=clock.now())
            messages.success(request, _("Payments go on."))
    except Refusal as no:
        messages.error(request, no.sentence)
    return redirect("payruns:list")


@staff_required("finance_drafter", "finance_approver")
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, run_id: int, slug: str) -> HttpResponse:
    """One payment opened to its packages, before anybody approves it and ever after; one on hold is
    judged here, and one that was sent through Stripe taken back."""
    transfer = queries.payment_to(run_id, slug)
    if transfer is None:
        raise Http404
    form, refusal, status = ReversalForm(), "", 200
    if request.method == "POST":
        form = ReversalForm(request.POST)
        try:
            if judge_payment(request, transfer, form):
                return redirect("payruns:payment", run_id, slug)
            status = 422
        except Refusal as no:
            refusal, status = no.sentence, 409
    is_stripe = transfer.gateway == GatewayName.STRIPE
    is_sent = transfer.status in {TransferStatus.SENT, TransferStatus.SETTLED}
    if request.POST.get("step") != "reverse":
        form = ReversalForm()
    lines = queries.lines_of_payment(transfer)
    context = {
        "transfer": transfer,
        "row": transfer_row(vars(transfer)),
        "lines": lines,
        "lines_cents": sum(line["amount_cents"] for line in lines),
        "others": queries.others_of_payment(transfer),
        "reversals": transfer.reversals.select_related("asked_by", "confirmed_by").order_by("pk"),
        "form": form,
        "refusal": refusal,
        "may_reverse": is_stripe and is_sent,
        "may_approve": access.may_approve(request.user),
    }
    return render(request, "payruns/payment.html", context, status=status)


REVERSAL_STEPS: dict[str, tuple[Callable[..., object], object]] = {
    "confirm_back": (actions.confirm_reversal, _("Stripe is asked to take it back.")),
    "keep": (actions.withdraw_reversal, _("Not taken back. Nothing was sent.")),
}


def judge_payment(request: HttpRequest, transfer: Transfer, form: ReversalForm) -> bool:
    """Do what staff chose about one payment; False when the form is not filled in."""
    whom = {"transfer_id": transfer.pk, "by": request.user, "at": clock.now()}
    step = request.POST.get("step", "")
    if step == "try_again":
        actions.try_again(**whom)
        messages.success(request, _("It is tried again within a minute."))
    elif step == "give_up":
        actions.give_up_transfer(**whom)
        messages.success(request, _("Given up. It is owed again and joins the next run."))
    elif step == "reverse" and form.is_valid():
        words = form.cleaned_data
        actions.ask_reversal(**whom, cents=words["amount"], reason=words["reason"])
        messages.success(request, _("Asked for. Another person confirms it."))
    elif step in REVERSAL_STEPS and request.POST.get("reversal", "").isdecimal():
        asked = get_object_or_404(transfer.reversals, pk=request.POST["reversal"])
        act, words = REVERSAL_STEPS[step]
        act(reversal_id=asked.pk, by=request.user, at=clock.now())
        messages.success(request, words)
    else:
        return False
    return True


@staff_required("finance_drafter", "finance_approver")
@require_http_methods(["GET", "HEAD", "POST"])
def gap_list(request: HttpRequest) -> HttpResponse:
    """Where Stripe's list differs from our books. A person says what each is, another one closes
    it; no money changes here."""
    is_closing = request.POST.get("do") == "close"
    form = (ClosingForm if is_closing else GapForm)(request.POST or None)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        gap = get_object_or_404(ProviderGap, pk=form.cleaned_data["gap"])
        whom = {"gap_id": gap.pk, "by": request.user, "at": clock.now()}
        try:
            if is_closing:
                actions.close_gap(**whom)
                messages.success(request, _("Closed."))
            else:
                actions.note_gap(**whom, note=form.cleaned_data["note"])
                messages.success(request, _("Noted. Another person closes it."))
            return redirect("payruns:gaps")
        except Refusal as no:
            refusal, status = no.sentence, 409
    elif request.method == "POST":
        refusal, status = _("Write what you found out about this difference."), 422
    page = Paginator(queries.gaps(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "payruns/gaps.html", {"page": page, "refusal": refusal}, status=status)


def looks(run: PayRun) -> dict[str, Any]:
    """A run with its status's icon and tone."""
    icon, tone = LOOKS[RunStatus(run.status)]
    return {"run": run, "icon": icon, "tone": tone}


FORMS: dict[str, type[Form]] = {
    "approve": ApproveForm,
    "send": Form,
    "cancel": CancelForm,
    "confirm": ConfirmForm,
}


def is_approving(request: HttpRequest) -> bool:
    """Whether money is about to be let go: then the person shows again who she is."""
    return request.method == "POST" and request.POST.get("step") == "approve"


@staff_required("finance_drafter", "finance_approver")
@require_safe
def run_now(request: HttpRequest, run_id: int) -> HttpResponse:
    """Whether the books were checked by now, for a page that waits for it: then it reads itself
    anew."""
    try:
        run = queries.get_run(run_id)
    except queries.UnknownRun as no:
        raise Http404 from no
    if run.status != RunStatus.DRAFTED or queries.are_books_checked(run):
        return HttpResponse(status=205)
    return live_answer(request, "payruns/_books.html", {"run": run}, at=clock.now(), zone="UTC")


@staff_required("finance_drafter", "finance_approver")
@reauthentication_required(enabled=is_approving)
@require_http_methods(["GET", "HEAD", "POST"])
def run_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: what it pays, whom it holds, what changed, the checks, and the step that is next."""
    try:
        run = queries.get_run(run_id)
    except queries.UnknownRun as no:
        raise Http404 from no
    step = request.POST.get("step", "")
    if request.method != "POST":
        return page(request, run)
    if step not in FORMS:
        return page(request, run, refusal=_("Choose one of the steps below."), status=422)
    form = FORMS[step](request.POST)
    if not form.is_valid():
        return page(request, run, sent={step: form}, status=422)
    try:
        STEPS[step](request, run, form)
    except Refusal as no:
        run.refresh_from_db()
        return page(request, run, sent={step: form}, refusal=no.sentence, status=409)
    return redirect("payruns:run", run.pk)


def approve(request: HttpRequest, run: PayRun, form: Form) -> None:
    """The second person says yes, having typed the total."""
    cents = form.cleaned_data["total"]
    actions.approve_run(run_id=run.pk, by=request.user, at=clock.now(), typed_cents=cents)
    messages.success(request, _("Approved. The run can be sent now."))


def send(request: HttpRequest, run: PayRun, form: Form) -> None:
    """A worker sends the run."""
    actions.order_sending(run_id=run.pk, by=request.user, at=clock.now())
    messages.success(request, _("Sending has begun. This page shows how far it is."))


def cancel(request: HttpRequest, run: PayRun, form: Form) -> None:
    """The run is taken back."""
    reason = form.cleaned_data["reason"]
    actions.cancel_run(run_id=run.pk, by=request.user, at=clock.now(), reason=reason)
    messages.success(request, _("Cancelled. What the run had claimed joins the next one."))


def confirm(request: HttpRequest, run: PayRun, form: Form) -> None:
    """The bank took the file."""
    file = file_of(run.batch_key)
    if file is None:
        raise Http404
    actions.confirm_file(
        file_id=file.pk,
        bank_reference=form.cleaned_data["bank_reference"],
        by=request.user,
        at=clock.now(),
    )
    messages.success(request, _("Confirmed. The run is done."))


STEPS: dict[str, Callable[[HttpRequest, PayRun, Form], None]] = {
    "approve": approve,
    "send": send,
    "cancel": cancel,
    "confirm": confirm,
}


def page(
    request: HttpRequest,
    run: PayRun,
    *,
    sent: dict[str, Form] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The run's page; `sent` holds the form that was filled in and not taken."""
    before = queries.run_before(run)
    shops = Paginator(range(run.shops), SHOPS_A_PAGE).get_page(request.GET.get("page"))
    start = (shops.number - 1) * SHOPS_A_PAGE
    transfers = queries.transfers_of(run, start=start, limit=SHOPS_A_PAGE)
    forms = {name: kind() for name, kind in FORMS.items()} | (sent or {})
    is_own = run.drafted_by_id == request.user.pk
    file = file_of(run.batch_key)
    is_with_bank = bool(file and file.closed_at and not file.confirmed_at)
    context = looks(run) | {
        "forms": forms,
        "form": next(iter((sent or {}).values()), None),
        "refusal": refusal,
        "zone": "UTC",
        "packages": f"{queries.packages_of(run):,}",
        "before": before,
        "change": with_sign(run.cents - before.cents) if before else "",
        "movers": mover_rows(run),
        "usual_cents": queries.usual_cents(run) if before else 0,
        "stages": queries.stages_of(run),
        "canary": queries.canary_of(run),
        "news": queries.news_of(run),
        "samples": queries.samples_of(run),
        "stop": standing_stop(),
        "held": [held_row(row) for row in queries.held_of(run)],
        "checks": queries.checks_of(run),
        "progress": queries.progress_of(run),
        "page": shops,
        "transfers": [transfer_row(row) for row in transfers],
        "file": file,
        "is_with_bank": is_with_bank,
        "go_on_kind": "" if is_with_bank else "primary",
        "is_by_stripe": GatewayName.STRIPE in queries.gateways_of(run),
        "stops": [stop_row(one) for one in queries.standing_stops(run.pk).values()],
        "may_approve": access.may_approve(request.user) and not is_own,
        "is_own": is_own,
        "are_books_checked": queries.are_books_checked(run),
        "at": clock.now(),
    }
    return render(request, "payruns/run.html", context, status=status)


def stop_row(stop: RunStop) -> dict[str, Any]:
    """A gateway that takes no payment of a run now, and what mends it."""
    return {"gateway": stop.get_gateway_display(), "words": STOPS.get(stop.code, STOPPED)}


def held_row(row: dict[str, Any]) -> dict[str, Any]:
    """A shop that is not paid: why, and what mends it."""
    reason = row["reason"]
    return row | {"words": HeldReason(reason).label, "fix": queries.FIXES.get(reason, "")}


def mover_rows(run: PayRun) -> list[dict[str, Any]]:
    """The biggest movers with their shops' names."""
    movers = queries.movers_of(run)
    names = dict(
        Shop.objects.filter(pk__in=[mover.shop_id for mover in movers]).values_list("pk", "name")
    )
    return [
        {
            "mover": mover,
            "name": names[mover.shop_id],
            "change": with_sign(mover.change_cents),
        }
        for mover in movers
    ]


def with_sign(cents: int) -> str:
    """A difference: `+$99.95`, `−$54.65`, `$0.00`."""
    return f"{'+' if cents > 0 else ''}{as_dollars(cents)}"


def transfer_row(row: dict[str, Any]) -> dict[str, Any]:
    """A transfer with its status in words, an icon and a tone."""
    status = TransferStatus(row["status"])
    icon, tone = TRANSFER_LOOKS[status]
    why = WHY_HELD.get(row["error_code"], row["error"])
    return row | {"words": status.label, "icon": icon, "tone": tone, "error": why}
