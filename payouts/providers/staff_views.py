"""Payment files for staff."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from kernel import clock
from kernel.accounts.access import staff_required
from payouts.providers import actions
from payouts.providers.documents import payment_csv
from payouts.providers.models import PaymentFile
from payouts.providers.queries import lines_of


@require_GET
@staff_required("finance_drafter", "finance_approver")
def payment_file(request: HttpRequest, number: str) -> HttpResponse:
    """Hand out a complete payment file as CSV, and write down who took it."""
    file = get_object_or_404(PaymentFile, number=number)
    if file.closed_at is None:
        raise Http404
    content = payment_csv(lines_of(file))
    actions.note_download(file=file, by=request.user, at=clock.now())
    name = f'attachment; filename="{file.number}.csv"'
    return HttpResponse(
        content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )
