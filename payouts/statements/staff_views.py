"""Statements and the health of the books, for staff."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel import clock
from kernel.accounts.access import staff_required
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.payruns.actions import confirm_returns, keep_returns, throw_returns_away
from payouts.payruns.models import ReturnFile
from payouts.payruns.queries import (
    UnknownRun,
    content_of,
    get_run,
    return_files,
    returns_in,
)
from payouts.statements import actions, documents, queries
from payouts.statements.forms import ReturnFileForm, ThresholdForm
from payouts.statements.queries.papers import UnknownStatement
from payouts.statements.rules.taxes import W9, stage_of

FINDINGS = {
    "trial_balance_cents": _("The accounts do not add up to zero"),
    "count_gaps": _("Packages received are not delivered, returned, on hand or missing"),
    "accrual_gaps": _("Fees are missing or are not what was agreed"),
    "unpriced": _("Deliveries for which no rate is agreed"),
    "transfer_gaps": _("Payments are not the sum of their lines"),
    "balance_gaps": _("Accounts do not hold what payments and fees say"),
    "adjustment_gaps": _("Adjustments are not what the books hold"),
    "replay_gaps": _("Statements differ from what deliveries and rates come to"),
    "statement_gaps": _("Statements do not chain, do not match, or are late"),
    "provider_gaps": _("Stripe’s list differs from our books"),
}


@require_safe
@staff_required("finance_drafter", "finance_approver", "support")
def books(request: HttpRequest) -> HttpResponse:
    """What the nightly checks of the books found, the newest in full."""
    checks = queries.last_checks()
    newest = checks[0].findings if checks else {}
    found = [
        {"words": words, "rows": tables_of(newest[name])}
        for name, words in FINDINGS.items()
        if newest.get(name)
    ]
    return render(request, "statements/books.html", {"checks": checks, "found": found})


def tables_of(finding: Any) -> list[str]:
    """A finding as lines of words: a sum, or each row's facts."""
    if isinstance(finding, int):
        return [as_dollars(finding)]
    return [", ".join(f"{name} {value}" for name, value in row.items()) for row in finding[:50]]


@require_safe
@staff_required("finance_drafter", "finance_approver", "support")
def run_statements(request: HttpRequest, run_id: int) -> HttpResponse:
    """The statements that one pay run issued."""
    try:
        run = get_run(run_id)
    except UnknownRun as no:
        raise Http404 from no
    context = {"run": run, "statements": list(queries.statements_of_run(run_id))}
    return render(request, "statements/of_run.html", context)


@require_safe
@staff_required("finance_drafter", "finance_approver", "support")
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Any shop's statement worked out again from what happened, beside what it says."""
    try:
        found = queries.replay_statement(queries.get_statement(number))
    except UnknownStatement as no:
        raise Http404 from no
    return render(request, "statements/staff_check.html", {"found": found})


@require_safe
@staff_required("finance_drafter", "finance_approver", "support")
def statement_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Any shop's statement, as the shop sees it."""
    try:
        paper = queries.paper_of(queries.get_statement(number))
    except UnknownStatement as no:
        raise Http404 from no
    content, content_type, name = documents.statement_file(paper, kind)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


W9_WORDS = {
    W9.COLLECTED: (_("Stripe asks for nothing more"), "circle-check", "good"),
    W9.MISSING: (_("Stripe waits for the tax number"), "triangle-alert", "warn"),
    W9.UNKNOWN: (_("Not known: ask the shop"), "circle-question-mark", "info"),
}


@require_safe
@staff_required("finance_drafter", "finance_approver")
def this_tax_year(request: HttpRequest) -> HttpResponse:
    """The year that is running."""
    return redirect("statements:tax_year", clock.now().year)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required("finance_drafter", "finance_approver")
def tax_year(request: HttpRequest, year: int) -> HttpResponse:
    """Who was paid how much in a year, for whom a form is due, and what is missing for it."""
    if not 2000 <= year < 2200:
        raise Http404
    form = ThresholdForm(request.POST or None, initial={"first_year": year + 1})
    if request.method == "POST" and form.is_valid():
        actions.set_threshold(**form.cleaned_data, by=request.user, at=clock.now())
        messages.success(request, gettext("Entered."))
        return redirect("statements:tax_year", year)
    people = queries.readiness(year)
    due = [one for one in people if one.is_over]
    context = {
        "year": year,
        "stage": stage_of(year, clock.now().date()).value,
        "people": [(one, *W9_WORDS[one.w9]) for one in people],
        "due": len(due),
        "not_ready": sum(1 for one in due if not one.is_ready),
        "cents": sum(one.year.cents for one in people),
        "threshold": queries.threshold_of(year),
        "thresholds": queries.thresholds(),
        "caveat": documents.caveat(),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "statements/taxes.html", context, status=status)


@require_safe
@staff_required("finance_drafter", "finance_approver")
def tax_file(request: HttpRequest, year: int) -> HttpResponse:
    """A row a shop, for whoever files the forms; who took it is written down."""
    if not 2000 <= year < 2200:
        raise Http404
    content = documents.filing_csv(queries.readiness(year))
    actions.note_filing(year=year, by=request.user, at=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="payments-{year}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required("finance_drafter", "finance_approver")
def bank_returns(request: HttpRequest) -> HttpResponse:
    """Upload a bank's file of returns, for another person to confirm; those that wait, and what
    came back before."""
    form = ReturnFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            file, is_new = keep_returns(content=content, by=request.user, at=clock.now())
        except Refusal as no:
            form.add_error("file", no.sentence)
        else:
            if not is_new:
                messages.info(request, gettext("This file is here already; nothing changed."))
            return redirect("statements:bank_return", file.pk)
    context = {"form": form, "files": return_files(), "returns": queries.last_returns()}
    status = 422 if form.errors else 200
    return render(request, "statements/returns.html", context, status=status)


def is_confirming(request: HttpRequest) -> bool:
    """Whether money is about to be owed again: then the person shows again who she is."""
    return request.method == "POST" and request.POST.get("do") == "confirm"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required("finance_drafter", "finance_approver")
@reauthentication_required(enabled=is_confirming)
def bank_return(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file of returns: what it would do; another person confirms it or throws it away."""
    found = ReturnFile.objects.select_related("asked_by", "confirmed_by", "thrown_away_by")
    file = get_object_or_404(found, pk=file_id)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            decide_returns(request, file)
            return redirect("statements:bank_return", file.pk)
        except Refusal as no:
            refusal, status = no.sentence, 409
    context = {
        "file": file,
        "found": returns_in(content_of(file)),
        "refusal": refusal,
        "may_confirm": file.asked_by_id != request.user.pk,
    }
    return render(request, "statements/return.html", context, status=status)


def decide_returns(request: HttpRequest, file: ReturnFile) -> None:
    """Do what a person chose about one file."""
    whom = {"file_id": file.pk, "by": request.user, "at": clock.now()}
    if request.POST.get("do") == "confirm":
        done = confirm_returns(**whom)
        words = gettext("Booked: %(cents)s is owed to its shops again. Notices of change: %(n)s.")
        messages.success(request, words % {"cents": as_dollars(done.cents), "n": done.notices})
    else:
        throw_returns_away(**whom)
        messages.success(request, gettext("Thrown away. Nothing of it was booked."))
