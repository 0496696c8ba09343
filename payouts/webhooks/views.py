"""Where Stripe tells us that something changed."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kernel import clock
from payouts.providers.queries import event_in, is_signed
from payouts.webhooks import actions


@csrf_exempt
@login_not_required
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """200 once the event is stored; 400 for one that Stripe did not sign, or that is of the other
    mode; 503 while the database cannot keep it, so that Stripe tells it again. Nothing is decided
    here."""
    if not settings.STRIPE_WEBHOOK_SECRETS:
        raise Http404
    at, body = clock.now(), request.body
    if not is_signed(body, request.headers.get("Stripe-Signature", ""), at=at):
        return HttpResponse("Not signed by Stripe.", status=400, content_type="text/plain")
    facts = event_in(body)
    if facts is None:
        return HttpResponse("Not an event.", status=400, content_type="text/plain")
    if facts.is_live != settings.STRIPE_IS_LIVE:
        return HttpResponse("Not of this mode.", status=400, content_type="text/plain")
    try:
        actions.store_event(facts=facts, at=at)
    except (OperationalError, InterfaceError):
        return HttpResponse("Tell it again.", status=503, content_type="text/plain")
    return HttpResponse("Kept.", content_type="text/plain")
