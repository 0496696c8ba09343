"""Payment files and bank accounts for staff."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.access import confirmed_to_post, staff_required
from kernel.refusals import Refusal
from payouts.providers import actions, queries
from payouts.providers.documents import payment_csv
from payouts.providers.forms import BankAccountForm, HoldPayoutsForm
from payouts.providers.models import BankNotice, PaymentFile
from payouts.providers.queries import lines_of
from payouts.providers.rules.returns import what_changes


@require_GET
@staff_required("finance_drafter", "finance_approver")
def payment_file(request: HttpRequest, number: str) -> HttpResponse:
    """Hand out a complete payment file as CSV, and write down who took it; none while payments are
    stopped, which the page of bank accounts says."""
    file = get_object_or_404(PaymentFile, number=number)
    if file.closed_at is None:
        raise Http404
    try:
        actions.note_download(file=file, by=request.user, at=clock.now())
    except Refusal as no:
        messages.error(request, no.sentence)
        return redirect("providers:bank_accounts")
    content = payment_csv(lines_of(file))
    name = f'attachment; filename="{file.number}.csv"'
    return HttpResponse(
        content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )


@require_GET
@staff_required("finance_drafter", "finance_approver")
def bank_file(request: HttpRequest, number: str) -> HttpResponse:
    """Hand out a complete payment file in the banks' own format, and write down who took it. What
    keeps it from being written is said on the page of bank accounts."""
    file = get_object_or_404(PaymentFile, number=number)
    try:
        content = actions.bank_format(file=file, by=request.user, at=clock.now())
        actions.note_download(file=file, by=request.user, at=clock.now())
    except Refusal as no:
        messages.error(request, no.sentence)
        return redirect("providers:bank_accounts")
    name = f'attachment; filename="{file.number}.ach"'
    return HttpResponse(content, content_type="text/plain", headers={"Content-Disposition": name})


@require_GET
@staff_required("finance_drafter", "finance_approver")
def bank_accounts(request: HttpRequest) -> HttpResponse:
    """Every shop that is paid by file, with the last four of its account; and what banks ask to
    change."""
    context = {
        "payees": queries.payees(),
        "notices": [(one, what_changes(one.code)) for one in queries.waiting_notices()],
        "is_on": bool(settings.ACH_BANK_ROUTING),
        "stop": queries.standing_stop(),
    }
    return render(request, "providers/bank_accounts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required("finance_drafter", "finance_approver")
@confirmed_to_post
def bank_account(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter where one shop's money goes."""
    shop = get_object_or_404(Shop, slug=slug)
    form, status = BankAccountForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_bank_details(
                shop=shop, **form.cleaned_data, by=request.user, at=clock.now()
            )
        except Refusal as no:
            form.add_error(None, no.sentence)
        else:
            messages.success(
                request, _("Entered. Another person confirms it before money goes there.")
            )
            return redirect("providers:bank_accounts")
    if form.errors:
        status = 422
    context = {"shop": shop, "form": form, "account": queries.account_of(shop)}
    return render(request, "providers/bank_account.html", context, status=status)


@require_POST
@staff_required("finance_drafter", "finance_approver")
@reauthentication_required()
def confirm_bank_account(request: HttpRequest, slug: str) -> HttpResponse:
    """A second person says where one shop's money goes, having shown again who she is."""
    shop = get_object_or_404(Shop, slug=slug)
    try:
        actions.confirm_bank_details(shop=shop, by=request.user, at=clock.now())
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, _("Confirmed. The next file pays to this account."))
    return redirect("providers:bank_accounts")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required("finance_drafter", "finance_approver")
def holds(request: HttpRequest) -> HttpResponse:
    """Whose payouts are held, and until when; hold a shop's, or let them go on."""
    is_end = request.POST.get("do") == "end"
    form, status = HoldPayoutsForm(None if is_end else request.POST or None), 200
    try:
        if is_end:
            shop = get_object_or_404(Shop, slug=request.POST.get("shop", ""))
            actions.let_payouts_go_on(shop=shop, by=request.user, at=clock.now())
            messages.success(request, _("Payouts go on. The shop was told by mail."))
            return redirect("providers:holds")
        if request.method == "POST" and form.is_valid():
            actions.hold_payouts(**form.cleaned_data, by=request.user, at=clock.now())
            messages.success(request, _("Payouts are held. The shop was told by mail."))
            return redirect("providers:holds")
    except Refusal as no:
        form.add_error("review_on" if no.code == "review_out_of_range" else None, no.sentence)
    if form.errors:
        status = 422
    context = {
        "held": queries.holds(),
        "due": queries.holds_to_review(at=clock.now()),
        "form": form,
    }
    return render(request, "providers/holds.html", context, status=status)


@require_POST
@staff_required("finance_drafter", "finance_approver")
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Take over what a bank asks to change, or leave the account as it is."""
    get_object_or_404(BankNotice, pk=notice_id)
    take = request.POST.get("do") == "take"
    try:
        actions.decide_notice(notice_id=notice_id, take=take, by=request.user, at=clock.now())
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, _("Taken over.") if take else _("Left as it is."))
    return redirect("providers:bank_accounts")
