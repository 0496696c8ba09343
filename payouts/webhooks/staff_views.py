"""What Stripe told us, for staff."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel import clock
from kernel.accounts.access import staff_required
from kernel.refusals import Refusal
from payouts.webhooks import actions, queries
from payouts.webhooks.models import EventStatus, ProviderEvent

ROWS_A_PAGE = 50
LOOKS = {
    EventStatus.NEW: ("clock", "info"),
    EventStatus.APPLIED: ("circle-check", "good"),
    EventStatus.IGNORED: ("circle-slash", ""),
    EventStatus.FAILED: ("circle-alert", "bad"),
}


@require_safe
@staff_required("finance_drafter", "finance_approver")
def event_list(request: HttpRequest) -> HttpResponse:
    """Events, the newest first, all or of one status."""
    status = request.GET.get("status", "")
    page = Paginator(queries.events(status=status), ROWS_A_PAGE).get_page(request.GET.get("page"))
    counts = queries.counts()
    chips = [{"label": _("All"), "url": "?", "on": status not in EventStatus.values}]
    chips += [
        {
            "label": f"{one.label} ({counts.get(one, 0)})",
            "url": f"?status={one}",
            "on": status == one,
        }
        for one in EventStatus
    ]
    rows = [{"event": event} | looks(event) for event in page.object_list]
    context = {"page": page, "rows": rows, "chips": chips, "seen_to": queries.seen_to()}
    return render(request, "webhooks/events.html", context)


def looks(event: ProviderEvent) -> dict[str, str]:
    """An event's status in words, an icon and a tone."""
    status = EventStatus(event.status)
    icon, tone = LOOKS[status]
    return {"words": str(status.label), "icon": icon, "tone": tone}


@require_POST
@staff_required("finance_drafter", "finance_approver")
def replay(request: HttpRequest, event_id: int) -> HttpResponse:
    """Have one event applied once more."""
    event = get_object_or_404(ProviderEvent, pk=event_id)
    try:
        actions.replay_event(event_id=event.pk, by=request.user, at=clock.now())
        messages.success(request, _("It is read again now."))
    except Refusal as no:
        messages.warning(request, no.sentence)
    return redirect("webhooks:events")
