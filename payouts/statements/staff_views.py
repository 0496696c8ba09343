"""Statements and the health of the books, for staff."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.accounts.access import staff_required
from payouts.payruns.queries import UnknownRun, get_run
from payouts.statements import documents, queries
from payouts.statements.queries.papers import UnknownStatement


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
def statement_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Any shop's statement, as the shop sees it."""
    try:
        paper = queries.paper_of(queries.get_statement(number))
    except UnknownStatement as no:
        raise Http404 from no
    content, content_type, name = documents.statement_file(paper, kind)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
