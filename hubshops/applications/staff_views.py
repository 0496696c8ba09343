"""Staff's list of those who wait where no van comes."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubshops.applications import queries
from kernel import zips
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role

ROWS_A_PAGE = 50


@staff_required(Role.REVIEWER)
@require_safe
def waitlist(request: HttpRequest) -> HttpResponse:
    """Who waits where no van comes yet, the latest first."""
    page = Paginator(queries.waitlist(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(entry, zips.place_of(entry.postal_code)) for entry in page.object_list]
    context = {"page": page, "rows": rows, "zone": zips.DEFAULT_ZONE}
    return render(request, "applications/staff_waitlist.html", context)
