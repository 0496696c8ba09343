"""Staff say who is told a station's events, and see how that goes."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.stations.models import Station
from hubshops.subscriptions import actions, queries
from hubshops.subscriptions.forms import AddressForm, ReplayForm
from hubshops.subscriptions.models import Subscription
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal


@staff_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: HttpRequest, code: str) -> HttpResponse:
    """Who is told a station's events, and a form for a new address.

    A new secret is shown in the answer to the form itself and nowhere else; sending the form twice
    is refused by the address.
    """
    station, secret = Station.objects.filter(code=code).first(), ""
    if station is None:
        raise Http404
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _made, secret = actions.subscribe(
                station=station, at=clock.now(), by=request.user, **form.cleaned_data
            )
        except Refusal as no:
            form.add_error("url", no.sentence)
        else:
            form = AddressForm()
    context = {
        "station": station,
        "form": form,
        "secret": secret,
        "subscriptions": queries.subscriptions_of(station),
    }
    status = 422 if form.errors else 200
    return render(request, "subscriptions/list.html", context, status=status)


@staff_required(Role.ADMIN)
@require_safe
def subscription(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """How telling one address goes: the latest tries, and what can be done."""
    return page_of(request, subscription_or_404(subscription_id), ReplayForm())


def subscription_or_404(subscription_id: int) -> Subscription:
    """The subscription with its station, ended ones too."""
    found = Subscription.objects.select_related("station").filter(pk=subscription_id).first()
    if found is None:
        raise Http404
    return found


def page_of(request: HttpRequest, found: Subscription, form: ReplayForm) -> HttpResponse:
    """The page of one subscription."""
    context = {
        "subscription": found,
        "station": found.station,
        "waiting": queries.waiting_message(found),
        "attempts": queries.latest_attempts(found),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "subscriptions/one.html", context, status=status)


def decide(
    request: HttpRequest, found: Subscription, act: Callable[..., object], words: str
) -> HttpResponse:
    """Carry out one decision, say so, and go back to the page."""
    try:
        act(subscription_id=found.pk, at=clock.now())
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, words)
    return redirect("subscriptions:one", found.pk)


@staff_required(Role.ADMIN)
@require_POST
def pause(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Say nothing for a while."""
    act = partial(actions.pause_subscription, by=request.user)
    words = _("Paused. What happens meanwhile is told when you go on.")
    return decide(request, subscription_or_404(subscription_id), act, words)


@staff_required(Role.ADMIN)
@require_POST
def resume(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Go on, or try what failed again at once."""
    act = partial(actions.resume_subscription, by=request.user)
    words = _("We go on within a minute.")
    return decide(request, subscription_or_404(subscription_id), act, words)


@staff_required(Role.ADMIN)
@require_POST
def end(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Never tell this address again."""
    act = partial(actions.end_subscription, by=request.user)
    words = _("Ended. This address is told nothing more.")
    return decide(request, subscription_or_404(subscription_id), act, words)


@staff_required(Role.ADMIN)
@require_POST
def ping(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Send a test."""
    words = _("A test is on its way. Its answer appears below in a moment.")
    return decide(request, subscription_or_404(subscription_id), actions.order_ping, words)


@staff_required(Role.ADMIN)
@require_POST
def replay(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Tell an event and all after it again."""
    found, form = subscription_or_404(subscription_id), ReplayForm(request.POST)
    if not form.is_valid():
        return page_of(request, found, form)
    event_id = form.cleaned_data["event_id"]
    act = partial(actions.go_back, by=request.user, event_id=event_id)
    words = _("We tell it again from event %(event)s on.") % {"event": event_id}
    return decide(request, found, act, words)
